"""The groups that answers can be compared by, side by side."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers import segments
from customers.condition_words import as_sentence
from customers.conditions import ConditionError
from customers.models import Customer, Segment
from customers.models.customer import CustomerQuerySet
from dashboards.dimensions import DIMENSIONS, Dimension, Value, names_of
from dashboards.score_groups import GROUPINGS
from journeys.models import Persona
from surveys.models.response import ResponseQuerySet
from teams.models import User

MOST_GROUPS = 12
LAPSED_DAYS = 180


@dataclass(frozen=True)
class Group:
    """`condition` picks answers; `saved` picks customers, in the condition language,
    where it can say the same of a customer. None where it cannot. `value` of the
    dimension, "" of none, where the groups are those of one."""

    key: str
    label: str
    condition: Q
    saved: Mapping[str, Any] | None = None
    value: Value = ""


@dataclass(frozen=True)
class Asked:
    """`answers` are those of the page: its period, its filters, the person's scope."""

    user: User
    answers: ResponseQuerySet
    at: datetime


@dataclass(frozen=True)
class Grouping:
    """`is_disjoint`: nobody's answer is in two of its groups."""

    key: str
    label: str | Promise
    groups: Callable[[Asked], Iterator[Group]]
    is_disjoint: bool = True


def groups_of(grouping: Grouping, asked: Asked) -> list[Group]:
    """At most MOST_GROUPS; of values, those with most answers."""
    return [
        group
        for group, _n in zip(grouping.groups(asked), range(MOST_GROUPS), strict=False)
    ]


def _by_nps(asked: Asked) -> Iterator[Group]:
    names = GROUPINGS["nps"].names
    high, middle, low = (
        as_sentence(str(names[key])) for key in ("high", "middle", "low")
    )
    last = "last_nps"
    between = _asks(last, "between", [7, 8])
    yield Group("promoters", high, Q(nps__gte=9), _asks(last, "gte", 9))
    yield Group("passives", middle, Q(nps__range=(7, 8)), between)
    yield Group("detractors", low, Q(nps__lte=6), _asks(last, "lte", 6))


def _by_value(dimension: Dimension) -> Callable[[Asked], Iterator[Group]]:
    lookup = DIMENSIONS[dimension].lookup

    def groups(asked: Asked) -> Iterator[Group]:
        rows = asked.answers.order_by().values_list(lookup).annotate(n=Count("pk"))
        values = [v for v, _n in rows.order_by("-n", lookup)[:MOST_GROUPS]]
        names = names_of(asked.user, dimension, [v for v in values if v])
        for value in values:
            label = names.get(value, str(value)) if value else str(_("Not stated"))
            yield Group(
                str(value or "-"),
                label,
                Q(**{lookup: value}),
                _saved_value(dimension, value),
                value or "",
            )

    return groups


def _saved_value(dimension: str, value: Any) -> Mapping[str, Any] | None:
    if dimension not in ("tier", "region", "product_line"):
        return None
    return _asks(dimension, "eq", value) if value else _asks(dimension, "is_empty")


def _by_persona(asked: Asked) -> Iterator[Group]:
    for persona in Persona.objects.filter(journeys__isnull=False).distinct():
        inside = Q(touchpoint__stage__journey__persona=persona)
        yield Group(str(persona.pk), str(persona), inside)


def _by_behaviour(asked: Asked) -> Iterator[Group]:
    kinds: dict[str, tuple[str | Promise, Mapping[str, Any]]] = {
        "recent": (
            _("Bought in the last 90 days"),
            _asks("orders_90_days", "gte", 1),
        ),
        "repeat": (_("Bought more than once"), _asks("orders", "gte", 2)),
        "lapsed": (
            _("Bought, but not for 180 days"),
            _asks("days_since_order", "gt", LAPSED_DAYS),
        ),
        "never": (_("Known, never bought"), _asks("orders", "eq", 0)),
    }
    for key, (label, saved) in kinds.items():
        yield Group(key, str(label), _of_members(saved, asked), saved)


def _by_segment(asked: Asked) -> Iterator[Group]:
    for segment in Segment.objects.order_by("name"):
        try:
            inside = _of_members(segment.condition, asked)
        except ConditionError:
            # Saved when there was a field that is gone: the list of segments says so.
            continue
        yield Group(str(segment.pk), segment.name, inside)


def _of_members(raw: Mapping[str, Any], asked: Asked) -> Q:
    # Whoever sees dashboards may count customers without being shown them.
    everybody = CustomerQuerySet(Customer)
    members = segments.members(everybody, raw, at=asked.at)
    return Q(customer__in=members.order_by().values("pk"))


def _asks(field: str, op: str, value: Any = None) -> dict[str, Any]:
    asked = {"field": field, "op": op}
    return asked if value is None else asked | {"value": value}


BY: Mapping[str, Grouping] = {
    grouping.key: grouping
    for grouping in (
        Grouping("nps", _("Promoters, passives, detractors"), _by_nps),
        Grouping("tier", _("Tier"), _by_value("tier")),
        Grouping("region", _("Region"), _by_value("region")),
        Grouping("product_line", _("Product line"), _by_value("product_line")),
        Grouping("journey", _("Journey"), _by_value("journey")),
        Grouping("persona", _("Persona"), _by_persona),
        Grouping("behaviour", _("Behaviour"), _by_behaviour, is_disjoint=False),
        Grouping("segment", _("Saved segments"), _by_segment, is_disjoint=False),
    )
}
