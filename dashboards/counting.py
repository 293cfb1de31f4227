"""Every question to the answers' counts goes through here: how many of each score.

Pages, exports, alerts and the API ask for counts of a span of days, narrowed by
filters and by what the person may see, told apart by dimensions and by time.

One dimension in play: the cells answer. Several: packed months and days, and for days
that are not packed yet the answers themselves. Accounts and the company's own
attributes are counted from the answers.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, DateField, F, IntegerField, QuerySet
from django.db.models.functions import Cast, TruncMonth, TruncWeek

from dashboards.answer_shapes import SHAPE_OF
from dashboards.dimensions import DIMENSIONS, Dimension, Value
from dashboards.models import AnswerCell, AnswerShape
from dashboards.narrowing import Narrowing, is_rolled_up, narrowing
from dashboards.periods import Grain
from dashboards.scores import COUNTS, RAW_COUNTS
from dashboards.selection import Filters, answers
from teams.models import User

Counts = Mapping[str, int]
Key = tuple[Value | date, ...]

NOTHING: Counts = dict.fromkeys(COUNTS, 0)
_NUMBERS = ArrayField(IntegerField())


def counts(
    user: User,
    filters: Filters,
    *,
    since: date,
    until: date,
    by: Sequence[Dimension] = (),
    grain: Grain | None = None,
) -> dict[Key, Counts]:
    """Counts of the company days from `since` to `until`, both included.

    The key holds the first day of the bucket where a grain is asked for, then a value
    for each dimension of `by`; it is empty where neither is. Keys without an answer
    are missing. Values of the person's scope only, unsuppressed: whoever shows them
    hides what is too small (`surveys.metrics.hidden_groups`).
    """
    span = (since, until)
    if not is_rolled_up(filters, by):
        found = answers(user, filters).filter(day__range=span)
        return dict(_raw(found, by, grain))
    asked = narrowing(user, filters, by)
    if len(asked.columns) <= 1:
        return _added(_of_cells(asked, span, grain))
    # Needs numpy, which few pages do.
    from dashboards.crossed_counts import crossed_counts

    parts, stale = crossed_counts(asked, span, grain)
    if stale:
        waiting = answers(user, filters).filter(day__range=(stale[0], stale[-1]))
        if len(stale) <= (stale[-1] - stale[0]).days:
            waiting = waiting.filter(day__in=stale)
        parts += _raw(waiting, by, grain)
    return _added(parts)


def total(parts: Iterable[Counts]) -> Counts:
    """Counts added up."""
    added = dict(NOTHING)
    for part in parts:
        for name in COUNTS:
            added[name] += part[name]
    return added


def _added(parts: Iterable[tuple[Key, Counts]]) -> dict[Key, Counts]:
    found: dict[Key, Counts] = {}
    for key, part in parts:
        found[key] = total((found[key], part)) if key in found else part
    return found


def _of_cells(
    asked: Narrowing, span: tuple[date, date], grain: Grain | None
) -> list[tuple[Key, Counts]]:
    rows = _ask(_cells(asked, span), ["value"] if asked.grouped else [], grain, _SUMS)
    column = next(iter(asked.columns), "")
    is_number = bool(column) and DIMENSIONS[_dimension(column)].is_number
    found = []
    for key, part in rows:
        bucket, values = key[: bool(grain)], key[bool(grain) :]
        typed = [int(str(v)) if is_number else str(v) for v in values]
        found.append(((*bucket, *asked.key(typed)), part))
    return found


def _cells(asked: Narrowing, span: tuple[date, date]) -> QuerySet[AnswerCell]:
    column = next(iter(asked.columns), "")
    shape = SHAPE_OF.get(column, AnswerShape.ALL)
    found = AnswerCell.objects.filter(shape=shape, day__range=span)
    only = asked.only.get(column)
    if only and only.allowed is not None:
        found = found.filter(value__in=sorted(map(str, only.allowed)))
    if only and only.denied:
        found = found.exclude(value__in=sorted(map(str, only.denied)))
    return found


def _raw(
    found: QuerySet[Any], by: Sequence[Dimension], grain: Grain | None
) -> list[tuple[Key, Counts]]:
    return _ask(found, [DIMENSIONS[d].lookup for d in by], grain, _OF_ANSWERS)


def _ask(
    found: QuerySet[Any], columns: Sequence[str], grain: Grain | None, sums: Aggregate
) -> list[tuple[Key, Counts]]:
    names = {f"by_{place}": F(column) for place, column in enumerate(columns)}
    if grain:
        names = {"bucket": _bucket(grain), **names}
    plain = found.order_by()
    # Without a name `values()` would tell every row apart.
    rows: Iterable[tuple[Any, ...]] = (
        plain.values(**names).annotate(sums=sums).values_list(*names, "sums")
        if names
        else [(plain.aggregate(sums=sums)["sums"],)]
    )
    return [
        (tuple(map(_filled, row[:-1])), dict(zip(COUNTS, row[-1], strict=True)))
        for row in rows
        if row[-1] is not None and any(row[-1])
    ]


def _dimension(column: str) -> Dimension:
    return next(dimension for dimension in DIMENSIONS if dimension == column)


def _bucket(grain: Grain) -> Any:
    first: dict[Grain, Any] = {
        "day": F("day"),
        "week": TruncWeek("day"),
        "month": TruncMonth("day"),
    }
    # Truncating makes an instant of a day.
    return Cast(first[grain], DateField())


def _filled(value: Any) -> Any:
    """Answers of nobody's account have no value; '' says so in every dimension."""
    return "" if value is None else value


_SUMS = Aggregate(
    template=f"ARRAY[{', '.join(f'sum({name})' for name in COUNTS)}]",
    output_field=_NUMBERS,
)
_OF_ANSWERS = Aggregate(
    template=f"ARRAY[{', '.join(RAW_COUNTS)}]", output_field=_NUMBERS
)
