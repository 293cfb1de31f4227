"""A first contact that never arrived is none: the promise of one runs on."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from customers.models import Message
from events.models import Delivery
from tickets import clocks
from tickets.models import Clock, Ticket

# As the clock's history says it.
REASON = "not delivered"


@transaction.atomic
def take_back_contact(ticket: Ticket, *, at: datetime) -> bool:
    """Where nothing that we said has reached the customer, the first contact is still
    to be made; whether that was found. What is resolved stays as it was.

    The clock goes on from where it was, as if the letter had not been written: its
    deadline is the same, but for pauses since then.
    """
    ticket.hold()
    if ticket.first_contacted_at is None or ticket.is_resolved:
        return False
    if not _was_a_lost_letter(ticket):
        return False
    held = clocks.clocks_of(ticket)
    _run_on(held, at=at)
    ticket.first_contacted_at, ticket.status = None, Ticket.Status.OPEN
    ticket.unanswered_since = _first_words(ticket) or ticket.unanswered_since
    ticket.save_state(held, "first_contacted_at", "unanswered_since")
    ticket.record("ticket.contact_taken_back", by=None, at=at)
    return True


def _was_a_lost_letter(ticket: Ticket) -> bool:
    """Whether the contact was a letter that did not arrive, and nothing else did."""
    said = _messages(ticket).filter(direction=Message.Direction.OUT)
    lost = Q(bounced_at__isnull=False) | Q(delivery__state=Delivery.State.PARKED)
    letters = said.filter(lost, happened_at__lte=ticket.first_contacted_at)
    ids = [message.message_id for message in letters if message.message_id]
    # Some servers report a letter as lost that its reader answers all the same.
    answers = _messages(ticket).filter(in_reply_to__in=ids)
    return letters.exists() and not said.exclude(lost).exists() and not answers.exists()


def _run_on(held: dict[str, Clock], *, at: datetime) -> None:
    contact = held[Clock.Kind.FIRST_CONTACT]
    met_at = contact.met_at
    if met_at is None:
        return
    clocks.take_back(contact, reason=REASON, at=at)
    # While it counted as met it did not stand still with the others.
    for begun, ended in held[Clock.Kind.RESOLUTION].pauses:
        since = max(datetime.fromisoformat(begun), met_at)
        until = datetime.fromisoformat(ended) if ended else None
        if until is not None and until <= since:
            continue
        clocks.pause(contact, reason="", by=None, at=since)
        if until is not None:
            clocks.resume(contact, by=None, at=until)


def _first_words(ticket: Ticket) -> datetime | None:
    """Since when the customer waits for an answer, where they wrote."""
    heard = _messages(ticket).filter(direction=Message.Direction.IN)
    return heard.order_by("happened_at").values_list("happened_at", flat=True).first()


def _messages(ticket: Ticket) -> QuerySet[Message]:
    return Message.objects.filter(thread=ticket.thread)
