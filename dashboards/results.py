"""What a measured metric comes to: frozen values, made ready to be shown.

A number that is too small to show is left out here, not merely marked, so no page,
export or program can show it by mistake.
"""

from dataclasses import dataclass

from dashboards.metric import Metric
from surveys.metrics import Difference, Score


@dataclass(frozen=True)
class Measured:
    """A score or share with its interval, and its change against the period before.

    `score` is None where nothing was answered (n = 0) and where n is too small to show.
    `change` is None where either side cannot be shown. `waiting` ones are not due yet
    and not in n.
    """

    metric: Metric
    n: int
    score: Score | None
    change: Difference | None = None
    waiting: int | None = None

    @property
    def is_hidden(self) -> bool:
        return self.score is None and self.n > 0

    @property
    def is_low_base(self) -> bool:
        return self.score is not None and self.score.is_low_base


@dataclass(frozen=True)
class Median:
    """A median or other quantile, in the metric's unit, with the interval of its place.

    `value` is None where nothing was measured or n is too small. `change` tells of the
    share that took longer than the common median of both periods, so its value is in
    percent points; None where it was not tested.
    """

    metric: Metric
    n: int
    value: float | None
    low: float | None = None
    high: float | None = None
    before: float | None = None
    change: Difference | None = None

    @property
    def is_hidden(self) -> bool:
        return self.value is None and self.n > 0


@dataclass(frozen=True)
class Amount:
    """A mean or an estimate in the metric's unit; `currency` where that is money.

    The interval is None where the method of the metric has none. `is_clear`: the change
    since `before` is significant.
    """

    metric: Metric
    n: int
    value: float | None
    low: float | None = None
    high: float | None = None
    before: float | None = None
    is_clear: bool = False
    currency: str = ""

    @property
    def is_hidden(self) -> bool:
        return self.value is None and self.n > 0


@dataclass(frozen=True)
class Counted:
    """A number of answers or tickets; `before` is None where it is a live count."""

    metric: Metric
    value: int
    before: int | None = None


Result = Measured | Median | Amount | Counted
