"""An overview as plain numbers, one per metric of the registry, for other programs."""

from collections.abc import Iterator
from dataclasses import dataclass

from dashboards.registry import METRICS, SCORES, Metric
from dashboards.series import Counted, InTime, Measured, Median, Overview
from surveys.metrics import Difference


@dataclass(frozen=True)
class Number:
    """A metric's value with all that has to travel with it."""

    metric: Metric
    n: int
    value: float | None
    low: float | None = None
    high: float | None = None
    is_hidden: bool = False
    is_low_base: bool = False
    change: Difference | None = None
    before: float | None = None
    waiting: int | None = None

    @property
    def key(self) -> str:
        return self.metric.key

    @property
    def label(self) -> str:
        return str(self.metric.label)

    @property
    def unit(self) -> str:
        return self.metric.unit

    @property
    def formula(self) -> str:
        return str(self.metric.formula)

    @property
    def numerator(self) -> str:
        return str(self.metric.numerator)

    @property
    def denominator(self) -> str:
        return str(self.metric.denominator)

    @property
    def grain(self) -> str:
        return str(self.metric.grain)

    @property
    def version(self) -> int:
        return self.metric.version


def numbers_of(shown: Overview) -> Iterator[Number]:
    """Every metric of the registry, those without an answer too."""
    scores = {score.metric.key: score for score in shown.scores}
    for key in SCORES:
        yield _of_measured(scores.get(key) or Measured(METRICS[key], 0, None))
    for count in (shown.answers, shown.open_tickets, shown.overdue_tickets):
        yield _of_count(count)
    for share in (shown.loop.contact, shown.loop.resolution):
        yield _of_share(share)
    for median in (shown.loop.contact_minutes, shown.loop.resolution_minutes):
        yield _of_median(median)


def _of_measured(measured: Measured, waiting: int | None = None) -> Number:
    score = measured.score
    return Number(
        metric=measured.metric,
        n=measured.n,
        value=score.value if score else None,
        low=score.low if score else None,
        high=score.high if score else None,
        is_hidden=measured.is_hidden,
        is_low_base=measured.is_low_base,
        change=measured.change,
        waiting=waiting,
    )


def _of_share(in_time: InTime) -> Number:
    return _of_measured(in_time.share, in_time.waiting)


def _of_count(count: Counted) -> Number:
    return Number(
        metric=count.metric, n=count.value, value=count.value, before=count.before
    )


def _of_median(median: Median) -> Number:
    return Number(
        metric=median.metric,
        n=median.n,
        value=median.minutes,
        is_hidden=median.is_hidden,
        before=median.before,
    )
