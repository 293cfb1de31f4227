"""The clocks' tick: fires what each promise has reached, once and in order.

The breach is the level at the deadline: it is noticed whatever the ladder says.
"""

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from events import outbox
from events.bulk_insert import insert_all
from events.crash_points import Point, reached
from events.models import Event
from events.prepared import Prepared
from tickets import clocks, escalating
from tickets.clocks import Counting, Mark
from tickets.escalating import Fired
from tickets.ladder import DEADLINE, Climb, Step, climb, ladders_of
from tickets.models import Clock, ClockEvent, Escalation
from tickets.working_time import MICROSECOND, WorkingCalendar

log = logging.getLogger("cem.tickets")

BATCH = 1_000
# With these a level may come a second time: each begins a new round of the ladder.
NEW_ROUND = ("reopened", "recalculated")
Look = tuple[Clock, Climb]


def breach_overdue(*, at: datetime) -> int:
    """Fire every level that lies before `at`; return how many promises were broken.

    Stamped with the instant at which it was reached, however late that is noticed,
    and in the order of these instants. Any number may run at once: each takes clocks
    whose tickets nobody else holds; what is held comes with the next tick.
    """
    breached, stuck = 0, set[int]()
    while (found := _next_batch(stuck, at=at)) is not None:
        breached += found
        reached(Point.AFTER_COMMIT)
    return breached


@transaction.atomic
def _next_batch(stuck: set[int], *, at: datetime) -> int | None:
    """How many promises of one batch were broken; None where nothing waits.

    `stuck` gets the clocks that a look does not move, because they cannot be read or
    their deadline is not where their hours say: the health page counts them, and
    others must not wait.
    """
    held = _hold(stuck, at=at)
    if not held:
        return None
    ladders = ladders_of({clock.policy_id for clock in held})
    known: dict[Mark, WorkingCalendar] = {}
    until = _until(held, at)
    looks = [
        (clock, found)
        for clock in held
        if (found := _look(clock, ladders[clock.policy_id], known, until)) is not None
    ]
    moved = {clock.pk for clock, found in looks if not _moves_nothing(clock, found)}
    stuck.update(clock.pk for clock in held if clock.pk not in moved)
    fired = _not_fired_yet(looks)
    breached = _breach(fired)
    _remember(looks)
    reached(Point.MID_TASK)
    escalating.carry_out(fired, at=at)
    _write_down(fired, at=at)
    reached(Point.BEFORE_COMMIT)
    return breached


def _look(
    clock: Clock,
    steps: Sequence[Step],
    known: dict[Mark, WorkingCalendar],
    until: datetime,
) -> Climb | None:
    """None where what is stored of the clock makes no sense."""
    try:
        return climb(clock, steps, _calendar_for(clock, known), until)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        log.exception("Clock %s cannot be read", clock.pk)
        return None


def _moves_nothing(clock: Clock, found: Climb) -> bool:
    known = (clock.fired_percent, clock.fires_at)
    return not found.fired and (found.fired_percent, found.fires_at) == known


def _hold(stuck: Collection[int], *, at: datetime) -> list[Clock]:
    """The next clocks in order, and their tickets, which the acts of a level change."""
    armed = Q(fires_at__lt=at)
    # Else a promise would be broken unseen where a change forgot to arm its clock.
    overdue = Q(state=Clock.State.RUNNING, due_at__lt=at)
    return list(
        Clock.objects.filter(armed | overdue)
        .exclude(pk__in=stuck)
        .select_for_update(skip_locked=True, no_key=True, of=("self", "ticket"))
        .select_related(
            "ticket__team__working_hours", "task__team__working_hours", "policy"
        )
        .order_by(Coalesce("fires_at", "due_at"), "pk")[:BATCH]
    )


def _calendar_for(clock: Clock, known: dict[Mark, WorkingCalendar]) -> Counting:
    """As `clocks.calendar_for`, built once for all clocks on the same hours."""
    if clock.calendars:
        return clocks.calendar_for(clock, known)
    hours = clocks.hours_of(clock)
    mark = clocks.mark_of(hours)
    if mark not in known:
        known[mark] = clocks.calendar_of(hours)
    return known[mark]


def _until(held: Sequence[Clock], at: datetime) -> datetime:
    """No later than the last of a full batch: what others reach before is not
    overtaken."""
    before = at - MICROSECOND
    if len(held) < BATCH:
        return before
    last = held[-1]
    return min(before, last.fires_at or last.due_at)


def _not_fired_yet(looks: Sequence[Look]) -> list[Fired]:
    """What the clocks reached, in order, less what has fired in the same round."""
    climbed = [clock.pk for clock, found in looks if found.fired]
    rounds = Counter(
        dict(
            ClockEvent.objects.filter(clock__in=climbed, kind__in=NEW_ROUND)
            .values_list("clock")
            .annotate(times=Count("pk"))
        )
    )
    known = set(
        Escalation.objects.filter(clock__in=climbed).values_list(
            "clock", "percent", "round"
        )
    )
    fired = [
        Fired(clock, step, reached_at, rounds[clock.pk])
        for clock, found in looks
        for step, reached_at in found.fired
        if (clock.pk, step.percent, rounds[clock.pk]) not in known
    ]
    return sorted(fired, key=lambda one: (one.reached_at, one.clock.pk))


def _breach(fired: Sequence[Fired]) -> int:
    """Mark the promises that are broken, each with its line of history."""
    broken = [
        one.clock
        for one in fired
        if one.step.percent == DEADLINE and one.clock.state == Clock.State.RUNNING
    ]
    for clock in broken:
        clock.state, clock.breached_at = Clock.State.BREACHED, clock.due_at
    insert_all(
        [clocks.history_line(clock, "breached", at=clock.due_at) for clock in broken]
    )
    return len(broken)


def _remember(looks: Sequence[Look]) -> None:
    for clock, found in looks:
        clock.fired_percent, clock.fires_at = found.fired_percent, found.fires_at
    held = [clock for clock, _found in looks]
    values = {
        "ids": [clock.pk for clock in held],
        "states": [str(clock.state) for clock in held],
        "breaches": [clock.breached_at for clock in held],
        "percents": [clock.fired_percent for clock in held],
        "instants": [clock.fires_at for clock in held],
    }
    with connection.cursor() as cursor:
        _REMEMBER.execute(cursor, values)


_REMEMBER = Prepared(
    "cem_remember_climbs",
    {
        "ids": "bigint[]",
        "states": "varchar[]",
        "breaches": "timestamptz[]",
        "percents": "int[]",
        "instants": "timestamptz[]",
    },
    """
    UPDATE tickets_clock clock
    SET state = climbed.state, breached_at = climbed.breached_at,
        fired_percent = climbed.percent, fires_at = climbed.fires_at
    FROM unnest(%(ids)s, %(states)s, %(breaches)s, %(percents)s, %(instants)s)
        AS climbed (id, state, breached_at, percent, fires_at)
    WHERE clock.id = climbed.id""",
)


def _write_down(fired: Sequence[Fired], *, at: datetime) -> None:
    insert_all(
        [
            Escalation(
                clock=one.clock,
                percent=one.step.percent,
                round=one.round,
                due_at=one.reached_at,
                fired_at=at,
                did=one.did,
            )
            for one in fired
        ]
    )
    if fired:
        outbox.record_all([_event(one) for one in fired])


def _event(one: Fired) -> Event:
    """Of the breach, or of another level; both are dated when they were reached."""
    breached = one.step.percent == DEADLINE
    clock = one.clock
    day = clock.ticket.day.isoformat()
    payload: dict[str, object] = {"day": day, "clock": str(clock.kind)}
    if not breached:
        payload |= {"percent": one.step.percent}
    if clock.task_id:
        payload |= {"task": clock.task_id}
    return outbox.event_for(
        "ticket.sla_breached" if breached else "ticket.escalated",
        subject=("ticket", clock.ticket_id),
        at=one.reached_at,
        payload=payload,
    )
