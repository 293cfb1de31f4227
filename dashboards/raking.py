"""Weights that make who answered look like the customer base. Pure.

Raking (iterative proportional fitting, Deming and Stephan 1940): weights are scaled
until every margin has the shares of the base, then trimmed and scaled again, so that
nobody counts for too many. It corrects for who answers by these margins alone, never
for what else sets silent customers apart.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

# Nobody counts more or less than so many times the average.
LARGEST, SMALLEST = 5.0, 0.2
ROUNDS = 200
Z = NormalDist().inv_cdf(0.975)
CLOSE_ENOUGH = 1e-6

Cell = tuple[str, ...]


class CannotWeight(ValueError):
    """No weights would be honest; `missing` are values of the base that nobody has who
    answered, by the place of their margin."""

    def __init__(self, missing: Sequence[tuple[int, str]]) -> None:
        super().__init__("Nobody answered of some groups.")
        self.missing = tuple(missing)


@dataclass(frozen=True)
class Weights:
    """By cell, 1 on average over the answers. `effective_n` is Kish's: as many answers
    without weights would be as exact. `is_close`: the margins came out as wanted, which
    trimming can prevent."""

    by_cell: Mapping[Cell, float]
    effective_n: float
    is_close: bool
    trimmed: int


def rake(
    answers: Mapping[Cell, int], margins: Sequence[Mapping[str, float]]
) -> Weights:
    """Answers by cell, one value for each margin; the margins' shares of the base.

    Raises CannotWeight where a value of a margin has nobody who answered, and
    ValueError where nobody answered at all. Answers of values that the base does not
    have keep no weight.
    """
    n = sum(answers.values())
    if n == 0:
        raise ValueError("Nobody answered.")
    counted = {c: k for c, k in answers.items() if k and _is_in(c, margins)}
    _refuse_empty(counted, margins)
    weights: dict[Cell, float] = dict.fromkeys(counted, 1.0)
    trimmed: set[Cell] = set()
    is_close = False
    for _round in range(ROUNDS):
        for place, margin in enumerate(margins):
            _fit(weights, counted, place, margin)
        cut = _trim(weights, counted)
        trimmed |= cut
        is_close = _distance(weights, counted, margins) < CLOSE_ENOUGH
        if is_close:
            break
    return Weights(weights, effective_n(weights, counted), is_close, len(trimmed))


def index(share: float, of_base: float) -> float:
    """100 where a share of the answers is that of the base; the base's is not 0."""
    return 100 * share / of_base


def effective_n(weights: Mapping[Cell, float], answers: Mapping[Cell, int]) -> float:
    """Kish 1965: the square of the sum of weights ÷ the sum of their squares."""
    whole = sum(w * answers[cell] for cell, w in weights.items())
    squares = sum(w * w * answers[cell] for cell, w in weights.items())
    return whole * whole / squares


def _is_in(cell: Cell, margins: Sequence[Mapping[str, float]]) -> bool:
    return all(m.get(v, 0) > 0 for v, m in zip(cell, margins, strict=True))


def _refuse_empty(
    answers: Mapping[Cell, int], margins: Sequence[Mapping[str, float]]
) -> None:
    missing = [
        (place, value)
        for place, margin in enumerate(margins)
        for value, share in margin.items()
        if share > 0 and not any(cell[place] == value for cell in answers)
    ]
    if missing:
        raise CannotWeight(missing)


def _fit(
    weights: dict[Cell, float],
    answers: Mapping[Cell, int],
    place: int,
    margin: Mapping[str, float],
) -> None:
    n, base = sum(answers.values()), sum(margin.values())
    for value, share in margin.items():
        cells = [cell for cell in weights if cell[place] == value]
        has = sum(weights[cell] * answers[cell] for cell in cells)
        for cell in cells:
            weights[cell] *= share / base * n / has if has else 1.0


def _trim(weights: dict[Cell, float], answers: Mapping[Cell, int]) -> set[Cell]:
    """Cut what is too large or small, and scale to 1 on average; which were cut."""
    cut = {c for c, w in weights.items() if not SMALLEST <= w <= LARGEST}
    for cell in cut:
        weights[cell] = min(max(weights[cell], SMALLEST), LARGEST)
    if cut:
        whole = sum(weights[cell] * k for cell, k in answers.items())
        scale = sum(answers.values()) / whole
        for cell in weights:
            weights[cell] *= scale
    return cut


def _distance(
    weights: Mapping[Cell, float],
    answers: Mapping[Cell, int],
    margins: Sequence[Mapping[str, float]],
) -> float:
    """The largest gap between a weighted share and the base's, 0 to 1."""
    n = sum(weights[cell] * k for cell, k in answers.items())
    gaps = []
    for place, margin in enumerate(margins):
        base = sum(margin.values())
        for value, share in margin.items():
            has = sum(
                weights[cell] * k for cell, k in answers.items() if cell[place] == value
            )
            gaps.append(abs(has / n - share / base))
    return max(gaps, default=0.0)


@dataclass(frozen=True)
class WeightedNps:
    """The weighted NPS; its interval is the adjusted Wald one at the effective n."""

    value: float
    low: float
    high: float
    n: int
    effective_n: float


def weighted_nps(
    weights: Weights, groups: Mapping[Cell, tuple[int, int, int]]
) -> WeightedNps | None:
    """Of promoters, passives and detractors by cell; cells without weight are left out.

    None where nobody is left.
    """
    by_cell = weights.by_cell
    counts = {cell: sum(groups[cell]) for cell in groups if cell in by_cell}
    n = sum(counts.values())
    if n == 0:
        return None
    whole = sum(by_cell[cell] * k for cell, k in counts.items())
    promoters, detractors = (
        sum(by_cell[cell] * groups[cell][place] for cell in counts) / whole
        for place in (0, 2)
    )
    effective = effective_n({cell: by_cell[cell] for cell in counts}, counts)
    p = (promoters * effective + 0.75) / (effective + 3)
    d = (detractors * effective + 0.75) / (effective + 3)
    error = Z * math.sqrt((p + d - (p - d) ** 2) / (effective + 3))
    return WeightedNps(
        value=100 * (promoters - detractors),
        low=max(-100.0, 100 * (p - d - error)),
        high=min(100.0, 100 * (p - d + error)),
        n=n,
        effective_n=effective,
    )
