"""The breach tick: finds promises that are past due, and says so once each."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from events import outbox
from events.models import Event
from teams.models import Notification
from tickets import clocks
from tickets.models import Clock, ClockEvent

BATCH = 200
NOTICES = {
    Clock.Kind.FIRST_CONTACT: "ticket_breached",
    Clock.Kind.RESOLUTION: "ticket_resolution_breached",
}


def breach_overdue(*, at: datetime) -> int:
    """Mark every running clock whose due instant lies before `at`; return how many.

    Stamped with the due instant, however late it is noticed. Any number may run at
    once: each takes clocks that no other holds.
    """
    breached = 0
    while found := _breach_batch(at=at):
        breached += found
    return breached


@transaction.atomic
def _breach_batch(*, at: datetime) -> int:
    overdue = Clock.objects.filter(state=Clock.State.RUNNING, due_at__lt=at)
    held = list(
        overdue.select_for_update(skip_locked=True, of=("self",))
        .select_related("ticket__team__working_hours", "policy")
        .order_by("due_at", "pk")[:BATCH]
    )
    if not held:
        return 0
    Clock.objects.filter(pk__in=[clock.pk for clock in held]).update(
        state=Clock.State.BREACHED, breached_at=F("due_at")
    )
    ClockEvent.objects.bulk_create(
        clocks.history_line(clock, "breached", at=clock.due_at) for clock in held
    )
    outbox.record_all([_event(clock) for clock in held])
    Notification.objects.bulk_create(_notices(held, at=at))
    return len(held)


def _event(clock: Clock) -> Event:
    return outbox.event_for(
        "ticket.sla_breached",
        subject=("ticket", clock.ticket_id),
        at=clock.due_at,
        payload={"day": clock.ticket.day.isoformat(), "clock": clock.kind},
    )


def _notices(held: Sequence[Clock], *, at: datetime) -> list[Notification]:
    """To the owner and to the team's lead, once where they are the same person."""
    return [
        Notification(
            user_id=person,
            kind=NOTICES[Clock.Kind(clock.kind)],
            params={"number": clock.ticket_id, "subject": clock.ticket.subject},
            url=clock.ticket.get_absolute_url(),
            created_at=at,
        )
        for clock in held
        for person in sorted({clock.ticket.assignee_id, clock.ticket.team.lead_id})
    ]
