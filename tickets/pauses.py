"""Pauses that end by themselves, and how much of a promise's time they were."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Least

from tickets import clocks
from tickets.models import Clock, Pause, Ticket
from tickets.working_time import Interval

BATCH = 100


def is_paused(ticket: Ticket) -> bool:
    waiting = ticket.pauses.filter(ended_at__isnull=True)
    return not ticket.is_resolved and waiting.exists()


def is_running(ticket: Ticket) -> bool:
    return not ticket.is_resolved and not is_paused(ticket)


def end_wait_for_customer(ticket: Ticket, *, at: datetime) -> bool:
    """The customer wrote: whether the clocks stood still for that and go on now.

    The caller holds the ticket's row.
    """
    waiting = ticket.pauses.filter(
        ended_at__isnull=True, reason=Pause.Reason.CUSTOMER
    ).exists()
    if waiting:
        ticket.resume(by=None, at=at, reason="customer_wrote")
    return waiting


def resume_due(*, at: datetime) -> int:
    """End every pause whose date has come, or whose policy allows no more of it, at
    that instant; return how many.

    However late it is noticed: the time since then counts.
    """
    resumed = 0
    while found := _resume_batch(at=at):
        resumed += found
    return resumed


@transaction.atomic
def _resume_batch(*, at: datetime) -> int:
    due = Pause.objects.filter(
        Q(resumes_at__lte=at) | Q(limit_at__lte=at), ended_at__isnull=True
    )
    numbers = due.order_by(Least("resumes_at", "limit_at")).values("ticket")[:BATCH]
    # Tickets before clocks and by number, as every act does: so no two can deadlock.
    held = Ticket.objects.filter(
        number__in=list(numbers.values_list("ticket", flat=True))
    )
    tickets = held.order_by("number").select_for_update(
        no_key=True, skip_locked=True, of=("self",)
    )
    return sum(ticket.settle_pause(at=at) for ticket in tickets)


def spans_of(clock: Clock, *, at: datetime) -> Sequence[Interval]:
    """The ticket's pauses during the promise; the time it was resolved is none."""
    until = clock.met_at or at
    return [
        (max(pause.started_at, clock.started_at), min(pause.ended_at or until, until))
        for pause in clock.ticket.pauses.all()
        if pause.started_at < until
        and (pause.ended_at is None or pause.ended_at > clock.started_at)
    ]


def share(clock: Clock, *, at: datetime) -> float | None:
    """Paused working time ÷ all working time from the start to the act, else to `at`.

    0 to 1; None where there was no working time yet. Reads `ticket.pauses`: prefetch
    them where many clocks are asked about.
    """
    until = clock.met_at or at
    calendar = clocks.calendar_for(clock)
    whole = calendar.elapsed(clock.started_at, until)
    if not whole:
        return None
    spans = [span for span in spans_of(clock, at=at) if span[0] < span[1]]
    used = calendar.elapsed(clock.started_at, until, pauses=spans)
    return 1 - used / whole
