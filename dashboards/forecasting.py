"""What is to be expected: where a trend leads, and how likely so few would be."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from surveys.metrics import t_quantile

LEAST_POINTS = 8
# Beyond so many standard deviations a term adds nothing to a sum.
FAR = 40


@dataclass(frozen=True)
class Forecast:
    """A value to come, with the interval it lies in, resting on n points."""

    value: float
    low: float
    high: float
    n: int


def forecast(
    points: Sequence[tuple[float, float]], *, at: float, confidence: float = 0.95
) -> Forecast | None:
    """The straight line through the points (x, y), least squares, read at `at`.

    The interval is that of a single new value: t with n - 2 degrees of freedom times
    s * sqrt(1 + 1/n + (at - mean x)^2 / Sxx). None of fewer than LEAST_POINTS points
    or where all stand at one x. Draper and Smith 1998, 3.1.
    """
    n = len(points)
    if n < LEAST_POINTS:
        return None
    mean_x = sum(x for x, _y in points) / n
    mean_y = sum(y for _x, y in points) / n
    squares = sum((x - mean_x) ** 2 for x, _y in points)
    if squares == 0:
        return None
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / squares
    rest = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    spread = math.sqrt(rest / (n - 2) * (1 + 1 / n + (at - mean_x) ** 2 / squares))
    value = mean_y + slope * (at - mean_x)
    margin = t_quantile(confidence, n - 2) * spread
    return Forecast(value, value - margin, value + margin, n)


def chance_of_at_most(count: int, expected: float) -> float:
    """How likely a Poisson number with this mean is `count` or less; 0 to 1."""
    if expected <= 0:
        return 1.0
    if count > expected + FAR * math.sqrt(expected):
        return 1.0
    log = math.log(expected)
    terms = (k * log - expected - math.lgamma(k + 1) for k in range(count + 1))
    return min(1.0, math.fsum(math.exp(term) for term in terms))
