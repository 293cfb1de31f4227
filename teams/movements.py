"""What a change of hours or promises does to deadlines, told before it is saved.

Who keeps deadlines stands above this app and registers how to foresee it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median_low
from typing import Any

from django.utils.crypto import salted_hmac

from teams.models import Team, WorkingHours


@dataclass(frozen=True)
class Movement:
    """`deltas` are new less old, one for each deadline that moves; `tickets` counts
    their tickets, `overdue` those with a deadline that would be missed at once."""

    tickets: int = 0
    overdue: int = 0
    deltas: Sequence[timedelta] = field(default=(), repr=False)

    @property
    def earlier(self) -> int:
        return sum(delta < timedelta() for delta in self.deltas)

    @property
    def later(self) -> int:
        return sum(delta > timedelta() for delta in self.deltas)

    @property
    def least(self) -> timedelta:
        return min(self.deltas, default=timedelta())

    @property
    def middle(self) -> timedelta:
        """The (lower) median; zero where nothing moves."""
        return median_low(self.deltas) if self.deltas else timedelta()

    @property
    def most(self) -> timedelta:
        return max(self.deltas, default=timedelta())


@dataclass(frozen=True)
class Source:
    """`of_hours(hours as saved, hours as wanted)`, `of_team(team, its new hours)`."""

    of_hours: Callable[[WorkingHours, WorkingHours, datetime], Movement]
    of_team: Callable[[Team, WorkingHours | None, datetime], Movement]


_sources: list[Source] = []


def register(source: Source) -> None:
    _sources.append(source)


def of_hours(before: WorkingHours, after: WorkingHours, *, at: datetime) -> Movement:
    return next((s.of_hours(before, after, at) for s in _sources), Movement())


def of_team(team: Team, hours: WorkingHours | None, *, at: datetime) -> Movement:
    return next((s.of_team(team, hours, at) for s in _sources), Movement())


def seal(values: Mapping[str, Any]) -> str:
    """Stands for exactly these values: who confirms must have seen what they do."""
    return salted_hmac("cem.movements", repr(sorted(values.items()))).hexdigest()
