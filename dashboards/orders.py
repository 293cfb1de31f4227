"""What groups of customers did in a period, added up from their interactions.

The kinds that count, and what their fields mean: docs/interactions.md. Membership of a
group is as it was when the period began: what customers said before, never what they
said because of how it went.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Literal

from django.db import connection
from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from customers.models import Customer, Interaction
from customers.models.customer import CustomerQuerySet
from dashboards.counting import Key
from dashboards.dimensions import Dimension
from dashboards.loop_steps import STEPS, with_contact_clock
from dashboards.money import Behaviour
from dashboards.periods import Period, day_after
from dashboards.score_groups import GROUPINGS, Scale
from dashboards.selection import Filters, answers
from surveys.models import Response
from teams.access import scope_condition
from teams.models import User

# Customers with the group they belong to.
Groups = QuerySet[Response, Any]
Segment = Literal["region", "product_line", "tier"]
SEGMENTS: tuple[Segment, ...] = ("region", "product_line", "tier")
# Of the filters, those that say which customers; the others say which answers.
OF_CUSTOMERS: tuple[Dimension, ...] = ("region", "product_line", "tier", "account")
_OF_RECOVERY = timedelta(days=365)


@dataclass(frozen=True)
class Asked:
    """`currency` of the orders that count; `scale` whose scores make the groups."""

    user: User
    filters: Filters
    period: Period
    currency: str
    active_days: float
    scale: Scale = "nps"


@dataclass(frozen=True)
class Done:
    """By score group, and by each segment's values."""

    groups: Mapping[str, Behaviour]
    segments: Mapping[Segment, Mapping[str, Behaviour]]

    @property
    def whole(self) -> Behaviour:
        return sum(self.groups.values(), Behaviour())


def done(asked: Asked) -> Done:
    """What everybody did, told apart by what they last said and by where they belong."""
    rows = _rows(asked, latest_groups(asked), ("grp", *SEGMENTS))
    groups: dict[str, Behaviour] = {}
    segments: dict[Segment, dict[str, Behaviour]] = {name: {} for name in SEGMENTS}
    for row in rows:
        *keys, mask = row[:5]
        # A bit of the mask is 0 for the one column that the row is told apart by.
        place = ("0111", "1011", "1101", "1110").index(f"{mask:04b}")
        if place == 0:
            groups[keys[0] or "none"] = _behaviour(row[5:])
        else:
            segments[SEGMENTS[place - 1]][keys[place] or ""] = _behaviour(row[5:])
    return Done(groups, segments)


def everybody(asked: Asked) -> Behaviour:
    """The same of all together, without the groups; `customers` are those who did
    anything at all."""
    base = customers(asked.user, asked.filters).order_by().values("id")
    base_sql, base_values = base.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_EVERYBODY.format(base=base_sql), [*_times(asked), *base_values])
        return _behaviour(cursor.fetchone())


def apart(asked: Asked, by: Sequence[Dimension]) -> dict[Key, Behaviour]:
    """The same, told apart by dimensions of customers together."""
    base_sql, base_values = _base(asked).query.sql_with_params()
    columns = ", ".join(by)
    sql = _APART.format(base=base_sql, keys=f"{columns}, " if by else "", set=columns)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_times(asked), *base_values])
        rows = cursor.fetchall()
    return {_key(row[: len(by)]): _behaviour(row[len(by) :]) for row in rows}


def apart_by_groups(
    asked: Asked, groups: Groups, by: Sequence[Dimension]
) -> dict[Key, Behaviour]:
    """What everybody did by their group, the first of the key, and by dimensions."""
    rows = _rows(asked, groups, ("grp", *by), together=True)
    # Behind the keys stands which of them are added up: none.
    return {_key(row[: len(by) + 1]): _behaviour(row[len(by) + 2 :]) for row in rows}


def recovered_and_not(asked: Asked) -> tuple[Behaviour, Behaviour]:
    """Of low scorers with a ticket in the year before the period: those whose next score
    left the bottom group, and the others that were not contacted in time."""
    rows = _rows(asked, recovery_groups(asked), ("grp",))
    found = {row[0]: _behaviour(row[2:]) for row in rows}
    return found.get("recovered", Behaviour()), found.get("not", Behaviour())


def currencies(user: User, period: Period) -> list[tuple[str, int]]:
    """Those of the period's orders, the commonest first, with how many orders."""
    since, until = bounds(period)
    rows = (
        Interaction.objects.filter(
            scope_condition(user, _through("customer", CustomerQuerySet.SCOPE_FIELDS)),
            kind="order",
            occurred_at__gte=since,
            occurred_at__lt=until,
            value__isnull=False,
        )
        .order_by()
        .values_list("currency")
    )
    counted = dict(rows.annotate(n=Count("pk")))
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def bounds(period: Period) -> tuple[datetime, datetime]:
    """The instants between which the period lies, the second one excluded."""
    return (
        timezone.make_aware(datetime.combine(period.start, time.min)),
        timezone.make_aware(datetime.combine(day_after(period.end), time.min)),
    )


def customers(user: User, filters: Filters) -> CustomerQuerySet:
    """Whom the person may count, as they are today."""
    found = CustomerQuerySet(Customer).filter(
        scope_condition(user, CustomerQuerySet.SCOPE_FIELDS), erased_at__isnull=True
    )
    for name in OF_CUSTOMERS:
        value = getattr(filters, name)
        if value is None:
            continue
        if name == "tier":
            found = found.filter(in_tier(value))
        else:
            found = found.filter(**{name: value})
    for attribute, text in filters.attributes:
        found = found.filter(attributes__contains={attribute: text})
    return found


def tier(path: str = "") -> Coalesce:
    """The person's own tier, else their company's; `path` leads to the customer."""
    return Coalesce(NullIf(f"{path}tier", Value("")), f"{path}account__tier", Value(""))


def in_tier(name: str, path: str = "") -> Q:
    """The same as a condition; of '' those that have none."""
    own, company = f"{path}tier", f"{path}account"
    if name:
        return Q(**{own: name}) | Q(**{own: "", f"{company}__tier": name})
    nowhere = Q(**{company: None}) | Q(**{f"{company}__tier": ""})
    return Q(**{own: ""}) & nowhere


def _of_answers(filters: Filters) -> Filters:
    """The filters without those that say which customers."""
    wide: dict[str, Any] = dict.fromkeys(OF_CUSTOMERS)
    return replace(filters, **wide, attributes=())


def latest_groups(asked: Asked) -> Groups:
    """Each customer's group by their last score before the period."""
    grouping = GROUPINGS[asked.scale]
    known = {f"{grouping.column}__isnull": False}
    if grouping.points:
        known["ces_scale"] = grouping.points  # type: ignore[assignment]
    return (
        answers(asked.user, _of_answers(asked.filters))
        .filter(customer__isnull=False, day__lt=asked.period.start, **known)
        .order_by("customer_id", "-submitted_at")
        .distinct("customer_id")
        .values(
            "customer_id",
            grp=Case(
                When(**{f"{grouping.column}__gte": grouping.high}, then=Value("high")),
                When(**{f"{grouping.column}__lte": grouping.low}, then=Value("low")),
                default=Value("middle"),
                output_field=CharField(),
            ),
        )
    )


def recovery_groups(asked: Asked) -> Groups:
    """By each customer's last low answer before the period."""
    start = asked.period.start
    back = STEPS["recovered"] & Q(ticket_answer__next_score__response__day__lt=start)
    return (
        with_contact_clock(answers(asked.user, _of_answers(asked.filters)))
        .filter(
            customer__isnull=False,
            day__lt=start,
            day__gte=start - _OF_RECOVERY,
            ticket_answer__isnull=False,
        )
        .order_by("customer_id", "-submitted_at")
        .distinct("customer_id")
        .values(
            "customer_id",
            grp=Case(
                When(back, then=Value("recovered")),
                When(STEPS["in_time"], then=Value("in_time")),
                default=Value("not"),
                output_field=CharField(),
            ),
        )
    )


def _through(relation: str, fields: Mapping[str, str]) -> dict[str, str]:
    return {name: f"{relation}__{lookup}" for name, lookup in fields.items()}


def _behaviour(numbers: Sequence[Any]) -> Behaviour:
    fields = Behaviour.__dataclass_fields__
    typed: dict[str, Any] = {
        name: float(number) if name in _AMOUNTS else int(number)
        for name, number in zip(fields, numbers, strict=True)
    }
    return Behaviour(**typed)


_AMOUNTS = {"order_squares", "revenue", "squares", "referred"}


def _rows(
    asked: Asked, groups: Groups, keys: Sequence[str], *, together: bool = False
) -> list[tuple[Any, ...]]:
    """By each of the keys alone, or by all of them together."""
    base_sql, base_values = _base(asked).query.sql_with_params()
    group_sql, group_values = groups.query.sql_with_params()
    columns = ", ".join(keys)
    sql = _SQL.format(
        base=base_sql,
        groups=group_sql,
        keys=columns,
        sets=f"({columns})" if together else ", ".join(f"({key})" for key in keys),
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*base_values, *group_values, *_times(asked)])
        return list(cursor.fetchall())


def _base(asked: Asked) -> QuerySet[Customer, Any]:
    """Customers with the columns of `base` in `_SQL`."""
    found = customers(asked.user, asked.filters).order_by()
    return found.values("id", "region", "product_line", "account_id", t=tier())


def _key(values: Sequence[Any]) -> Key:
    return tuple("" if value is None else value for value in values)


def _times(asked: Asked) -> tuple[Any, ...]:
    """The values that `_ACTS` is asked with."""
    since, until = bounds(asked.period)
    earliest = since - timedelta(days=asked.active_days)
    return (earliest, since, until, asked.currency)


# One pass over what happened from the time in which one counts as active.
_ACTS = """
asked (earliest, since, until, currency) AS (
    SELECT %s::timestamptz, %s::timestamptz, %s::timestamptz, %s::text),
acts AS (
    SELECT i.customer_id,
        max(occurred_at) FILTER (WHERE kind = 'order' AND occurred_at < since) AS came,
        max(occurred_at) FILTER (WHERE kind = 'churn' AND occurred_at < since) AS went,
        bool_or(kind = 'churn' AND occurred_at >= since) AS goes,
        count(*) FILTER (WHERE paid) AS orders,
        sum(value) FILTER (WHERE paid) AS revenue,
        sum(value * value) FILTER (WHERE paid) AS squares,
        count(*) FILTER (WHERE kind = 'call' AND occurred_at >= since) AS calls,
        count(*) FILTER (WHERE kind = 'referral' AND occurred_at >= since) AS referrals,
        sum(value) FILTER (WHERE kind = 'referral' AND occurred_at >= since
            AND i.currency = asked.currency) AS referred
    FROM asked CROSS JOIN customers_interaction i
    CROSS JOIN LATERAL (
        SELECT kind = 'order' AND occurred_at >= since AND value IS NOT NULL
            AND i.currency = asked.currency AS paid) p
    WHERE kind IN ('order', 'churn', 'call', 'referral')
        AND occurred_at >= earliest AND occurred_at < until
    GROUP BY i.customer_id)"""
_ACTIVE = "came IS NOT NULL AND (went IS NULL OR went < came) AS active"
# In the order of the fields of `Behaviour`.
_SUMS = """
    count(*), count(*) FILTER (WHERE active),
    count(*) FILTER (WHERE active AND goes),
    count(*) FILTER (WHERE orders > 0 AND NOT active),
    count(*) FILTER (WHERE orders > 0), count(*) FILTER (WHERE orders > 1),
    COALESCE(sum(orders), 0), COALESCE(sum(orders * orders), 0),
    COALESCE(sum(revenue), 0), COALESCE(sum(squares), 0),
    COALESCE(sum(calls), 0), count(*) FILTER (WHERE calls > 0),
    COALESCE(sum(referrals), 0), COALESCE(sum(referred), 0)"""
_SQL = f"""
WITH base (id, region, product_line, account, tier) AS ({{base}}),
said (customer_id, grp) AS ({{groups}}),
{_ACTS},
each AS (
    SELECT b.*, COALESCE(s.grp, 'none') AS grp, a.*, {_ACTIVE}
    FROM base b
    LEFT JOIN said s ON s.customer_id = b.id
    LEFT JOIN acts a ON a.customer_id = b.id)
SELECT {{keys}}, GROUPING({{keys}}), {_SUMS}
FROM each GROUP BY GROUPING SETS ({{sets}})"""  # noqa: S608  constants, and Django's own
_EVERYBODY = f"""
WITH {_ACTS},
each AS (
    SELECT a.*, {_ACTIVE} FROM acts a WHERE a.customer_id IN ({{base}}))
SELECT {_SUMS} FROM each"""  # noqa: S608
_APART = f"""
WITH {_ACTS},
base (id, region, product_line, account, tier) AS ({{base}}),
each AS (
    SELECT b.*, a.*, {_ACTIVE} FROM acts a JOIN base b ON b.id = a.customer_id)
SELECT {{keys}}{_SUMS} FROM each GROUP BY GROUPING SETS (({{set}}))"""  # noqa: S608
