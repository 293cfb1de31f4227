"""Segments: which customers meet a saved condition, asked of the database.

What a condition may ask about is offered here, and by apps above: each fact is an
expression over customers. The same condition judged in Python, by `Condition.matches`
over the facts' values, comes to the same customers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    Count,
    Expression,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, ExtractDay, NullIf
from django.utils.translation import gettext_lazy as _

from customers.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Field,
    Fields,
    Kind,
    Not,
    Op,
    parse,
)
from customers.models import Interaction, Segment
from customers.models.customer import CustomerQuerySet
from events import outbox
from teams.models import User

LATELY = timedelta(days=90)
Asked = Callable[[datetime], Any]
"""The fact of a customer at an instant, as an expression; NULL where there is none."""


@dataclass(frozen=True)
class Fact:
    field: Field
    expression: Asked


_facts: dict[str, Fact] = {}


def offer(key: str, field: Field, expression: Asked) -> None:
    """Let conditions ask about one more fact: a choice, compared as it is, or a number."""
    if field.kind not in (Kind.CHOICE, Kind.NUMBER):
        raise ValueError(f"A segment cannot ask about a {field.kind}.")
    _facts[key] = Fact(field, expression)


def fields() -> Fields:
    return {key: fact.field for key, fact in _facts.items()}


def members(
    customers: CustomerQuerySet, raw: object, *, at: datetime
) -> CustomerQuerySet:
    """Those of the customers who meet a condition. Raises ConditionError."""
    condition = parse(raw, fields())
    found = with_facts(customers, condition.fields(), at=at)
    return found.filter(_holds(condition), erased_at__isnull=True)


def with_facts(
    customers: CustomerQuerySet, keys: frozenset[str], *, at: datetime
) -> CustomerQuerySet:
    """The customers with these facts, each under `fact_<key>`."""
    facts = {f"fact_{key}": _facts[key].expression(at) for key in sorted(keys)}
    return customers.annotate(**facts)


@transaction.atomic
def save_segment(name: str, raw: Any, *, by: User, at: datetime) -> Segment:
    """Raises ConditionError."""
    condition = parse(raw, fields())
    segment = Segment.objects.create(name=name, condition=condition.to_json())
    _record("segment.saved", segment, by=by, at=at)
    return segment


@transaction.atomic
def delete_segment(segment: Segment, *, by: User, at: datetime) -> None:
    _record("segment.deleted", segment, by=by, at=at)
    segment.delete()


def _record(name: str, segment: Segment, *, by: User, at: datetime) -> None:
    outbox.record(
        name,
        subject=("segment", segment.pk),
        at=at,
        actor=by.email,
        payload={"name": segment.name, "condition": segment.condition},
    )


def _holds(condition: Condition) -> Q:
    """Always true or false, never unknown: what is empty must not escape a "not"."""
    if isinstance(condition, AllOf):
        return _joined(condition.parts, Q.AND)
    if isinstance(condition, AnyOf):
        return _joined(condition.parts, Q.OR)
    if isinstance(condition, Not):
        return ~_holds(condition.part)
    assert isinstance(condition, Comparison)
    return _compares(f"fact_{condition.field}", condition.op, condition.value)


def _joined(parts: tuple[Condition, ...], connector: str) -> Q:
    joined = Q()
    for part in parts:
        joined = joined._combine(_holds(part), connector)  # type: ignore[attr-defined]
    return joined


def _compares(fact: str, op: Op, value: Any) -> Q:
    given = Q(**{f"{fact}__isnull": False})
    match op:
        case Op.IS_EMPTY:
            return ~given
        case Op.IS_NOT_EMPTY:
            return given
        case Op.NE:
            return ~(given & Q(**{fact: value}))
        case Op.NOT_IN:
            return ~(given & Q(**{f"{fact}__in": value}))
        case Op.EQ:
            return given & Q(**{fact: value})
    return given & Q(**{f"{fact}__{_LOOKUPS[op]}": value})


_LOOKUPS: Mapping[Op, str] = {
    Op.LT: "lt",
    Op.LTE: "lte",
    Op.GT: "gt",
    Op.GTE: "gte",
    Op.BETWEEN: "range",
    Op.IN: "in",
}


def _orders(at: datetime) -> QuerySet[Interaction]:
    """Of the customer outside, up to the instant."""
    return Interaction.objects.filter(
        customer=OuterRef("pk"), kind="order", occurred_at__lte=at
    ).order_by()


def _counted(orders: QuerySet[Interaction]) -> Coalesce:
    counted = orders.values("customer").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), Value(0), output_field=IntegerField())


def _days_since_order(at: datetime) -> Expression:
    latest = _orders(at).values("customer").annotate(last=Max("occurred_at"))
    return ExtractDay(Value(at) - Subquery(latest.values("last")))


def _word(field: str) -> Asked:
    return lambda _at: NullIf(F(field), Value(""))


def _tier(_at: datetime) -> Coalesce:
    """The person's own, else their company's."""
    return Coalesce(NullIf("tier", Value("")), NullIf("account__tier", Value("")))


def _offer_own() -> Iterator[tuple[str, Field, Asked]]:
    yield "tier", Field(Kind.CHOICE, _("tier")), _tier
    yield "region", Field(Kind.CHOICE, _("region")), _word("region")
    yield "product_line", Field(Kind.CHOICE, _("product line")), _word("product_line")
    yield "locale", Field(Kind.CHOICE, _("language")), _word("locale")
    yield (
        "orders",
        Field(Kind.NUMBER, _("number of orders")),
        lambda at: _counted(_orders(at)),
    )
    yield (
        "orders_90_days",
        Field(Kind.NUMBER, _("orders in the last 90 days")),
        lambda at: _counted(_orders(at).filter(occurred_at__gt=at - LATELY)),
    )
    yield (
        "days_since_order",
        Field(Kind.NUMBER, _("days since the last order")),
        _days_since_order,
    )


for _key, _field, _expression in _offer_own():
    offer(_key, _field, _expression)
