"""Medians and other quantiles of counted numbers. Pure."""

from collections.abc import Mapping
from typing import TypeVar

Number = TypeVar("Number", int, float)


def quantile(counts: Mapping[Number, int], share: float) -> float | None:
    """The value below which `share` (0 to 1) of the numbers lie; None of nothing.

    `counts` maps each number to how often it occurs. Between two neighbours the value
    lies in proportion, as PostgreSQL's percentile_cont has it.
    """
    n = sum(counts.values())
    if n == 0:
        return None
    place = share * (n - 1)
    below = int(place)
    low, high = _at(counts, below), _at(counts, min(below + 1, n - 1))
    return low + (high - low) * (place - below)


def _at(counts: Mapping[Number, int], place: int) -> float:
    passed = 0
    for value in sorted(counts):
        passed += counts[value]
        if passed > place:
            return value
    raise IndexError(place)
