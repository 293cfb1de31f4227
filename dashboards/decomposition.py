"""Why a number moved: its change split exactly into *rate* and *mix*.

A number is a mean of what each answer adds to it: for NPS 100, 0 or -100, for a share
100 or 0. With w the share of a segment in all answers and s its own mean, averages
over the two periods marked by a bar,

    change = sum of w̄·Δs (rate: the segment's own score moved)
           + sum of Δw·(s̄ - the overall s̄) (mix: other people answered).

Everything is counted in fractions, so the parts sum to the change exactly.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

ZERO = Fraction(0)
# Of |x|, for a standard normal x.
_MEAN_ABSOLUTE = math.sqrt(2 / math.pi)


@dataclass(frozen=True)
class Group:
    """Answers of a segment in one period: how many, what they add up to in points, and
    their squares."""

    n: int
    total: int
    squares: int

    def __add__(self, other: "Group") -> "Group":
        return Group(
            self.n + other.n, self.total + other.total, self.squares + other.squares
        )

    @property
    def mean(self) -> Fraction:
        """In points. ZeroDivisionError of no answers."""
        return Fraction(self.total, self.n)

    @property
    def variance_of_mean(self) -> float:
        """With two answers at the ends of the scale more than there were: a segment
        where all say the same is not measured without error."""
        n, squares = self.n + 2, self.squares + 2 * 100**2
        return max(0.0, (squares / n - (self.total / n) ** 2) / n)


NOBODY = Group(0, 0, 0)


@dataclass(frozen=True)
class Part(Generic[Key]):
    """What one segment adds to the change, in points."""

    key: Key
    before: Group
    after: Group
    rate: Fraction
    mix: Fraction
    # Of the segment in all answers, averaged over the two periods; 0 to 1.
    weight: Fraction

    @property
    def effect(self) -> Fraction:
        return self.rate + self.mix


@dataclass(frozen=True)
class Decomposition(Generic[Key]):
    """`parts` in the order of the segments; their effects sum to `change` exactly."""

    before: Fraction
    after: Fraction
    parts: tuple[Part[Key], ...]

    @property
    def change(self) -> Fraction:
        return self.after - self.before

    @property
    def rate(self) -> Fraction:
        return sum((part.rate for part in self.parts), ZERO)

    @property
    def mix(self) -> Fraction:
        return sum((part.mix for part in self.parts), ZERO)

    @property
    def concentration(self) -> float:
        """Points of the rate effect that sit in other segments than their size says.

        0 where every segment moved alike.
        """
        excess = (part.rate - part.weight * self.rate for part in self.parts)
        return float(sum((abs(points) for points in excess), ZERO) / 2)

    @property
    def concentration_by_chance(self) -> float:
        """What `concentration` would be about, had every segment moved alike.

        Many small segments scatter more than a few large ones.
        """
        errors = [_error_of_rate(part) for part in self.parts]
        whole = math.hypot(*errors)
        return (
            _MEAN_ABSOLUTE
            * sum(
                math.sqrt(
                    max(
                        0.0,
                        error**2 * (1 - 2 * float(part.weight))
                        + (float(part.weight) * whole) ** 2,
                    )
                )
                for part, error in zip(self.parts, errors, strict=True)
            )
            / 2
        )


def decompose(
    before: Mapping[Key, Group], after: Mapping[Key, Group]
) -> Decomposition[Key]:
    """Split the change from `before` to `after`; ValueError where one has no answers.

    A segment that nobody answered for in one period has no score there that could have
    moved: all it adds is mix.
    """
    sums = _sum(before), _sum(after)
    if not (sums[0].n and sums[1].n):
        raise ValueError("A change needs answers in both periods.")
    middle = (sums[0].mean + sums[1].mean) / 2
    keys = dict.fromkeys([*before, *after])
    parts = (
        _part(key, (before.get(key, NOBODY), after.get(key, NOBODY)), sums, middle)
        for key in keys
    )
    return Decomposition(
        sums[0].mean,
        sums[1].mean,
        tuple(part for part in parts if part.before.n or part.after.n),
    )


def rounded_to_sum(values: Sequence[Fraction], *, places: int = 1) -> list[float]:
    """The values rounded so that they add up to their rounded sum.

    Each is off by less than one unit of the last place: those that lost most in
    rounding down are given the units that are missing.
    """
    unit = 10**places
    floors = [math.floor(value * unit) for value in values]
    missing = _nearest(sum(values, ZERO) * unit) - sum(floors)
    by_loss = sorted(
        range(len(values)), key=lambda i: (floors[i] - values[i] * unit, i)
    )
    for place in by_loss[:missing]:
        floors[place] += 1
    return [floor / unit for floor in floors]


def _part(
    key: Key, groups: tuple[Group, Group], sums: tuple[Group, Group], middle: Fraction
) -> Part[Key]:
    before, after = groups
    weights = Fraction(before.n, sums[0].n), Fraction(after.n, sums[1].n)
    scores = (before if before.n else after), (after if after.n else before)
    first, last = (group.mean if group.n else ZERO for group in scores)
    weight = (weights[0] + weights[1]) / 2
    return Part(
        key,
        before,
        after,
        rate=weight * (last - first),
        mix=(weights[1] - weights[0]) * ((first + last) / 2 - middle),
        weight=weight,
    )


def _error_of_rate(part: Part[Key]) -> float:
    """Standard error of the rate effect, in points; 0 where only one period is known."""
    if not (part.before.n and part.after.n):
        return 0.0
    variance = part.before.variance_of_mean + part.after.variance_of_mean
    return float(part.weight) * math.sqrt(variance)


def _sum(groups: Mapping[Key, Group]) -> Group:
    return sum(groups.values(), NOBODY)


def _nearest(value: Fraction) -> int:
    """Half away from zero, as `number_words.whole`."""
    nearest = math.floor(abs(value) + Fraction(1, 2))
    return nearest if value >= 0 else -nearest
