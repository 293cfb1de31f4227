"""Key drivers: how much each rated attribute explains of an outcome. Pure.

Relative importance is LMG (Lindeman, Merenda and Gold 1980; docs/metrics.md
#key-drivers): an attribute's gain in R² averaged over all orders in which the
attributes can be entered, so that the parts add up to the R² of all together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import factorial, inf
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

# Of the method: numbers of another version are not comparable with these.
VERSION = 1
SAMPLES = 200
PER_ATTRIBUTE = 10
"""Fewer answers for each attribute than this, and no number is given."""

MOST_ATTRIBUTES = 16
"""Each more doubles the work: 2 ** 16 models for every sample."""

COLLINEAR_FROM = 5.0
"""Of the variance inflation factor: 80 % of the attribute is told by the others."""

Refused = Literal[
    "", "no_attributes", "too_many_attributes", "too_few_answers", "one_outcome"
]
Array = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]

_SEED = 20_260_101
_BATCH = 20
_ROWS = 4_096
# A pivot below this is a column that the columns before it already tell.
_SINGULAR = 1e-9
_LOW, _HIGH = 2.5, 97.5


@dataclass(frozen=True)
class Driver:
    """`importance` is its share of R², from `low` to `high` in 95 % of the samples.

    `is_significant`: it explains more than a column of noise does. `inflation` is the
    variance inflation factor, infinite where the others tell it all.
    """

    name: str
    importance: float
    low: float
    high: float
    is_significant: bool
    inflation: float

    @property
    def shown(self) -> float:
        """What to show: nothing that chance could have brought about."""
        return self.importance if self.is_significant else 0.0

    @property
    def is_collinear(self) -> bool:
        return self.inflation > COLLINEAR_FROM


@dataclass(frozen=True)
class DriverReport:
    """The importances add up to `r2`. `n` answers gave the outcome and rated everything;
    `left_out` others did not. No drivers where it was `refused`.

    `constant` attributes were rated alike by all, so they explain nothing.
    """

    n: int
    left_out: int
    r2: float = 0.0
    drivers: tuple[Driver, ...] = ()
    constant: tuple[str, ...] = ()
    refused: Refused = ""
    needed: int = 0

    @property
    def importance(self) -> dict[str, float]:
        return {driver.name: driver.importance for driver in self.drivers}


def relative_importance(
    ratings: npt.NDArray[Any],
    outcome: npt.NDArray[Any],
    names: Sequence[str],
    *,
    samples: int = SAMPLES,
    progress: Progress | None = None,
) -> DriverReport:
    """Each attribute's share of the R² of the outcome on the ratings.

    `ratings` is answers × attributes, of scales from 1 up: 0 and NaN are "not rated".
    Answers that lack a rating or the outcome (NaN) are left out, and counted. Refused
    under 10 answers for each attribute, over 16 attributes, and where everybody gave
    the same outcome. Intervals come from `samples` weighted samples of the answers, the
    same ones at every call; a driver is significant where it beats a column of noise in
    97.5 % of them. `progress(done, samples)` is called as samples are done, and may
    raise. ValueError where the shapes do not fit.
    """
    table, left_out = _complete(ratings, outcome, names)
    spread = table.max(axis=0, initial=-inf) > table.min(axis=0, initial=inf)
    kept = [place for place in range(len(names)) if spread[place]]
    constant = tuple(
        name for name, varies in zip(names, spread, strict=False) if not varies
    )
    n, needed = len(table), PER_ATTRIBUTE * len(names)
    refused = _refusal(n, needed, len(names), len(kept), bool(spread[-1]))
    if refused:
        return DriverReport(
            n, left_out, constant=constant if n else (), refused=refused, needed=needed
        )
    columns = table[:, [*kept, -1]]
    correlations: Array = np.asarray(np.corrcoef(columns, rowvar=False))
    [shares] = _shares(_fits(correlations[None]))
    sampled, noise = _samples(columns, samples, progress)
    low, high = np.percentile(sampled, [_LOW, _HIGH], axis=0)
    beats = np.percentile(sampled - noise[:, None], _LOW, axis=0) > 0
    inflation = _inflation(correlations[:-1, :-1])
    drivers = {
        names[place]: Driver(
            names[place],
            float(shares[i]),
            float(low[i]),
            float(high[i]),
            bool(beats[i]),
            inflation[i],
        )
        for i, place in enumerate(kept)
    }
    return DriverReport(
        n,
        left_out,
        r2=float(shares.sum()),
        drivers=tuple(drivers.get(name, _nothing(name)) for name in names),
        constant=constant,
        needed=needed,
    )


def _complete(
    ratings: npt.NDArray[Any], outcome: npt.NDArray[Any], names: Sequence[str]
) -> tuple[Array, int]:
    """Ratings and outcome of the answers that have them all; how many have not."""
    table = np.asarray(ratings, dtype=np.float64)
    given = np.asarray(outcome, dtype=np.float64)
    if table.shape != (len(given), len(names)) or given.ndim != 1:
        raise ValueError("Ratings are answers × attributes, with an outcome for each.")
    whole = np.column_stack([np.where(table == 0, np.nan, table), given])
    complete = np.isfinite(whole).all(axis=1)
    return whole[complete], int((~complete).sum())


def _refusal(n: int, needed: int, asked: int, varying: int, differs: bool) -> Refused:
    if asked > MOST_ATTRIBUTES:
        return "too_many_attributes"
    if not asked:
        return "no_attributes"
    if n < needed:
        return "too_few_answers"
    if not differs:
        return "one_outcome"
    return "" if varying else "no_attributes"


def _nothing(name: str) -> Driver:
    return Driver(name, 0.0, 0.0, 0.0, is_significant=False, inflation=1.0)


def _samples(
    columns: Array, samples: int, progress: Progress | None
) -> tuple[Array, Array]:
    """Shares of each sample (samples × attributes), and the share of pure noise.

    Each answer counts a Poisson number of times: the bootstrap, without holding a
    sample's rows. The noise is one more attribute (Tonidandel, LeBreton and Johnson
    2009); the half of the models without it gives the shares of the others.
    """
    dice = np.random.default_rng(_SEED)
    centred = columns - columns.mean(axis=0)
    noise = dice.standard_normal(len(columns))
    wide = np.column_stack([np.ones(len(columns)), noise, centred])
    shares, chance = [], []
    for start in range(0, samples, _BATCH):
        size = min(_BATCH, samples - start)
        fits = _fits(_correlations(_sums(wide, _poisson(dice, size))))
        shares.append(_shares(fits[:, : fits.shape[1] // 2]))
        chance.append(_shares(fits)[:, 0])
        if progress is not None:
            progress(start + size, samples)
    return np.concatenate(shares), np.concatenate(chance)


def _sums(columns: Array, weights: Callable[[int], Array]) -> Array:
    """Weighted sums of the products of any two columns: samples × columns × columns.

    `weights(rows)` draws samples × rows.
    """
    width = columns.shape[1]
    first, second = np.triu_indices(width)
    parts = (columns[at : at + _ROWS] for at in range(0, len(columns), _ROWS))
    added = sum(
        weights(len(part)) @ (part[:, first] * part[:, second]) for part in parts
    )
    sums = np.empty((len(np.asarray(added)), width, width))
    sums[:, first, second] = sums[:, second, first] = added
    return sums


def _poisson(dice: np.random.Generator, size: int) -> Callable[[int], Array]:
    # Seven and more times happens once in ten thousand: a table is five times as fast
    # as numpy's own Poisson numbers.
    steps = np.cumsum([np.exp(-1.0) / factorial(k) for k in range(16)])[:-1]
    table = np.searchsorted(steps, (np.arange(65_536) + 0.5) / 65_536)
    times = table.astype(np.float64)

    def weights(rows: int) -> Array:
        drawn = dice.integers(0, 65_536, (size, rows), dtype=np.uint16)
        found: Array = times[drawn]
        return found

    return weights


def _correlations(sums: Array) -> Array:
    """Of all columns but the first, which holds ones."""
    counted, added = sums[:, :1, :1], sums[:, 0, 1:]
    means = added / counted[:, 0]
    spread = sums[:, 1:, 1:] / counted - means[:, :, None] * means[:, None, :]
    sizes = np.sqrt(np.diagonal(spread, axis1=1, axis2=2))
    # A sample may have drawn a column of equal values: it explains nothing.
    sizes = np.where(sizes > _SINGULAR, sizes, inf)
    found: Array = spread / (sizes[:, :, None] * sizes[:, None, :])
    return found


def _fits(correlations: Array) -> Array:
    """R² of every set of attributes on the last column: samples × 2 ** attributes.

    Bit p - 1 - i of a set's number says that it holds attribute i. Attribute after
    attribute, every set so far is doubled: left as it is, or with the attribute swept
    out of all that follow. What is left of the outcome at the end is 1 - R². That is
    some six operations for a set instead of solving it from the beginning.
    """
    rest = correlations[:, None]
    while rest.shape[-1] > 1:
        pivot, row = rest[..., 0, 0], rest[..., 0, 1:]
        told = pivot <= _SINGULAR
        scale = np.where(told, 0.0, 1 / np.where(told, 1.0, pivot))
        without = rest[..., 1:, 1:]
        swept = without - (row * scale[..., None])[..., :, None] * row[..., None, :]
        sets = rest.shape[1]
        rest = np.stack([without, swept], axis=2).reshape(
            len(rest), 2 * sets, *without.shape[2:]
        )
    found: Array = 1 - rest[..., 0, 0]
    return found


def _shares(fits: Array) -> Array:
    """Samples × attributes: the gain of each, averaged over all orders."""
    attributes = int(fits.shape[1]).bit_length() - 1
    weights = _order_weights(attributes)
    shares = np.empty((len(fits), attributes))
    for place in range(attributes):
        halves = fits.reshape(len(fits), 2**place, 2, -1)
        gains = (halves[:, :, 1] - halves[:, :, 0]).reshape(len(fits), -1)
        shares[:, place] = gains @ weights
    # Rounding may take a hair from an attribute that gains nothing.
    return np.maximum(shares, 0.0) if shares.min(initial=0.0) > -1e-9 else shares


@lru_cache(maxsize=32)
def _order_weights(attributes: int) -> Array:
    """For each set of the other attributes, the part of all orders in which it is what
    was entered before."""
    sets = np.arange(2 ** max(0, attributes - 1))
    sizes = np.array([int(one).bit_count() for one in sets])
    by_size = [
        factorial(size) * factorial(attributes - 1 - size) / factorial(attributes)
        for size in range(attributes)
    ]
    weights: Array = np.array(by_size)[sizes]
    return weights


def _inflation(correlations: Array) -> list[float]:
    """1 / (1 - R² of the attribute on the others)."""
    found = []
    for place in range(len(correlations)):
        others = np.delete(np.arange(len(correlations)), place)
        inner = correlations[np.ix_(others, others)]
        row = correlations[place, others]
        left = 1 - float(row @ np.linalg.lstsq(inner, row, rcond=None)[0])
        found.append(inf if left <= _SINGULAR else 1 / left)
    return found
