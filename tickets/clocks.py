"""The life of a clock: started, paused, resumed, met, stopped, reopened, retargeted.

Every change is saved together with its line of history. The caller holds the ticket's
row, so that two acts never move one clock at once.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from events.prepared import Asked, Prepared
from teams.models import Team, User, WorkingHours
from tickets.models.clock import Clock, ClockEvent
from tickets.working_time import Interval, NeverOpen, WorkingCalendar

if TYPE_CHECKING:
    from tickets.models.ticket import Ticket

log = logging.getLogger("cem.tickets")

ROUND_THE_CLOCK = WorkingCalendar("UTC", dict.fromkeys(range(7), (("00:00", "24:00"),)))
MINUTE = timedelta(minutes=1)
_START = Prepared(
    "cem_start_clocks",
    {"numbers": "bigint[]"},
    """
    WITH started AS (
        INSERT INTO tickets_clock (ticket_id, kind, state, policy_id, target_minutes,
            started_at, due_at, pauses)
        SELECT ticket.number, promise.kind, 'running', policy.id, promise.minutes,
            response.submitted_at, promise.due_at, '[]'
        FROM tickets_ticket ticket
        JOIN surveys_response response ON response.id = ticket.response_id
        JOIN tickets_rule rule ON rule.id = ticket.rule_id
        JOIN tickets_slapolicy policy ON policy.id = rule.sla_policy_id
        CROSS JOIN LATERAL (VALUES
            ('first_contact', policy.first_contact_minutes, ticket.first_contact_due_at),
            ('resolution', policy.resolution_minutes, ticket.resolution_due_at)
        ) AS promise (kind, minutes, due_at)
        WHERE ticket.number = ANY(%(numbers)s)
        ORDER BY ticket.number, promise.kind
        RETURNING id, ticket_id, policy_id, started_at, due_at
    )
    INSERT INTO tickets_clockevent (clock_id, kind, happened_at, actor, reason, due_at,
        policy_version, calendar_version)
    SELECT started.id, 'started', started.started_at, '', '', started.due_at,
        policy.version, hours.version
    FROM started
    JOIN tickets_slapolicy policy ON policy.id = started.policy_id
    JOIN tickets_ticket ticket ON ticket.number = started.ticket_id
    JOIN teams_team team ON team.id = ticket.team_id
    LEFT JOIN teams_workinghours hours ON hours.id = team.working_hours_id""",
)
Kind = Clock.Kind
State = Clock.State


def calendar_of(hours: WorkingHours | None) -> WorkingCalendar:
    """The team's hours; round the clock without any.

    Hours that cannot be read count as none: a low answer still has to get its ticket.
    """
    if hours is None:
        return ROUND_THE_CLOCK
    try:
        return hours_as_calendar(hours)
    except (ValueError, TypeError, AttributeError):
        log.exception("Working hours %s cannot be read", hours.pk)
        return ROUND_THE_CLOCK


def hours_as_calendar(hours: WorkingHours) -> WorkingCalendar:
    """Raises ValueError for hours that nobody could keep."""
    day_of = datetime.fromisoformat
    return WorkingCalendar(
        hours.time_zone,
        {int(day): _shifts(shifts) for day, shifts in hours.weekly.items()},
        frozenset(day_of(day).date() for day in hours.holidays),
        {day_of(day).date(): _shifts(s) for day, s in hours.overrides.items()},
    )


def deadline(
    calendar: WorkingCalendar,
    start: datetime,
    minutes: int,
    pauses: Sequence[Interval] = (),
) -> datetime:
    """When `minutes` of working time are used up; round the clock if never open."""
    target = minutes * MINUTE
    try:
        return calendar.due_at(start, target, pauses=pauses)
    except NeverOpen:
        log.warning("A calendar is never open: the clock runs day and night")
        return ROUND_THE_CLOCK.due_at(start, target, pauses=pauses)


def starting_clocks_of(tickets: Sequence["Ticket"]) -> Asked:
    """What starts both promises of saved tickets, from when the answer was submitted.

    The deadlines are read from the tickets. In one statement: the drain does this for
    hundreds of tickets at once.
    """
    return _START, {"numbers": [ticket.number for ticket in tickets]}


def team_of(clock: Clock) -> Team:
    """On whose hours it runs: a task's on those of its department."""
    return clock.task.team if clock.task else clock.ticket.team


def clocks_of(ticket: "Ticket") -> dict[str, Clock]:
    """The ticket's clocks by kind, held until the end of the transaction.

    Without those of its tasks, which are other people's promises.
    """
    # Locked: the breach tick takes clocks without taking their tickets.
    held = ticket.clocks.select_for_update(of=("self",)).select_related("policy")
    held = held.filter(task__isnull=True)
    clocks = {clock.kind: clock for clock in held}
    for clock in clocks.values():
        clock.ticket = ticket
    return clocks


def meet(clock: Clock, *, by: User, at: datetime) -> None:
    """The promised act was done. At the due instant is still in time."""
    _end_pause(clock, at=at)
    clock.state = State.MET if at <= clock.due_at else State.MET_LATE
    clock.met_at = at
    # Stamped with the due instant, whether or not the tick had noticed it yet.
    clock.breached_at = None if clock.state == State.MET else clock.due_at
    clock.minutes_used = _minutes_used(clock, until=at)
    _save(clock, "met", by=by, at=at)


def stop(clock: Clock, *, reason: str, by: User, at: datetime) -> None:
    """There is nothing left to promise, for example nobody to contact."""
    _end_pause(clock, at=at)
    clock.state = State.STOPPED
    _save(clock, "stopped", by=by, at=at, reason=reason)


def pause(clock: Clock, *, reason: str, by: User, at: datetime) -> None:
    """Time stands still from `at`; a breach that happened before stays one."""
    if clock.is_finished or clock.is_paused:
        return
    clock.pauses = [*clock.pauses, [at.isoformat(), None]]
    if clock.state == State.RUNNING:
        late = at > clock.due_at
        clock.state = State.BREACHED if late else State.PAUSED
        clock.breached_at = clock.due_at if late else None
    _save(clock, "paused", by=by, at=at, reason=reason)


def resume(clock: Clock, *, by: User, at: datetime) -> None:
    """Time goes on; the deadline of an unbroken promise moves by the pause."""
    if not clock.is_paused:
        return
    _end_pause(clock, at=at)
    if clock.state == State.PAUSED:
        clock.state = State.RUNNING
        clock.due_at = _due(clock)
    _save(clock, "resumed", by=by, at=at)


def reopen(
    clock: Clock,
    *,
    resolved_at: datetime,
    reason: str,
    by: User | None,
    at: datetime,
) -> None:
    """The same clock goes on; resolved … reopened does not count."""
    clock.pauses = [*clock.pauses, [resolved_at.isoformat(), at.isoformat()]]
    clock.met_at = clock.minutes_used = None
    if clock.breached_at is None:
        clock.state = State.RUNNING
        clock.due_at = _due(clock)
    else:
        clock.state = State.BREACHED
    _save(clock, "reopened", by=by, at=at, reason=reason)


def retarget(clock: Clock, *, minutes: int, by: User, at: datetime) -> None:
    """Count an unbroken promise to a new target; start and pauses stay."""
    clock.target_minutes = minutes
    clock.due_at = _due(clock)
    _save(clock, "recalculated", by=by, at=at, reason=clock.policy.name)


def unmet(clocks: Iterable[Clock]) -> list[Clock]:
    """Those with a deadline still to keep, or kept too late."""
    return [c for c in clocks if c.state in (State.RUNNING, State.BREACHED)]


def history_line(clock: Clock, kind: str, *, at: datetime) -> ClockEvent:
    """An unsaved line of the clock's history, with the versions now in force."""
    hours = team_of(clock).working_hours
    return ClockEvent(
        clock=clock,
        kind=kind,
        happened_at=at,
        due_at=clock.due_at,
        policy_version=clock.policy.version,
        calendar_version=hours.version if hours else None,
    )


def _shifts(shifts: Iterable[Sequence[str]]) -> list[tuple[str, str]]:
    return [(opens, closes) for opens, closes in shifts]


def _end_pause(clock: Clock, *, at: datetime) -> None:
    if clock.is_paused:
        clock.pauses = [*clock.pauses[:-1], [clock.pauses[-1][0], at.isoformat()]]
        if clock.state == State.PAUSED:
            clock.due_at = _due(clock)


def _due(clock: Clock) -> datetime:
    calendar = calendar_of(team_of(clock).working_hours)
    return deadline(
        calendar, clock.started_at, clock.target_minutes, clock.closed_pauses
    )


def _minutes_used(clock: Clock, *, until: datetime) -> int:
    calendar = calendar_of(team_of(clock).working_hours)
    used = calendar.elapsed(clock.started_at, until, pauses=clock.closed_pauses)
    return used // MINUTE


def _save(
    clock: Clock, kind: str, *, by: User | None, at: datetime, reason: str = ""
) -> None:
    # The tick looks at the whole ladder again; what fired does not fire twice.
    stands = clock.is_finished or clock.is_paused
    clock.fires_at = None if stands else clock.started_at
    clock.save(
        update_fields=[
            "state",
            "policy",
            "target_minutes",
            "due_at",
            "met_at",
            "breached_at",
            "pauses",
            "minutes_used",
            "fires_at",
        ]
    )
    line = history_line(clock, kind, at=at)
    line.actor, line.reason = by.email[:80] if by else "", reason[:200]
    line.save()
