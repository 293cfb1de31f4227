"""Counts made into numbers, and numbers over time.

Nothing is calculated here: counts are added up by the database, and `surveys.metrics`
makes the numbers. A hidden number is left out, not merely marked.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from dashboards import answer_rollup
from dashboards.answer_rollup import SCORE_COLUMNS
from dashboards.count_tables import by_value
from dashboards.counting import NOTHING, Counts, counts
from dashboards.dimensions import Dimension, Value
from dashboards.metric import Metric
from dashboards.models import FillState
from dashboards.periods import Grain, Period
from dashboards.registry import METRICS
from dashboards.results import Amount, Counted, Measured, Median, Result
from dashboards.selection import Filters
from surveys import metrics
from surveys.metrics import Difference, RatingScore, Score, ShareScore
from teams.models import User

__all__ = [
    "Amount",
    "Counted",
    "Counts",
    "Mean",
    "Measured",
    "Median",
    "Result",
    "Trend",
    "compared",
    "counts_by",
    "filled_to",
    "mean_of",
    "measured",
    "scores_in",
    "share_result",
    "trend_of",
]


@dataclass(frozen=True)
class Mean:
    """In scale points; the value is None where nothing was answered or n is too small."""

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Trend:
    """One score over time: a point for every bucket of the period, empty ones too."""

    metric: Metric
    grain: Grain
    points: tuple[tuple[date, Measured], ...]


def scores_in(key: str, parts: Counts) -> dict[int, int]:
    """How often each score of a metric was given, out of added-up cells."""
    return {score: parts[name] for score, name in SCORE_COLUMNS[key].items()}


def measured(key: str, counts: Counts, *, hide: bool = False) -> Measured:
    """A score of added-up cells; hidden by itself where n is small, or when asked."""
    score = _score(key, scores_in(key, counts))
    n = score.n if score else 0
    shown = None if hide or metrics.is_hidden(n) else score
    return Measured(METRICS[key], n, shown)


def compared(
    key: str,
    now: Counts,
    before: Counts,
    *,
    hide: bool = False,
    hide_before: bool = False,
) -> Measured:
    """As `measured`, with the change since the period before."""
    current = measured(key, now, hide=hide)
    previous = measured(key, before, hide=hide_before)
    if current.score is None or previous.score is None:
        return current
    change = _change(key, now, before, current.score, previous.score)
    return Measured(current.metric, current.n, current.score, change)


def mean_of(key: str, counts: Counts, *, hide: bool = False) -> Mean:
    """The mean of a score that is a rating."""
    score = _score(key, scores_in(key, counts))
    if not isinstance(score, RatingScore) or score.is_hidden or hide:
        return Mean(score.n if score else 0)
    return Mean(score.n, score.mean, score.mean_low, score.mean_high)


def share_result(
    metric: Metric,
    now: tuple[int, int],
    before: tuple[int, int],
    *,
    waiting: int | None = None,
    hide: bool = False,
    hide_before: bool = False,
) -> Measured:
    """A share of (part, whole), with its change since that of the period before."""
    current, previous = metrics.share(*now), metrics.share(*before)
    n = current.n if current else 0
    shown = current if current and not (hide or current.is_hidden) else None
    change = None
    if shown and previous and not (hide_before or previous.is_hidden):
        change = metrics.share_difference(shown, previous)
    return Measured(metric, n, shown, change, waiting)


def trend_of(
    key: str,
    period: Period,
    buckets: Mapping[date, Counts],
    *,
    hidden: Container[date] | None = None,
) -> Trend:
    """`hidden`: of which buckets nothing may be shown, as `suppression` found it; of a
    selection without filters that follows from the buckets alone."""
    every = {first: buckets.get(first, NOTHING) for first in period.buckets()}
    if hidden is None:
        # The period's total stands beside the points, and must not give away one.
        sizes = {b: sum(scores_in(key, parts).values()) for b, parts in every.items()}
        hidden = metrics.hidden_groups(sizes)
    points = (
        (first, measured(key, parts, hide=first in hidden))
        for first, parts in every.items()
    )
    return Trend(METRICS[key], period.grain, tuple(points))


def counts_by(
    user: User, filters: Filters, dimension: Dimension, *, since: date, until: date
) -> Mapping[Value, Counts]:
    """Counts of each value of one dimension."""
    return by_value(counts(user, filters, since=since, until=until, by=[dimension]))


def filled_to() -> datetime | None:
    """When the newest counted answer came; None before the first one."""
    state = FillState.objects.filter(rollup=answer_rollup.ROLLUP).first()
    return state.filled_to if state else None


def _score(key: str, counts: Mapping[int, int]) -> Score | None:
    if key == "nps":
        return metrics.nps(counts)
    if key == "csat":
        return metrics.csat(counts)
    return metrics.ces(counts, scale=len(SCORE_COLUMNS[key]))


def _change(
    key: str, now: Counts, before: Counts, current: Score, previous: Score
) -> Difference:
    if isinstance(current, ShareScore) and isinstance(previous, ShareScore):
        return metrics.share_difference(current, previous)
    return metrics.nps_difference(scores_in(key, now), scores_in(key, before))
