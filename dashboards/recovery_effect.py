"""Does closing the loop bring customers back? Their next scores, compared.

Pure. Low scorers who were contacted in time against comparable ones who were not:
comparable is who gave the same low score on the same metric, so each such stratum is
compared within itself. What people decide to do after that is not randomised: a
difference here is evidence, no proof.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist

from surveys import metrics
from surveys.metrics import Difference, ShareScore

Z = NormalDist().inv_cdf(0.975)
# Of a metric and the low score that was given on it.
Stratum = tuple[str, int]


@dataclass(frozen=True)
class Side:
    """Low scorers of a stratum who answered again, and how many left the bottom group."""

    n: int = 0
    recovered: int = 0


@dataclass(frozen=True)
class Effect:
    """`difference` is stratified, in points, None where no stratum has both sides;
    `compared` counts those in strata that have. Shares are plain, over everybody."""

    in_time: ShareScore | None
    late: ShareScore | None
    difference: Difference | None
    compared: int

    @property
    def is_hidden(self) -> bool:
        """So few on a side that a person could show."""
        sides = (self.in_time, self.late)
        return any(side is not None and side.is_hidden for side in sides)


def effect_of(strata: Mapping[Stratum, tuple[Side, Side]]) -> Effect:
    """Of each stratum those contacted in time, and the others."""
    both = [pair for pair in strata.values() if pair[0].n and pair[1].n]
    return Effect(
        _share(side for side, _other in strata.values()),
        _share(other for _side, other in strata.values()),
        _stratified(both),
        sum(side.n + other.n for side, other in both),
    )


def _share(sides: Iterable[Side]) -> ShareScore | None:
    found = list(sides)
    return metrics.share(sum(s.recovered for s in found), sum(s.n for s in found))


def _stratified(pairs: list[tuple[Side, Side]]) -> Difference | None:
    """Mantel and Haenszel's difference of shares; Greenland and Robins' (1985) variance.

    With one success and one failure added to each side for the error alone, so that
    shares of 0 and 100 % have an interval.
    """
    weights = [a.n * b.n / (a.n + b.n) for a, b in pairs]
    if not weights:
        return None
    whole = sum(weights)
    value = sum(
        w * (a.recovered / a.n - b.recovered / b.n)
        for w, (a, b) in zip(weights, pairs, strict=True)
    )
    spread = sum(
        w * w * (_variance(a) + _variance(b))
        for w, (a, b) in zip(weights, pairs, strict=True)
    )
    points, error = 100 * value / whole, 100 * math.sqrt(spread) / whole
    z = points / error
    return Difference(
        value=points,
        low=max(-100.0, points - Z * error),
        high=min(100.0, points + Z * error),
        z=z,
        p_value=math.erfc(abs(z) / math.sqrt(2)),
    )


def _variance(side: Side) -> float:
    p = (side.recovered + 1) / (side.n + 2)
    return p * (1 - p) / (side.n + 2)
