"""What got significantly better or worse in the last week, and where.

Every value of every dimension is tested at once: the last seven days against the seven
before. So the p-values are adjusted, and what is left is worth a look. Whether the rest
moved alike is tested too, a part against its complement.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nlargest

from dashboards.count_tables import sizes_in, total_of
from dashboards.counting import NOTHING, Counts
from dashboards.dimensions import Dimension, Value, names_of
from dashboards.periods import Period
from dashboards.registry import METRICS, SCORES, Metric
from dashboards.selection import Filters
from dashboards.series import counts_by, measured, scores_in
from dashboards.suppression import Hidden, Span, hidden_values
from surveys import metrics
from surveys.metrics import Difference, Score, ShareScore
from teams.models import User

LOOKED_AT: tuple[Dimension, ...] = ("touchpoint", "region", "product_line", "tier")
DAYS = 7
# Of a dimension with more values, those with most answers.
MOST_VALUES = 200
SHOWN = 4
# Counts of the week and of the one before.
Halves = tuple[Counts, Counts]
Weeks = tuple[Mapping[Value, Counts], Mapping[Value, Counts]]


@dataclass(frozen=True)
class Mover:
    """One value of a dimension, in the week and the one before.

    `elsewhere` is how much more it moved than the rest; None where the rest is too
    small to say.
    """

    metric: Metric
    dimension: Dimension
    value: Value
    name: str
    now: Score
    before: Score
    change: Difference
    elsewhere: Difference | None

    @property
    def is_better(self) -> bool:
        return (self.change.value > 0) == (self.metric.better == "higher")

    @property
    def is_local(self) -> bool:
        """It moved otherwise than the rest."""
        return self.elsewhere is not None and self.elsewhere.is_significant


@dataclass(frozen=True)
class Movers:
    """`tested` is how many comparisons were made together."""

    week: Period
    better: tuple[Mover, ...]
    worse: tuple[Mover, ...]
    tested: int


def movers(user: User, filters: Filters, *, until: date) -> Movers:
    """Of the week that ends with `until`."""
    week = Period(until - timedelta(days=DAYS - 1), until)
    found = [
        tried
        for dimension in LOOKED_AT
        if dimension not in filters.given
        for tried in _of_dimension(user, filters, dimension, week)
    ]
    adjusted = metrics.adjusted_p_values([tried.change.p_value for tried in found])
    clear = [
        tried.mover()
        for tried, p_value in zip(found, adjusted, strict=True)
        if p_value < metrics.SIGNIFICANT_BELOW
    ]
    clear.sort(key=lambda mover: -abs(mover.change.z))
    return Movers(
        week,
        tuple(mover for mover in clear if mover.is_better)[:SHOWN],
        tuple(mover for mover in clear if not mover.is_better)[:SHOWN],
        len(found),
    )


@dataclass(frozen=True)
class _Tried:
    """A comparison that was made; what else a mover says is worked out of few."""

    key: str
    dimension: Dimension
    value: Value
    name: str
    halves: Halves
    everything: Halves
    now: Score
    before: Score
    change: Difference

    def mover(self) -> Mover:
        return Mover(
            METRICS[self.key],
            self.dimension,
            self.value,
            self.name,
            self.now,
            self.before,
            self.change,
            _elsewhere(self.key, self.halves, self.everything),
        )


def _of_dimension(
    user: User, filters: Filters, dimension: Dimension, week: Period
) -> Iterator[_Tried]:
    both = _weeks(user, filters, dimension, week)
    values = _halves(both)
    everything = total_of(both[0]), total_of(both[1])
    names = names_of(user, dimension, values)
    hidden = _hidden(user, filters, dimension, week, both)
    for key in SCORES:
        for value, halves in values.items():
            if value not in names or any(value in each[key] for each in hidden):
                continue
            now, before = (measured(key, half).score for half in halves)
            if now is None or before is None:
                continue
            change = _change(key, halves, now, before)
            yield _Tried(
                key,
                dimension,
                value,
                names[value] or "",
                halves,
                everything,
                now,
                before,
                change,
            )


def _weeks(user: User, filters: Filters, dimension: Dimension, week: Period) -> Weeks:
    now, before = (
        counts_by(user, filters, dimension, since=first, until=last)
        for first, last in (
            (week.start, week.end),
            (week.preceding_start, week.preceding_end),
        )
    )
    return now, before


def _halves(both: Weeks) -> dict[Value, Halves]:
    """Of each value with most answers: its counts of this week and of the one before."""
    now, before = both
    sizes = Counter(sizes_in(now, ["responses"]))
    sizes.update(sizes_in(before, ["responses"]))
    by_size = nlargest(MOST_VALUES, sizes, key=lambda value: (sizes[value], str(value)))
    return {
        value: (now.get(value, NOTHING), before.get(value, NOTHING))
        for value in by_size
    }


def _hidden(
    user: User,
    filters: Filters,
    dimension: Dimension,
    week: Period,
    both: Weeks,
) -> list[dict[str, Hidden]]:
    """In either week, for the two stand side by side."""
    spans = (
        (week.start, week.end),
        (week.preceding_start, week.preceding_end),
    )
    return [
        hidden_values(
            Span(user, *span),
            filters,
            dimension,
            groups,
        )
        for span, groups in zip(spans, both, strict=True)
    ]


def _change(key: str, halves: Halves, now: Score, before: Score) -> Difference:
    if isinstance(now, ShareScore) and isinstance(before, ShareScore):
        return metrics.share_difference(now, before)
    return metrics.nps_difference(scores_in(key, halves[0]), scores_in(key, halves[1]))


def _elsewhere(key: str, halves: Halves, everything: Halves) -> Difference | None:
    """None where the rest is too small to say."""
    now, before = (
        {name: all_of[name] - half[name] for name in half}
        for half, all_of in zip(halves, everything, strict=True)
    )
    if measured(key, now).score is None or measured(key, before).score is None:
        return None
    return _against(key, halves, (now, before))


def _against(key: str, halves: Halves, rest: Halves) -> Difference:
    """The change here less the change elsewhere."""
    now, before = (measured(key, half).score for half in halves)
    rest_now, rest_before = (measured(key, half).score for half in rest)
    if (
        isinstance(now, ShareScore)
        and isinstance(before, ShareScore)
        and isinstance(rest_now, ShareScore)
        and isinstance(rest_before, ShareScore)
    ):
        return metrics.share_change_against((before, now), (rest_before, rest_now))
    return metrics.nps_change_against(
        (scores_in(key, halves[1]), scores_in(key, halves[0])),
        (scores_in(key, rest[1]), scores_in(key, rest[0])),
    )
