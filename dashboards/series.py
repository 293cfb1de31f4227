"""Questions to the rollups, answered in frozen values that pages and the API show.

Nothing is calculated here: counts are added up by the database, and `surveys.metrics`
makes the numbers. A hidden number is left out, not merely marked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Aggregate,
    Case,
    DateField,
    F,
    IntegerField,
    Value,
    When,
)
from django.db.models.functions import Cast, TruncMonth, TruncWeek

from dashboards import answer_rollup
from dashboards.answer_rollup import COUNTS, SCORE_COLUMNS
from dashboards.loop_counts import ClockCounts, loop_counts
from dashboards.models import FillState
from dashboards.periods import Grain, Period
from dashboards.registry import METRICS, SCORES, Metric
from dashboards.selection import Filters, cells, tickets
from surveys import metrics
from surveys.metrics import Difference, Score, ShareScore
from teams.models import User

Counts = Mapping[str, int]

# All columns as one: Django takes longer over thirty sums than the database.
_SUMS = f"ARRAY[{', '.join(f'sum({name})' for name in COUNTS)}]"
_NUMBERS = ArrayField(IntegerField())


@dataclass(frozen=True)
class Measured:
    """A score or share with its interval, and its change against the period before.

    `score` is None where nothing was answered (n = 0) and where n is too small to show.
    `change` is None where either side cannot be shown.
    """

    metric: Metric
    n: int
    score: Score | None
    change: Difference | None = None

    @property
    def is_hidden(self) -> bool:
        return self.score is None and self.n > 0

    @property
    def is_low_base(self) -> bool:
        return self.score is not None and self.score.is_low_base


@dataclass(frozen=True)
class InTime:
    """A share of tickets in time; `waiting` ones are not due yet and not in its n."""

    share: Measured
    waiting: int


@dataclass(frozen=True)
class Median:
    """Of minutes of working time; None where nothing was measured or n is too small."""

    metric: Metric
    n: int
    minutes: float | None
    before: float | None

    @property
    def is_hidden(self) -> bool:
        return self.minutes is None and self.n > 0


@dataclass(frozen=True)
class Counted:
    """A number of answers or tickets; `before` is None where it is a live count."""

    metric: Metric
    value: int
    before: int | None = None


@dataclass(frozen=True)
class Loop:
    contact: InTime
    resolution: InTime
    contact_minutes: Median
    resolution_minutes: Median


@dataclass(frozen=True)
class Trend:
    """One score over time: a point for every bucket of the period, empty ones too."""

    metric: Metric
    grain: Grain
    points: tuple[tuple[date, Measured], ...]


@dataclass(frozen=True)
class Overview:
    """What the KPI page shows. `scores` are those asked in this or the last period.

    `filled_to`: when the newest counted answer came; None before the first one.
    """

    period: Period
    filters: Filters
    at: datetime
    scores: tuple[Measured, ...]
    answers: Counted
    open_tickets: Counted
    overdue_tickets: Counted
    loop: Loop
    trends: tuple[Trend, ...]
    filled_to: datetime | None


def overview(user: User, *, period: Period, filters: Filters, at: datetime) -> Overview:
    """Every key number of a period, as far as this person may see. Five queries."""
    before, buckets = _answer_counts(user, period, filters)
    now = _added(buckets.values())
    open_tickets, overdue_tickets = _live_tickets(user, filters, at=at)
    scores = tuple(
        score
        for key in SCORES
        if (score := compared(key, now, before)).n
        or sum(scores_in(key, before).values())
    )
    return Overview(
        period=period,
        filters=filters,
        at=at,
        scores=scores,
        answers=Counted(METRICS["responses"], now["responses"], before["responses"]),
        open_tickets=open_tickets,
        overdue_tickets=overdue_tickets,
        loop=_loop(user, period, filters, at=at),
        trends=tuple(_trend(score.metric, period, buckets) for score in scores),
        filled_to=_filled_to(),
    )


def scores_in(key: str, counts: Counts) -> dict[int, int]:
    """How often each score of a metric was given, out of added-up cells."""
    return {score: counts[name] for score, name in SCORE_COLUMNS[key].items()}


def measured(key: str, counts: Counts, *, hide: bool = False) -> Measured:
    """A score of added-up cells; hidden by itself where n is small, or when asked."""
    score = _score(key, scores_in(key, counts))
    n = score.n if score else 0
    shown = None if hide or metrics.is_hidden(n) else score
    return Measured(METRICS[key], n, shown)


def compared(key: str, now: Counts, before: Counts) -> Measured:
    """As `measured`, with the change since the period before."""
    current, previous = measured(key, now), measured(key, before)
    if current.score is None or previous.score is None:
        return current
    change = _change(key, now, before, current.score, previous.score)
    return Measured(current.metric, current.n, current.score, change)


def summed() -> dict[str, Aggregate]:
    """Cells added up, for a query's `annotate`; `counts_of` reads its rows."""
    return {"sums": Aggregate(template=_SUMS, output_field=_NUMBERS)}


def counts_of(row: Mapping[str, Any]) -> dict[str, int]:
    return dict(zip(COUNTS, row["sums"], strict=True))


def _answer_counts(
    user: User, period: Period, filters: Filters
) -> tuple[Counts, dict[date, Counts]]:
    """Counts of the whole period before, and of each bucket of this one."""
    rows = (
        cells(user, filters)
        .filter(day__range=(period.preceding_start, period.end))
        .values(bucket=_bucket(period))
        .annotate(**summed())
    )
    buckets: dict[date, Counts] = {}
    before: Counts = dict.fromkeys(COUNTS, 0)
    for row in rows:
        if row["bucket"] is None:
            before = counts_of(row)
        else:
            buckets[row["bucket"]] = counts_of(row)
    return before, buckets


def _bucket(period: Period) -> Case:
    """The bucket's first day; NULL for the period before."""
    first: dict[Grain, Any] = {
        "day": F("day"),
        "week": TruncWeek("day"),
        "month": TruncMonth("day"),
    }
    return Case(
        # Truncating makes an instant of a day; without the cast no bucket is found.
        When(day__gte=period.start, then=Cast(first[period.grain], DateField())),
        default=Value(None),
        output_field=DateField(),
    )


def _added(parts: Iterable[Counts]) -> Counts:
    total = dict.fromkeys(COUNTS, 0)
    for counts in parts:
        for name in COUNTS:
            total[name] += counts[name]
    return total


def _trend(metric: Metric, period: Period, buckets: Mapping[date, Counts]) -> Trend:
    nothing = dict.fromkeys(COUNTS, 0)
    every = {first: buckets.get(first, nothing) for first in period.buckets()}
    # The period's total stands beside the points, so it must not give away a hidden one.
    sizes = {
        b: sum(scores_in(metric.key, counts).values()) for b, counts in every.items()
    }
    hidden = metrics.hidden_groups(sizes)
    points = (
        (first, measured(metric.key, counts, hide=first in hidden))
        for first, counts in every.items()
    )
    return Trend(metric, period.grain, tuple(points))


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


def _live_tickets(
    user: User, filters: Filters, *, at: datetime
) -> tuple[Counted, Counted]:
    found = tickets(user, filters)
    return (
        Counted(METRICS["open_tickets"], found.open().count()),
        Counted(METRICS["overdue_tickets"], found.overdue(at=at).count()),
    )


def _loop(user: User, period: Period, filters: Filters, *, at: datetime) -> Loop:
    now, before = loop_counts(user, period, filters, at=at)
    contact = now["contact"], before["contact"]
    resolution = now["resolution"], before["resolution"]
    return Loop(
        contact=_in_time(METRICS["contact_in_sla"], *contact),
        resolution=_in_time(METRICS["resolution_in_sla"], *resolution),
        contact_minutes=_median(METRICS["contact_minutes"], *contact),
        resolution_minutes=_median(METRICS["resolution_minutes"], *resolution),
    )


def _in_time(metric: Metric, now: ClockCounts, before: ClockCounts) -> InTime:
    current, previous = _met_share(now), _met_share(before)
    n = current.n if current else 0
    shown = current if current and not current.is_hidden else None
    change = None
    if shown and previous and not previous.is_hidden:
        change = metrics.share_difference(shown, previous)
    return InTime(Measured(metric, n, shown, change), waiting=now.waiting)


def _met_share(counts: ClockCounts) -> ShareScore | None:
    return metrics.share(counts.met, counts.met + counts.breached)


def _median(metric: Metric, now: ClockCounts, before: ClockCounts) -> Median:
    return Median(metric, now.done, _shown_median(now), _shown_median(before))


def _shown_median(counts: ClockCounts) -> float | None:
    return None if metrics.is_hidden(counts.done) else counts.median


def _filled_to() -> datetime | None:
    state = FillState.objects.filter(rollup=answer_rollup.ROLLUP).first()
    return state.filled_to if state else None
