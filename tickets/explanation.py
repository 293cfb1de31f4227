"""Explain this deadline: every window and pause that add up to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from tickets import clocks
from tickets.models import Clock
from tickets.working_time import united

MAX_WINDOWS = 60
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Explanation:
    """`windows` are cut off after sixty; `is_cut` says so."""

    clock: Clock
    hours_name: str
    target: timedelta
    windows: Sequence[Span]
    pauses: Sequence[Span]
    paused_since: datetime | None
    is_cut: bool


def explain(clock: Clock) -> Explanation:
    """From the start to the act, or to the deadline while it is still open."""
    hours = clock.ticket.team.working_hours
    pauses = clock.closed_pauses
    until = max(clock.due_at, clock.met_at) if clock.met_at else clock.due_at
    windows = list(
        islice(
            clocks.calendar_of(hours).windows(clock.started_at, until, pauses=pauses),
            MAX_WINDOWS + 1,
        )
    )
    return Explanation(
        clock=clock,
        hours_name=hours.name if hours else "",
        target=clock.target_minutes * clocks.MINUTE,
        windows=windows[:MAX_WINDOWS],
        pauses=united(pauses),
        paused_since=(
            datetime.fromisoformat(clock.pauses[-1][0]) if clock.is_paused else None
        ),
        is_cut=len(windows) > MAX_WINDOWS,
    )
