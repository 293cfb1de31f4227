"""The life of a clock: started, paused, resumed, met, stopped, reopened, retargeted.

Every change is saved together with its line of history. The caller holds the ticket's
row, so that two acts never move one clock at once.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from events.prepared import Asked, Prepared
from teams.models import PastHours, Team, User, WorkingHours
from tickets.models.clock import Clock, ClockEvent
from tickets.working_time import Interval, NeverOpen, Patchwork, WorkingCalendar

if TYPE_CHECKING:
    from tickets.models.sla import SlaPolicy
    from tickets.models.ticket import Ticket
    from tickets.policies import Targets

log = logging.getLogger("cem.tickets")

ROUND_THE_CLOCK = WorkingCalendar("UTC", dict.fromkeys(range(7), (("00:00", "24:00"),)))
MINUTE = timedelta(minutes=1)
# Hours and their version: which hours counted. Both None: round the clock.
Mark = tuple[int | None, int | None]
Counting = WorkingCalendar | Patchwork
_START = Prepared(
    "cem_start_clocks",
    {"numbers": "bigint[]", "contact": "int[]", "resolution": "int[]"},
    """
    WITH started AS (
        INSERT INTO tickets_clock (ticket_id, kind, state, policy_id, target_minutes,
            started_at, due_at, pauses)
        SELECT ticket.number, promise.kind, 'running', rule.sla_policy_id,
            promise.minutes, response.submitted_at, promise.due_at, '[]'
        FROM unnest(%(numbers)s, %(contact)s, %(resolution)s)
            AS promised (number, contact, resolution)
        JOIN tickets_ticket ticket ON ticket.number = promised.number
        JOIN surveys_response response ON response.id = ticket.response_id
        JOIN tickets_rule rule ON rule.id = ticket.rule_id
        CROSS JOIN LATERAL (VALUES
            ('first_contact', promised.contact, ticket.first_contact_due_at),
            ('resolution', promised.resolution, ticket.resolution_due_at)
        ) AS promise (kind, minutes, due_at)
        ORDER BY ticket.number, promise.kind
        RETURNING id, ticket_id, policy_id, started_at, due_at, target_minutes
    )
    INSERT INTO tickets_clockevent (clock_id, kind, happened_at, actor, reason, due_at,
        policy_version, calendar_version, hours_key, target_minutes)
    SELECT started.id, 'started', started.started_at, '', '', started.due_at,
        policy.version, hours.version, hours.id, started.target_minutes
    FROM started
    JOIN tickets_slapolicy policy ON policy.id = started.policy_id
    JOIN tickets_ticket ticket ON ticket.number = started.ticket_id
    JOIN teams_team team ON team.id = ticket.team_id
    LEFT JOIN teams_workinghours hours ON hours.id = team.working_hours_id""",
)
Kind = Clock.Kind
State = Clock.State


def calendar_of(hours: WorkingHours | PastHours | None) -> WorkingCalendar:
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


def hours_as_calendar(hours: WorkingHours | PastHours) -> WorkingCalendar:
    """Raises ValueError for hours that nobody could keep."""
    day_of = datetime.fromisoformat
    return WorkingCalendar(
        hours.time_zone,
        {int(day): _shifts(shifts) for day, shifts in hours.weekly.items()},
        frozenset(day_of(day).date() for day in hours.holidays),
        {day_of(day).date(): _shifts(s) for day, s in hours.overrides.items()},
    )


def hours_of(clock: Clock) -> WorkingHours | None:
    """Those of the team that made the promise: a task's is its department's."""
    return team_of(clock).working_hours


def mark_of(hours: WorkingHours | None) -> Mark:
    return (hours.pk, hours.version) if hours else (None, None)


def calendar_for(
    clock: Clock, known: dict[Mark, WorkingCalendar] | None = None
) -> Counting:
    """What the clock counts on: the team's hours, or those that followed each other.

    `known` keeps what was read, where many clocks are asked about.
    """
    if not clock.calendars:
        return calendar_of(hours_of(clock))
    known = {} if known is None else known
    parts = []
    for begins, key, version in clock.calendars:
        mark = (key, version)
        if mark not in known:
            known[mark] = calendar_at(mark, hours_of(clock))
        parts.append((datetime.fromisoformat(begins), known[mark]))
    return Patchwork(tuple(parts))


def calendar_at(mark: Mark, hours: WorkingHours | None = None) -> WorkingCalendar:
    """The hours as they were in that version; `hours` spares reading those in force."""
    key, version = mark
    if key is None or version is None:
        return ROUND_THE_CLOCK
    if mark == mark_of(hours):
        return calendar_of(hours)
    past = PastHours.objects.filter(hours_key=key, version=version).first()
    current = WorkingHours.objects.filter(pk=key, version=version).first()
    if past is None and current is None:
        log.warning("Working hours %s version %s are not known any more", key, version)
        return calendar_of(hours)
    return calendar_of(past or current)


def deadline(
    calendar: Counting,
    start: datetime,
    minutes: int,
    pauses: Sequence[Interval] = (),
) -> datetime:
    """When `minutes` of working time are used up; round the clock if never open."""
    return used_up_at(calendar, start, minutes * MINUTE, pauses)


def used_up_at(
    calendar: Counting,
    start: datetime,
    target: timedelta,
    pauses: Sequence[Interval] = (),
) -> datetime:
    """As `deadline`, for any length of working time."""
    try:
        return calendar.due_at(start, target, pauses=pauses)
    except NeverOpen:
        log.warning("A calendar is never open: the clock runs day and night")
        return ROUND_THE_CLOCK.due_at(start, target, pauses=pauses)


def starting_clocks_of(promised: Sequence[tuple["Ticket", "Targets"]]) -> Asked:
    """What starts both promises of saved tickets, from when the answer was submitted.

    The deadlines are read from the tickets. In one statement: the drain does this for
    hundreds of tickets at once.
    """
    return _START, {
        "numbers": [ticket.number for ticket, _targets in promised],
        "contact": [targets.first_contact for _ticket, targets in promised],
        "resolution": [targets.resolution for _ticket, targets in promised],
    }


def team_of(clock: Clock) -> Team:
    """On whose hours it runs: a task's on those of its department."""
    return clock.task.team if clock.task else clock.ticket.team


def clocks_of(ticket: "Ticket") -> dict[str, Clock]:
    """The ticket's own clocks by kind, held until the end of the transaction.

    Of a promise made again, the latest; tasks of departments have theirs apart.
    """
    # Locked: the breach tick takes clocks without taking their tickets.
    held = ticket.clocks.filter(task__isnull=True).order_by("cycle", "pk")
    held = held.select_for_update(of=("self",)).select_related("policy")
    clocks = {clock.kind: clock for clock in held}
    for clock in clocks.values():
        clock.ticket = ticket
    return clocks


def start(
    ticket: "Ticket",
    kind: Clock.Kind,
    *,
    policy: "SlaPolicy",
    minutes: int,
    by: User | None,
    at: datetime,
) -> Clock:
    """Make a promise once more: the next cycle of this kind, from `at`."""
    cycles = ticket.clocks.filter(kind=kind).order_by("-cycle")
    last = cycles.values_list("cycle", flat=True).first()
    clock = Clock(
        ticket=ticket,
        kind=kind,
        cycle=0 if last is None else last + 1,
        policy=policy,
        target_minutes=minutes,
        started_at=at,
        due_at=at,
    )
    clock.due_at = _due(clock)
    clock.save()
    _write_line(clock, "started", by=by, at=at)
    return clock


def meet(clock: Clock, *, by: User | None, at: datetime) -> None:
    """The promised act was done. At the due instant is still in time."""
    _end_pause(clock, at=at)
    clock.state = State.MET if at <= clock.due_at else State.MET_LATE
    clock.met_at = at
    # Stamped with the due instant, whether or not the tick had noticed it yet.
    clock.breached_at = None if clock.state == State.MET else clock.due_at
    clock.minutes_used = _minutes_used(clock, until=at)
    _save(clock, "met", by=by, at=at)


def take_back(clock: Clock, *, reason: str, at: datetime) -> None:
    """What met it did not happen after all: it runs on, and its deadline stays."""
    _catch_up_hours(clock, at=at)
    _run_on(clock)
    _save(clock, "taken_back", by=None, at=at, reason=reason)


def _run_on(clock: Clock) -> None:
    """What met it counts no more."""
    clock.met_at = clock.minutes_used = None
    if clock.breached_at is None:
        clock.state = State.RUNNING
        clock.due_at = _due(clock)
    else:
        clock.state = State.BREACHED


def stop(clock: Clock, *, reason: str, by: User | None, at: datetime) -> None:
    """There is nothing left to promise, for example nobody to contact."""
    _end_pause(clock, at=at)
    clock.state = State.STOPPED
    _save(clock, "stopped", by=by, at=at, reason=reason)


def restart(clock: Clock, *, by: User | None, at: datetime) -> None:
    """A promise that was stopped is one again, and nothing of the time was a pause."""
    late = clock.breached_at is not None
    clock.state = State.BREACHED if late else State.RUNNING
    _save(clock, "restarted", by=by, at=at)


def pause(clock: Clock, *, reason: str, by: User | None, at: datetime) -> None:
    """Time stands still from `at`; a breach that happened before stays one."""
    if clock.is_finished or clock.is_paused:
        return
    clock.pauses = [*clock.pauses, [at.isoformat(), None]]
    if clock.state == State.RUNNING:
        late = at > clock.due_at
        clock.state = State.BREACHED if late else State.PAUSED
        clock.breached_at = clock.due_at if late else None
    _save(clock, "paused", by=by, at=at, reason=reason)


def resume(clock: Clock, *, by: User | None, at: datetime, reason: str = "") -> None:
    """Time goes on; the deadline of an unbroken promise moves by the pause."""
    if not clock.is_paused:
        return
    _end_pause(clock, at=at)
    if clock.state == State.PAUSED:
        clock.state = State.RUNNING
        clock.due_at = _due(clock)
    _save(clock, "resumed", by=by, at=at, reason=reason)


def reopen(
    clock: Clock,
    *,
    resolved_at: datetime,
    reason: str,
    by: User | None,
    at: datetime,
) -> None:
    """The same clock goes on; resolved … reopened does not count."""
    _catch_up_hours(clock, at=at)
    clock.pauses = [*clock.pauses, [resolved_at.isoformat(), at.isoformat()]]
    _run_on(clock)
    _save(clock, "reopened", by=by, at=at, reason=reason)


def retarget(
    clock: Clock, *, minutes: int, by: User | None, at: datetime, reason: str
) -> None:
    """Count an unbroken promise to a new target; start and pauses stay."""
    clock.target_minutes = minutes
    clock.due_at = _due(clock)
    _save(clock, "recalculated", by=by, at=at, reason=reason)


def rehour(clock: Clock, *, before: Mark, now: Mark, at: datetime) -> bool:
    """From `at` on other hours count; what was used up before stays used up.

    Saves nothing: calendars change for thousands of clocks at once. Whether it changed.
    """
    if clock.calendars:
        if tuple(clock.calendars[-1][1:]) == now:
            return False
    else:
        clock.calendars = [[clock.started_at.isoformat(), *before]]
    clock.calendars = [*clock.calendars, [at.isoformat(), *now]]
    return True


def recount(clock: Clock, known: dict[Mark, WorkingCalendar] | None = None) -> None:
    """Work out the deadline of an unbroken promise again; nothing is saved."""
    if clock.state in (State.RUNNING, State.PAUSED):
        clock.due_at = _due(clock, known)


def unmet(clocks: Iterable[Clock]) -> list[Clock]:
    """Those with a deadline still to keep, or kept too late."""
    return [c for c in clocks if c.state in (State.RUNNING, State.BREACHED)]


def history_line(clock: Clock, kind: str, *, at: datetime) -> ClockEvent:
    """An unsaved line of the clock's history, with the versions now in force."""
    hours = hours_of(clock)
    key, version = clock.calendars[-1][1:] if clock.calendars else mark_of(hours)
    return ClockEvent(
        clock=clock,
        kind=kind,
        happened_at=at,
        due_at=clock.due_at,
        policy_version=clock.policy.version,
        calendar_version=version,
        hours_key=key,
        target_minutes=clock.target_minutes,
    )


def _shifts(shifts: Iterable[Sequence[str]]) -> list[tuple[str, str]]:
    return [(opens, closes) for opens, closes in shifts]


def _end_pause(clock: Clock, *, at: datetime) -> None:
    if clock.is_paused:
        clock.pauses = [*clock.pauses[:-1], [clock.pauses[-1][0], at.isoformat()]]
        if clock.state == State.PAUSED:
            clock.due_at = _due(clock)


def _catch_up_hours(clock: Clock, *, at: datetime) -> None:
    """A finished clock does not follow its hours; a reopened one begins to again."""
    last = clock.events.exclude(kind="breached").order_by("-pk").first()
    now = mark_of(hours_of(clock))
    if last is None or (last.calendar_version is not None and last.hours_key is None):
        return
    before = (last.hours_key, last.calendar_version)
    if before != now:
        rehour(clock, before=before, now=now, at=at)


def _due(clock: Clock, known: dict[Mark, WorkingCalendar] | None = None) -> datetime:
    return deadline(
        calendar_for(clock, known),
        clock.started_at,
        clock.target_minutes,
        clock.closed_pauses,
    )


def _minutes_used(clock: Clock, *, until: datetime) -> int:
    used = calendar_for(clock).elapsed(
        clock.started_at, until, pauses=clock.closed_pauses
    )
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
            "calendars",
            "minutes_used",
            "fires_at",
        ]
    )
    _write_line(clock, kind, by=by, at=at, reason=reason)


def _write_line(
    clock: Clock, kind: str, *, by: User | None, at: datetime, reason: str = ""
) -> None:
    line = history_line(clock, kind, at=at)
    line.actor, line.reason = by.email[:80] if by else "", reason[:200]
    line.save()
