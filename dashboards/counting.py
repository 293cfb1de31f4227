"""Every question to the answers' counts goes through here: how many of each score.

Pages, exports, alerts and the API ask for counts of a span of days, narrowed by
filters and by what the person may see, told apart by dimensions and by time.

One dimension in play: the cells answer. Several, or one with thousands of values:
packed months and days, and for days that are not packed yet the answers themselves. Accounts and the company's own
attributes are counted from the answers.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import (
    Aggregate,
    BooleanField,
    Case,
    DateField,
    ExpressionWrapper,
    F,
    IntegerField,
    QuerySet,
    When,
)
from django.db.models import Value as Constant
from django.db.models.functions import Cast, TruncMonth, TruncWeek

from dashboards.answer_shapes import SHAPE_OF
from dashboards.count_tables import MANY
from dashboards.dimensions import DIMENSIONS, Dimension, Value
from dashboards.models import AnswerCell, AnswerShape
from dashboards.narrowing import Narrowing, is_rolled_up, narrowing
from dashboards.periods import BEFORE, Grain, Stretch
from dashboards.scores import COUNTS, RAW_COUNTS
from dashboards.selection import Attribute, Filters, answers, has_attribute
from surveys.models.response import ResponseQuerySet
from teams.models import User

Counts = Mapping[str, int]
Key = tuple[Value | date, ...]
Part = tuple[Key, Counts]

# The dimensions that may have thousands of values.
TEXTS = ("region", "product_line", "tier", "language")
NOTHING: Counts = dict.fromkeys(COUNTS, 0)
_NUMBERS = ArrayField(IntegerField())
_in_order = itemgetter(*COUNTS)


def counts(
    user: User,
    filters: Filters,
    *,
    since: date,
    until: date,
    by: Sequence[Dimension] = (),
    grain: Grain | None = None,
) -> Mapping[Key, Counts]:
    """Counts of the company days from `since` to `until`, both included.

    The key holds the first day of the bucket where a grain is asked for, then a value
    for each dimension of `by`; it is empty where neither is. Keys without an answer
    are missing. Values of the person's scope only, unsuppressed: whoever shows them
    hides what is too small (`surveys.metrics.hidden_groups`).
    """
    days = Stretch(since, until, grain)
    if not is_rolled_up(filters, by):
        return dict(of_answers(answers(user, filters), by, days))
    asked = narrowing(user, filters, by)
    if not is_crossed(asked, days):
        return _added(of_cells(asked, days))
    # Needs numpy, which few pages do.
    from dashboards.crossed_counts import (
        blocks_of,
        counted_blocks,
        of_dimensions,
        read_blocks,
    )

    packed, stale = read_blocks(asked.columns, days)
    # To build a query that finds nothing takes as long as to ask for a month.
    waiting = of_stale(answers(user, filters), by, days, stale) if stale else []
    told_apart = (of_dimensions(block, asked) for block in packed)
    blocks = [block for block in told_apart if block]
    blocks += blocks_of(waiting, asked.by, in_buckets=days.has_buckets)
    return counted_blocks(blocks, asked.by)


def is_crossed(asked: Narrowing, days: Stretch) -> bool:
    """Whether packed days answer quicker than cells: where dimensions are crossed, or
    the only one has so many values that hardly an answer shares its cell."""
    if len(asked.columns) > 1:
        return True
    return any(map(asked.grouped.__contains__, TEXTS)) and _is_wide(asked, days)


def _is_wide(asked: Narrowing, days: Stretch) -> bool:
    [column] = asked.columns
    shape = SHAPE_OF[column].value
    with connection.cursor() as cursor:
        cursor.execute(_CELLS_LATELY, [shape, days.until, shape, MANY + 1])
        row = cursor.fetchone()
    return bool(row and row[0] > MANY)


def total(parts: Iterable[Counts]) -> Counts:
    """Counts added up."""
    columns = zip(*map(_in_order, (NOTHING, *parts)), strict=True)
    return dict(zip(COUNTS, map(sum, columns), strict=True))


def _added(parts: Iterable[Part]) -> dict[Key, Counts]:
    found: dict[Key, Counts] = {}
    for key, part in parts:
        found[key] = total((found[key], part)) if key in found else part
    return found


def of_cells(asked: Narrowing, days: Stretch) -> list[Part]:
    """Of one dimension at most; not added up where several values become one."""
    rows = _ask(_cells(asked, days), ["value"] if asked.grouped else [], days, _SUMS)
    column = next(iter(asked.columns), "")
    is_number = bool(column) and DIMENSIONS[_dimension(column)].is_number
    found = []
    for key, part in rows:
        bucket, values = key[: days.has_buckets], key[days.has_buckets :]
        typed = [int(str(v)) if is_number else str(v) for v in values]
        found.append(((*bucket, *asked.key(typed)), part))
    return found


def of_answers(
    found: ResponseQuerySet, by: Sequence[Dimension | Attribute], days: Stretch
) -> list[Part]:
    """Of the answers themselves; by an attribute: whether they have it."""
    within = found.filter(day__range=(days.first, days.until))
    return _ask(within, list(map(_told_by, by)), days, _OF_ANSWERS)


def of_stale(
    found: ResponseQuerySet,
    by: Sequence[Dimension],
    days: Stretch,
    stale: Sequence[date],
) -> list[Part]:
    """Of the days that are not packed yet, given in order."""
    if not stale:
        return []
    waiting = found.filter(day__range=(stale[0], stale[-1]))
    if len(stale) <= (stale[-1] - stale[0]).days:
        waiting = waiting.filter(day__in=stale)
    return of_answers(waiting, by, days)


def _cells(asked: Narrowing, days: Stretch) -> QuerySet[AnswerCell]:
    column = next(iter(asked.columns), "")
    shape = SHAPE_OF.get(column, AnswerShape.ALL)
    found = AnswerCell.objects.filter(shape=shape, day__range=(days.first, days.until))
    only = asked.only.get(column)
    if only and only.allowed is not None:
        found = found.filter(value__in=sorted(map(str, only.allowed)))
    if only and only.denied:
        found = found.exclude(value__in=sorted(map(str, only.denied)))
    return found


def _told_by(what: Dimension | Attribute) -> Any:
    if not isinstance(what, tuple):
        return F(DIMENSIONS[what].lookup)
    condition = has_attribute("attributes", *what)
    return ExpressionWrapper(condition, BooleanField())


def _ask(
    found: QuerySet[Any],
    columns: Sequence[str | Any],
    days: Stretch,
    sums: Aggregate,
) -> list[Part]:
    names = {
        f"by_{place}": F(column) if isinstance(column, str) else column
        for place, column in enumerate(columns)
    }
    if days.has_buckets:
        names = {"bucket": _bucket(days), **names}
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


def _bucket(days: Stretch) -> Any:
    first: dict[Grain | None, Any] = {
        None: Constant(days.since),
        "day": F("day"),
        "week": TruncWeek("day"),
        "month": TruncMonth("day"),
    }
    # Truncating makes an instant of a day.
    within = Cast(first[days.grain], DateField())
    if not days.before:
        return within
    return Case(When(day__lt=days.since, then=Constant(BEFORE)), default=within)


def _filled(value: Any) -> Any:
    """Answers of nobody's account have no value; '' says so in every dimension."""
    return "" if value is None else value


_CELLS_LATELY = """
    SELECT count(*) FROM (
        SELECT FROM dashboards_answercell WHERE shape = %s AND day > (
            SELECT max(day) - 7 FROM dashboards_answercell WHERE day <= %s AND shape = %s)
        LIMIT %s) newest"""
_SUMS = Aggregate(
    template=f"ARRAY[{', '.join(f'sum({name})' for name in COUNTS)}]",
    output_field=_NUMBERS,
)
_OF_ANSWERS = Aggregate(
    template=f"ARRAY[{', '.join(RAW_COUNTS)}]", output_field=_NUMBERS
)
