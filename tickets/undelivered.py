"""Messages of tickets that wait to be sent, or that were given up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from customers.models import Message
from events.models import Delivery, Event
from tickets.inbound import tell_undelivered
from tickets.models import Ticket

# Longer than this no letter waits where the mail server is well.
WAITS_UNNOTICED = timedelta(minutes=2)


def tell_of_parked(events: Sequence[Event], *, at: datetime) -> None:
    """The owner and the writer of each letter that was given up hear of it."""
    ids = [int(event.subject_id) for event in events]
    letters = Message.objects.filter(
        delivery__in=ids, delivery__state=Delivery.State.PARKED
    )
    for message in letters.filter(thread__startswith="ticket:"):
        number = int(message.thread.removeprefix("ticket:"))
        ticket = Ticket.objects.filter(number=number).first()
        if ticket is not None:
            tell_undelivered(ticket, message, "ticket_mail_given_up", at=at)


def stuck_messages(ticket: Ticket, *, at: datetime) -> list[Message]:
    """Letters of the ticket that were to be gone by now, the oldest first."""
    waiting = Message.objects.filter(thread=ticket.thread).exclude(delivery=None)
    waiting = waiting.exclude(delivery__state=Delivery.State.SENT)
    old = waiting.filter(happened_at__lt=at - WAITS_UNNOTICED)
    parked = waiting.filter(delivery__state=Delivery.State.PARKED)
    return list((old | parked).select_related("delivery").order_by("happened_at", "pk"))
