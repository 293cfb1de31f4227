"""Moving the deadlines of many open tickets at once, or only foreseeing it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from teams.models import User
from teams.movements import Movement
from tickets import clocks
from tickets.models import Clock, ClockEvent, Ticket

BATCH = 500
UNFINISHED = (Clock.State.RUNNING, Clock.State.PAUSED, Clock.State.BREACHED)
# Changes the clock in memory; whether it did.
Change = Callable[[Clock], bool]


def foresee(which: Q, change: Change, *, at: datetime) -> Movement:
    """What `change` would do to the open clocks that `which` finds."""
    deltas, moved, overdue = [], set(), set()
    for ticket, held in _held(_tickets(which)):
        for clock in held:
            before = clock.due_at
            if not change(clock) or clock.due_at == before:
                continue
            deltas.append(clock.due_at - before)
            moved.add(ticket.number)
            if clock.due_at < at <= before:
                overdue.add(ticket.number)
    return Movement(len(moved), len(overdue), deltas)


@transaction.atomic
def move(
    which: Q,
    change: Change,
    *,
    kind: str,
    reason: str,
    by: User | None,
    at: datetime,
) -> int:
    """Do it, with a line of history for each clock; return how many changed."""
    changed, after = 0, 0
    # Tickets before clocks and by number, as every act does: so no two can deadlock.
    while numbers := _next_numbers(which, after):
        batch = Ticket.objects.filter(number__in=numbers).order_by("number")
        locked = batch.select_for_update(no_key=True, of=("self",))
        changed += _move_batch(locked, change, kind=kind, reason=reason, by=by, at=at)
        after = numbers[-1]
    return changed


def _move_batch(
    locked: QuerySet[Ticket],
    change: Change,
    *,
    kind: str,
    reason: str,
    by: User | None,
    at: datetime,
) -> int:
    moved: list[Clock] = []
    tickets = []
    for ticket, held in _held(locked, lock=True):
        found = [clock for clock in held if change(clock)]
        if found:
            ticket.read_deadlines(_own(ticket))
            tickets.append(ticket)
            moved += found
    lines = [clocks.history_line(clock, kind, at=at) for clock in moved]
    for clock, line in zip(moved, lines, strict=True):
        clock.fires_at = None if clock.is_paused else clock.started_at
        line.actor, line.reason = by.email[:80] if by else "", reason[:200]
    Clock.objects.bulk_update(
        moved, ["due_at", "target_minutes", "calendars", "fires_at"]
    )
    ClockEvent.objects.bulk_create(lines)
    Ticket.objects.bulk_update(
        tickets, ["first_contact_due_at", "resolution_due_at", "next_due_at"]
    )
    return len(moved)


def _next_numbers(which: Q, after: int) -> list[int]:
    numbers = _tickets(which).filter(number__gt=after).order_by("number")
    return list(numbers.values_list("number", flat=True)[:BATCH])


def _tickets(which: Q) -> QuerySet[Ticket]:
    found = Clock.objects.filter(which, state__in=UNFINISHED)
    return Ticket.objects.open().filter(number__in=found.values("ticket"))


def _held(
    tickets: QuerySet[Ticket], *, lock: bool = False
) -> Iterator[tuple[Ticket, Sequence[Clock]]]:
    """Each ticket with its unfinished clocks, those of tasks too."""
    wanted = Clock.objects.select_related("policy", "task__team__working_hours")
    if lock:
        wanted = wanted.select_for_update(of=("self",)).order_by("pk")
    wanted = wanted.prefetch_related("policy__targets")
    read = tickets.select_related("team__working_hours").prefetch_related(
        Prefetch("clocks", wanted)
    )
    for ticket in read.iterator(chunk_size=BATCH):
        for clock in ticket.clocks.all():
            clock.ticket = ticket
        yield ticket, [c for c in ticket.clocks.all() if c.state in UNFINISHED]


def _own(ticket: Ticket) -> list[Clock]:
    """The latest of each kind, without those of tasks."""
    held = sorted(ticket.clocks.all(), key=lambda clock: clock.cycle)
    return list({c.kind: c for c in held if c.task_id is None}.values())
