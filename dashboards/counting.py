"""Every question to the answers' counts goes through here: how many of each score.

Pages, exports, alerts and the API ask for counts of a span of days, narrowed by
filters and by what the person may see, told apart by dimensions and by time.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, DateField, F, IntegerField, QuerySet
from django.db.models.functions import Cast, TruncMonth, TruncWeek

from dashboards.answer_rollup import COUNTS, RAW_COUNTS
from dashboards.dimensions import DIMENSIONS, Dimension, Value
from dashboards.periods import Grain
from dashboards.selection import COLUMN_OF, Filters, answers, cells
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
    found, columns, numbers = _asked(user, filters, by)
    names = {f"by_{place}": F(column) for place, column in enumerate(columns)}
    if grain:
        names = {"bucket": _bucket(grain), **names}
    within = found.filter(day__range=(since, until)).order_by()
    # Without a name `values()` would tell every row apart.
    rows: Iterable[tuple[Any, ...]] = (
        within.values(**names).annotate(sums=numbers).values_list(*names, "sums")
        if names
        else [(within.aggregate(sums=numbers)["sums"],)]
    )
    return {
        tuple(_filled(value) for value in row[:-1]): dict(
            zip(COUNTS, row[-1], strict=True)
        )
        for row in rows
        if row[-1] is not None and any(row[-1])
    }


def total(parts: Iterable[Counts]) -> Counts:
    """Counts added up."""
    added = dict(NOTHING)
    for part in parts:
        for name in COUNTS:
            added[name] += part[name]
    return added


def _asked(
    user: User, filters: Filters, by: Sequence[Dimension]
) -> tuple[QuerySet[Any, Any], list[str], Aggregate]:
    """Cells where they know every dimension in play, else the raw answers."""
    if {*filters.given, *by} <= set(COLUMN_OF) and not filters.attributes:
        return cells(user, filters, by=by), [COLUMN_OF[d] for d in by], _OF_CELLS
    return answers(user, filters), [DIMENSIONS[d].lookup for d in by], _OF_ANSWERS


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


_OF_CELLS = Aggregate(
    template=f"ARRAY[{', '.join(f'sum({name})' for name in COUNTS)}]",
    output_field=_NUMBERS,
)
_OF_ANSWERS = Aggregate(
    template=f"ARRAY[{', '.join(RAW_COUNTS)}]", output_field=_NUMBERS
)
