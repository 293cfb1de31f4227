"""Whose turn it is: the customer's first unanswered message starts a promise."""

from datetime import datetime

from django.db import transaction

from customers.models import Message
from tickets import clocks, pauses
from tickets.models import Clock, Ticket
from tickets.policies import targets_for


@transaction.atomic
def customer_wrote(ticket: Ticket, message: Message, at: datetime) -> None:
    """The customer's turn is over: clocks that waited for them go on at once.

    Where nobody has contacted the customer yet, the first contact is the promise that
    counts; after it, their first unanswered message starts the promise of an answer.
    """
    ticket.hold()
    if not ticket.is_resolved:
        pauses.end_wait_for_customer(ticket, at=at)
    if ticket.unanswered_since is None:
        ticket.unanswered_since = at
        ticket.save(update_fields=["unanswered_since"])
        start_next_response(ticket, at=at)
    ticket.record("ticket.customer_wrote", by=None, at=at, message=message.pk)


def start_next_response(ticket: Ticket, *, at: datetime) -> Clock | None:
    """None where nothing is promised: no target, no contact yet, or resolved."""
    held = clocks.clocks_of(ticket)
    running = held.get(Clock.Kind.NEXT_RESPONSE)
    if ticket.is_resolved or ticket.needs_contact:
        return None
    if running and not running.is_finished:
        return None
    policy = held[Clock.Kind.RESOLUTION].policy
    targets = targets_for(policy, priority=ticket.priority, tier=ticket.tier)
    if targets.next_response is None:
        return None
    clock = clocks.start(
        ticket,
        Clock.Kind.NEXT_RESPONSE,
        policy=policy,
        minutes=targets.next_response,
        by=None,
        at=at,
    )
    ticket.save_deadlines([*held.values(), clock])
    return clock
