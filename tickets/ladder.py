"""The escalation ladder: which levels a promise has, and when a clock reaches each.

Levels are offsets in working time before and after the deadline, so one never falls
into a night, whichever day the deadline moves to.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets import clocks
from tickets.clocks import Counting
from tickets.models import Clock, EscalationLevel
from tickets.working_time import NeverOpen

# The deadline itself: it is on every ladder.
DEADLINE = 100
Notify = EscalationLevel.Notify


@dataclass(frozen=True)
class Step:
    """A level as the tick reads it; `EscalationLevel` says what the fields mean."""

    percent: int
    notify: str = ""
    reassign: str = ""
    raises_priority: bool = False


# What a policy does whose ladder nobody has changed yet.
USUAL = (
    Step(50, Notify.ASSIGNEE),
    Step(75, Notify.ASSIGNEE),
    Step(90, Notify.LEAD),
    Step(DEADLINE, Notify.LEAD),
    Step(150, Notify.LEAD, raises_priority=True),
)
AT_THE_DEADLINE = Step(DEADLINE, Notify.LEAD)


@dataclass(frozen=True)
class Climb:
    """What a look at one clock found: `fired` in order, each with its own instant.

    `fired_percent` and `fires_at` are what the clock is to remember.
    """

    fired: Sequence[tuple[Step, datetime]]
    fired_percent: int
    fires_at: datetime | None


def ladders_of(policies: Collection[int]) -> Mapping[int, Sequence[Step]]:
    """The steps of each policy in order; the deadline is always among them."""
    found: dict[int, list[Step]] = defaultdict(list)
    levels = EscalationLevel.objects.filter(policy__in=policies).order_by("percent")
    for level in levels:
        step = Step(level.percent, level.notify, level.reassign, level.raises_priority)
        found[level.policy_id].append(step)
    return {policy: _whole(found.get(policy, USUAL)) for policy in policies}


def climb(
    clock: Clock, steps: Sequence[Step], calendar: Counting, until: datetime
) -> Climb:
    """The levels that the clock reaches up to `until`, and when it reaches the next.

    Levels from before `clock.fires_at` count as past. Where time was given back since,
    by a new target, those that lie ahead again fire again.
    """
    if clock.is_finished or clock.is_paused or clock.ticket.is_resolved:
        return Climb((), clock.fired_percent, None)
    looked_at = clock.fires_at or until
    passed = _still_passed(clock, steps, calendar, until=until)
    fired: list[tuple[Step, datetime]] = []
    for step in steps:
        # What is running is broken once it is late, whatever is remembered of it.
        breaks = step.percent == DEADLINE and clock.state == Clock.State.RUNNING
        if step.percent <= passed and not breaks:
            continue
        reached_at = instant_of(step.percent, clock, calendar)
        if reached_at > until:
            return Climb(fired, passed, reached_at)
        if reached_at >= looked_at or breaks:
            fired.append((step, reached_at))
        passed = max(passed, step.percent)
    return Climb(fired, passed, None)


def instant_of(percent: int, clock: Clock, calendar: Counting) -> datetime:
    """When so much of the target is used up."""
    if percent == DEADLINE:
        return clock.due_at
    target = clock.target_minutes * clocks.MINUTE * percent / DEADLINE
    start, pauses = clock.started_at, clock.closed_pauses
    try:
        return calendar.due_at(start, target, pauses=pauses)
    except NeverOpen:
        return clocks.ROUND_THE_CLOCK.due_at(start, target, pauses=pauses)


def _still_passed(
    clock: Clock, steps: Sequence[Step], calendar: Counting, until: datetime
) -> int:
    """The highest level that fired and is still past."""
    if clock.fires_at is None or clock.fires_at > clock.started_at:
        return clock.fired_percent  # nothing changed since the last look
    before = [step.percent for step in steps if step.percent <= clock.fired_percent]
    past = (p for p in reversed(before) if instant_of(p, clock, calendar) <= until)
    return next(past, 0)


def _whole(steps: Sequence[Step]) -> Sequence[Step]:
    if any(step.percent == DEADLINE for step in steps):
        return steps
    return sorted([*steps, AT_THE_DEADLINE], key=lambda step: step.percent)
