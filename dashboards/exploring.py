"""A number told apart by one dimension, each value beside all the others together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from dashboards.comparing import difference, rest_of
from dashboards.count_tables import by_value, largest, total_of
from dashboards.counting import Counts, Key, counts, total
from dashboards.dimensions import Dimension, Value, names_of
from dashboards.period_counts import PeriodCounts, whole_counts
from dashboards.periods import Period
from dashboards.registry import METRICS, SCORES, Metric
from dashboards.scores import SCORE_COLUMNS
from dashboards.selection import Filters
from dashboards.series import Measured, compared, measured
from dashboards.suppression import (
    NOTHING_HIDDEN,
    Reading,
    Span,
    hidden_scores,
    hidden_values,
)
from surveys import metrics
from surveys.metrics import SIGNIFICANT_BELOW, Difference, adjusted_p_values
from teams.models import User

# From the whole company down to one customer's company, then what else there is.
DRILL: tuple[Dimension, ...] = (
    "region",
    "product_line",
    "tier",
    "account",
    "touchpoint",
    "channel",
    "survey",
    "journey",
    "stage",
    "team",
    "language",
)
COUNT = "responses"
EXPLORED = (*SCORES, COUNT)
# Of one dimension; the smaller ones are found by their name.
MOST_PARTS = 2_000
FEW_ANSWERS = 20_000


@dataclass(frozen=True)
class Part:
    """One value of a dimension. `score` is None where answers are only counted.

    `share`: percent of all answers of the selection, None for a hidden one.
    `difference`: from all the others together; `stands_out` where it is significant
    although so many were compared at once.
    """

    value: Value
    name: str
    n: int
    score: Measured | None
    share: float | None
    difference: Difference | None = None
    stands_out: bool = False

    @property
    def is_hidden(self) -> bool:
        return self.score is not None and self.score.is_hidden


@dataclass(frozen=True)
class Parts:
    """The largest first. `left_out` are those beyond MOST_PARTS.

    `is_closed`: the selection is too small to be told apart, so there is no part.
    """

    by: Dimension
    metric: Metric
    n: int
    parts: tuple[Part, ...]
    left_out: int
    is_closed: bool = False

    @property
    def has_hidden(self) -> bool:
        return any(part.is_hidden for part in self.parts)


@dataclass(frozen=True)
class Whole:
    """The number that is explored; `score` is None where answers are only counted."""

    metric: Metric
    counts: Counts
    n: int
    n_before: int
    score: Measured | None


def next_dimension(filters: Filters, *, after: Dimension | None = None) -> Dimension:
    """By what to tell apart next: the first in the order that is not filtered yet."""
    taken = {*filters.given, after}
    return next((d for d in DRILL if d not in taken), "region")


def side_dimensions(filters: Filters, by: Dimension, *, n: int) -> list[Dimension]:
    """The two to cross with; `n` answers are in play.

    Companies are counted from the answers themselves, so only where those are few.
    """
    open_ones = [
        dimension
        for dimension in DRILL
        if dimension != by
        and dimension not in filters.given
        and (dimension != "account" or n <= FEW_ANSWERS)
    ]
    return open_ones[:2]


def whole_of(user: User, filters: Filters, span: Period, *, key: str) -> Whole:
    read = whole_counts(user, filters, span)
    now = total(read.counts(filters).values())
    before = total(read.counts(filters, is_before=True).values())
    spans = (
        Span(user, span.start, span.end, _reading(read)),
        Span(
            user,
            span.preceding_start,
            span.preceding_end,
            _reading(read, is_before=True),
        ),
    )
    score = None if key == COUNT else _score(spans, filters, key, (now, before))
    return Whole(METRICS[key], now, size_in(key, now), size_in(key, before), score)


def parts_of(
    user: User,
    filters: Filters,
    span: Period,
    *,
    key: str,
    by: Dimension,
    words: str = "",
) -> Parts:
    """Every value's number, those with most answers first; only those whose name holds
    the `words`, where there are any."""
    within, found = _told_apart(user, filters, span, by)
    groups: Mapping[Value, Counts] = by_value(found)
    whole = total_of(groups)
    n = size_in(key, whole)
    by_size = largest(groups, _names_in(key))
    names: Mapping[Value, str] = {}
    if words:
        names = names_of(user, by, by_size)
        by_size = [v for v in by_size if words.casefold() in _name(names, v).casefold()]
    kept = by_size[:MOST_PARTS]
    names = names or names_of(user, by, kept)
    # A mere count of answers is never hidden.
    hidden = NOTHING_HIDDEN
    if key != COUNT:
        hidden = hidden_values(within, filters, by, groups, scores=(key,))[key]
    if hidden.is_closed:
        return Parts(by, METRICS[key], n, (), 0, is_closed=True)
    parts = [
        _part(key, value, _name(names, value), groups[value], n, value in hidden)
        for value in kept
    ]
    return Parts(
        by,
        METRICS[key],
        n,
        tuple(_compared(key, parts, groups, whole)),
        len(by_size) - len(kept),
    )


def size_in(key: str, each: Counts) -> int:
    """How many answers a number rests on."""
    return sum(map(each.__getitem__, _names_in(key)))


def _names_in(key: str) -> Collection[str]:
    return (COUNT,) if key == COUNT else SCORE_COLUMNS[key].values()


def _score(
    spans: tuple[Span, Span],
    filters: Filters,
    key: str,
    both: tuple[Counts, Counts],
) -> Measured:
    """With its change, where neither period's may not be shown."""
    now_hidden, before_hidden = (key in hidden_scores(s, filters) for s in spans)
    if now_hidden or before_hidden:
        return measured(key, both[0], hide=now_hidden)
    return compared(key, *both)


def _told_apart(
    user: User, filters: Filters, span: Period, by: Dimension
) -> tuple[Span, Mapping[Key, Counts]]:
    """The counts of each value, and the days with all that decides what is hidden."""
    if by == "account" or filters == Filters():
        # Companies are many: only those within the filters are read.
        found = counts(user, filters, since=span.start, until=span.end, by=(by,))
        return Span(user, span.start, span.end), found
    read = whole_counts(user, filters, span, by=(by,))
    within = Span(user, span.start, span.end, _reading(read))
    return within, read.counts(filters, (by,))


def _reading(read: PeriodCounts, *, is_before: bool = False) -> Reading:
    return lambda filters, by, _grain: read.counts(filters, by, is_before=is_before)


def _part(
    key: str,
    value: Value,
    name: str,
    each: Counts,
    whole: int,
    is_hidden: bool,
) -> Part:
    size = size_in(key, each)
    share = None if is_hidden else metrics.share(size, whole)
    return Part(
        value,
        name,
        size,
        None if key == COUNT else measured(key, each, hide=is_hidden),
        share.value if share else None,
    )


def _compared(
    key: str, parts: Sequence[Part], groups: Mapping[Value, Counts], whole: Counts
) -> list[Part]:
    """With the difference of each from its complement, tested all at once."""
    if key == COUNT:
        return list(parts)
    tests: dict[int, Difference] = {}
    for place, part in enumerate(parts):
        each = groups[part.value]
        if part.is_hidden or (found := _from_rest(key, each, whole)) is None:
            continue
        tests[place] = found
    adjusted = adjusted_p_values([test.p_value for test in tests.values()])
    stands_out = {
        place: p < SIGNIFICANT_BELOW for place, p in zip(tests, adjusted, strict=True)
    }
    return [
        replace(part, difference=tests.get(at), stands_out=stands_out.get(at, False))
        for at, part in enumerate(parts)
    ]


def _from_rest(key: str, each: Counts, whole: Counts) -> Difference | None:
    return difference(key, each, rest_of(whole, each))


def _name(names: Mapping[Value, str], value: Value) -> str:
    """'' for those that have none."""
    return names.get(value, f"#{value}" if value else "")
