"""A clock's deadline worked out again from its history alone.

What stands on the clock is a cache of this; that the two agree is what makes the
history worth keeping.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tickets import clocks
from tickets.models import Clock, ClockEvent
from tickets.working_time import Interval, Patchwork, WorkingCalendar


@dataclass
class _Replay:
    start: datetime
    minutes: int
    due_at: datetime
    hours: list[tuple[datetime, clocks.Mark]]
    known: dict[clocks.Mark, WorkingCalendar]
    pauses: list[Interval] = field(default_factory=list)
    paused_at: datetime | None = None
    ended_at: datetime | None = None
    is_broken: bool = False

    def take(self, line: ClockEvent) -> None:
        self._hear_of_hours(line)
        match line.kind:
            case "paused":
                self.paused_at = line.happened_at
                self.is_broken |= line.happened_at > self.due_at
            case "resumed" | "met" | "stopped":
                self._end(line)
            case "breached":
                self.is_broken = True
            case "reopened" if self.ended_at:
                self.pauses.append((self.ended_at, line.happened_at))
                self.ended_at = None
            case "taken_back":
                self.ended_at = None
            case "recalculated":
                self.minutes = line.target_minutes or self.minutes
        if line.kind not in ("paused", "breached") and not self.is_broken:
            self.recount()

    def _hear_of_hours(self, line: ClockEvent) -> None:
        mark = (line.hours_key, line.calendar_version)
        if (
            line.kind in ("rehoured", "reopened", "taken_back")
            and mark != self.hours[-1][1]
        ):
            self.hours.append((line.happened_at, mark))

    def _end(self, line: ClockEvent) -> None:
        if self.paused_at is not None:
            self.pauses.append((self.paused_at, line.happened_at))
            self.paused_at = None
            if not self.is_broken:
                self.recount()
        if line.kind == "met":
            self.is_broken = line.happened_at > self.due_at
        if line.kind != "resumed":
            self.ended_at = line.happened_at

    def recount(self) -> None:
        parts = []
        for begins, mark in self.hours:
            if mark not in self.known:
                self.known[mark] = clocks.calendar_at(mark)
            parts.append((begins, self.known[mark]))
        self.due_at = clocks.deadline(
            Patchwork(tuple(parts)), self.start, self.minutes, self.pauses
        )


def replay(clock: Clock) -> datetime:
    """The deadline that the clock's own history gives. Raises ValueError without one."""
    return replayed(clock, clock.events.order_by("pk"))


def replayed(clock: Clock, lines: Iterable[ClockEvent]) -> datetime:
    """The same with the history at hand, in order."""
    first, *further = lines
    mark = (first.hours_key, first.calendar_version)
    state = _Replay(
        start=first.happened_at,
        minutes=first.target_minutes or clock.target_minutes,
        due_at=first.due_at,
        hours=[(first.happened_at, mark)],
        known={},
    )
    state.recount()
    for line in further:
        state.take(line)
    return state.due_at
