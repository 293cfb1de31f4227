"""What this app does when something happened elsewhere."""

from collections.abc import Sequence

from django.utils import timezone

from events.handlers import on
from events.models import Event
from surveys.call_requests import CALL_REQUESTED
from surveys.submitted import NEW_ANSWERS, may_open_tickets, response_ids
from teams import leaving
from tickets import (
    handover,
    initiatives,
    next_scores,
    task_handover,
    undelivered,
    watching,
)
from tickets.closed_loop import open_tickets_for
from tickets.models import Initiative


@on(*NEW_ANSWERS)
def open_tickets(events: Sequence[Event]) -> None:
    """Every low answer gets an owner and a clock."""
    asked = [event for event in events if may_open_tickets(event)]
    if asked:
        open_tickets_for(response_ids(asked), at=timezone.now())


@on(*NEW_ANSWERS)
def follow_scores(events: Sequence[Event]) -> None:
    """What a customer says next shows whether they are recovered."""
    next_scores.follow(response_ids(events), at=timezone.now())


@on(CALL_REQUESTED)
def answer_calls(events: Sequence[Event]) -> None:
    """Who asks to be called after sending may meet a rule that the answer did not."""
    open_tickets_for(response_ids(events), at=timezone.now())


@on(
    "user.changed",
    "absence.entered",
    "absence.changed",
    "absence.ended",
    "ticket.resolved",
    "ticket.assigned",
)
def hand_out_waiting(events: Sequence[Event]) -> None:
    """Somebody came back, or has room again: what waited is theirs now."""
    handover.hand_out_waiting(at=timezone.now())


@on("delivery.parked")
def tell_of_undelivered(events: Sequence[Event]) -> None:
    """A letter that nobody got must not wait until somebody looks."""
    undelivered.tell_of_parked(events, at=timezone.now())


leaving.register(leaving.Desk(handover.plan_for, handover.clear_desk))
leaving.register(leaving.Desk(task_handover.plan_for, task_handover.clear_tasks))


@on(*watching.TOLD)
def tell_watchers(events: Sequence[Event]) -> None:
    """Who follows a ticket hears what became of it."""
    watching.tell_watchers(events)


@on(initiatives.TOLD)
def write_to_the_affected(events: Sequence[Event]) -> None:
    """“You told us, we changed it”: one letter to each customer of the event."""
    for event in events:
        initiative = Initiative.objects.get(pk=event.subject_id)
        initiatives.write_letters(
            initiative,
            event.payload["customers"],
            event.payload["words"],
            by=event.actor,
            at=event.occurred_at,
        )
