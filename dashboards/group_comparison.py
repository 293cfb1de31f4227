"""Groups side by side: their scores, what they write about, and what they buy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from customers.models import Interaction
from dashboards.comment_counts import ALL, Counts, count_comments, counts_of
from dashboards.group_bases import OF_CUSTOMERS, Grouped
from dashboards.grouping import Asked, Group, Grouping, groups_of
from dashboards.money import Behaviour
from dashboards.orders import bounds, currencies
from dashboards.periods import Period
from dashboards.registry import SCORES
from dashboards.results import Measured
from dashboards.selection import Filters, answers
from dashboards.series import measured, scores_in
from dashboards.themes import Tested, effect
from surveys import metrics
from surveys.comments import TOPICS
from surveys.metrics import ShareScore
from teams.models import User

MOST_TOPICS = 3


@dataclass(frozen=True)
class Compared:
    """One score of a group, and its difference to all answers outside the group."""

    measured: Measured
    against_rest: Tested | None = None


@dataclass(frozen=True)
class Topic:
    key: str
    share: ShareScore


@dataclass(frozen=True)
class Column:
    """What a group is like. `n` answers; `behaviour` is None where too few customers
    are known to be shown."""

    group: Group
    n: int
    scores: Mapping[str, Compared]
    topics: tuple[Topic, ...]
    comments: int
    behaviour: Behaviour | None


@dataclass(frozen=True)
class Comparison:
    """`scores` are those given by anybody; `currency` that of most orders, "" of none."""

    grouping: Grouping
    n: int
    scores: tuple[str, ...]
    columns: tuple[Column, ...]
    currency: str
    all: Column


def comparison(
    user: User, grouping: Grouping, period: Period, filters: Filters, *, at: datetime
) -> Comparison:
    """Each group beside the others; every difference is tested against its complement,
    adjusted for how many are tested."""
    found = answers(user, filters).filter(day__range=(period.start, period.end))
    asked = Asked(user, found.order_by(), at)
    groups = groups_of(grouping, asked)
    total = counts_of(asked.answers)
    counted = {
        group.key: counts_of(asked.answers.filter(group.condition)) for group in groups
    }
    groups = [group for group in groups if counted[group.key][ALL]]
    offered = tuple(
        key
        for key in SCORES
        # Who is a promoter goes by NPS: the groups' own NPS would say nothing.
        if key != grouping.key
        and any(any(scores_in(key, counted[g.key]).values()) for g in groups)
    )
    currency = next((one for one, _n in currencies(user, period)), "")
    hidden, hidden_in_all = Grouped(user, period, currency).hidden(
        grouping, groups, filters
    )
    columns = [
        _column(
            asked,
            group,
            counted[group.key],
            period,
            currency,
            hide=any(group.key in hidden[name] for name in OF_CUSTOMERS),
        )
        for group in groups
    ]
    scored = [
        replace(
            column,
            scores={
                key: Compared(
                    measured(
                        key,
                        counted[column.group.key],
                        hide=column.group.key in hidden[key],
                    )
                )
                for key in offered
            },
        )
        for column in columns
    ]
    whole = _column(
        asked,
        Group("", "", Q()),
        total,
        period,
        currency,
        hide=not hidden_in_all.isdisjoint(OF_CUSTOMERS),
    )
    scores_of_all = {
        key: Compared(measured(key, total, hide=key in hidden_in_all))
        for key in offered
    }
    return Comparison(
        grouping,
        total[ALL],
        offered,
        _tested(scored, counted, total),
        currency,
        replace(whole, scores=scores_of_all),
    )


def _column(
    asked: Asked,
    group: Group,
    counts: Counts,
    period: Period,
    currency: str,
    *,
    hide: bool,
) -> Column:
    inside = asked.answers.filter(group.condition)
    comments = count_comments(inside.exclude(comment=""))
    n = comments.total[ALL]
    shares = {
        key: metrics.share(parts[ALL], n)
        for key, parts in comments.by_topic.items()
        if key in TOPICS and not metrics.is_hidden(parts[ALL])
    }
    most = sorted(shares, key=lambda key: (-comments.by_topic[key][ALL], key))
    topics = (Topic(key, share) for key in most[:MOST_TOPICS] if (share := shares[key]))
    behaviour = None if hide else _behaviour(inside, period, currency)
    return Column(group, counts[ALL], {}, tuple(topics), n, behaviour)


def _behaviour(inside: Any, period: Period, currency: str) -> Behaviour | None:
    """The orders of the group's customers in the period; those of others stay out."""
    known = inside.filter(customer__isnull=False).values("customer")
    customers = known.distinct().count()
    if metrics.is_hidden(customers):
        return None
    since, until = bounds(period)
    buyers = (
        Interaction.objects.filter(
            customer__in=known,
            kind="order",
            occurred_at__gte=since,
            occurred_at__lt=until,
            currency=currency,
            value__isnull=False,
        )
        .order_by()
        .values("customer")
        .annotate(
            orders=Count("pk"), spent=Sum("value"), squares=Sum(F("value") * F("value"))
        )
        .values_list("orders", "spent", "squares")
    )
    rows: list[tuple[int, Decimal, Decimal]] = list(buyers)
    return Behaviour(
        customers=customers,
        buyers=len(rows),
        repeaters=sum(1 for orders, _spent, _squares in rows if orders > 1),
        orders=sum(orders for orders, _spent, _squares in rows),
        order_squares=float(sum(orders**2 for orders, _spent, _squares in rows)),
        revenue=float(sum(spent for _orders, spent, _squares in rows)),
        squares=float(sum(squares for _orders, _spent, squares in rows)),
    )


def _tested(
    columns: Sequence[Column], counted: Mapping[str, Counts], total: Counts
) -> tuple[Column, ...]:
    differences = {
        (column.group.key, key): difference
        for column in columns
        for key, compared in column.scores.items()
        if compared.measured.score is not None
        and (difference := effect(key, counted[column.group.key], total))
    }
    adjusted = metrics.adjusted_p_values([d.p_value for d in differences.values()])
    tested = {
        place: Tested(difference, p)
        for (place, difference), p in zip(differences.items(), adjusted, strict=True)
    }
    return tuple(
        replace(
            column,
            scores={
                key: replace(one, against_rest=tested.get((column.group.key, key)))
                for key, one in column.scores.items()
            },
        )
        for column in columns
    )
