"""Measured results as plain numbers with all that travels with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dashboards.metric import Metric
from dashboards.results import Amount, Counted, Measured, Median, Result
from dashboards.wording import told_n
from surveys.metrics import Difference


@dataclass(frozen=True)
class Number:
    """A metric's value with all that has to travel with it.

    `n` is None of so few answers that not even their number is told.
    """

    metric: Metric
    n: int | None
    value: float | None
    low: float | None = None
    high: float | None = None
    is_hidden: bool = False
    is_low_base: bool = False
    change: Difference | None = None
    before: float | None = None
    waiting: int | None = None
    currency: str = ""

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
    def interval(self) -> str:
        return str(self.metric.interval)

    @property
    def source(self) -> str:
        return self.metric.source

    @property
    def better(self) -> str:
        return self.metric.better

    @property
    def grain(self) -> str:
        return str(self.metric.grain)

    @property
    def version(self) -> int:
        return self.metric.version


def number_of(result: Result) -> Number:
    match result:
        case Measured():
            return _of_measured(result)
        case Counted():
            return Number(
                result.metric, result.value, result.value, before=result.before
            )
        case Median():
            return Number(
                result.metric,
                told_n(result.n),
                result.value,
                result.low,
                result.high,
                is_hidden=result.is_hidden,
                change=result.change,
                before=result.before,
            )
        case Amount():
            return Number(
                result.metric,
                told_n(result.n),
                result.value,
                result.low,
                result.high,
                is_hidden=result.is_hidden,
                before=result.before,
                currency=result.currency,
            )


def numbers_of(results: Mapping[str, Result]) -> Iterator[Number]:
    """What a page shows, by key."""
    return map(number_of, results.values())


def _of_measured(measured: Measured) -> Number:
    score = measured.score
    return Number(
        metric=measured.metric,
        n=told_n(measured.n),
        value=score.value if score else None,
        low=score.low if score else None,
        high=score.high if score else None,
        is_hidden=measured.is_hidden,
        is_low_base=measured.is_low_base,
        change=measured.change,
        waiting=measured.waiting,
    )
