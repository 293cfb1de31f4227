"""Writing to a customer: a letter in the ticket's thread, sent by the mail queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from customers.letter_senders import sender_name
from customers.models import Customer, Message
from events import deliveries
from events.models import Delivery
from teams.models import User
from tickets import attachments, mail_threads
from tickets.closure_letter import UNREACHABLE, unreachable
from tickets.models import IllegalAct, Ticket


@dataclass(frozen=True)
class Words:
    """What the customer reads, in `language`."""

    subject: str
    text: str
    language: str

    def tidied(self) -> "Words":
        return Words(" ".join(self.subject.split()), self.text.strip(), self.language)


def can_write(ticket: Ticket) -> bool:
    return not unreachable(ticket.customer)


@transaction.atomic
def reply(
    ticket: Ticket,
    *,
    words: Words,
    files: Sequence[attachments.File] = (),
    by: User,
    at: datetime,
) -> Message:
    """Queue a letter to the customer: they hear from us, so it is a contact.

    Raises IllegalAct where they cannot be written to, or a file cannot be sent.
    """
    ticket.hold()
    customer = _reachable(ticket)
    words = words.tidied()
    headers = mail_threads.headers_for(ticket)
    answers = headers.get("In-Reply-To", "")
    message = _message(ticket, customer, words, answers=answers, by=by, at=at)
    content: dict[str, Any] = {
        **letter_of(ticket, words, by=by),
        "sender_name": sender_name(words.language, by),
        "headers": {**headers, "Message-ID": f"<{message.message_id}>"},
        # A report that it could not be delivered finds its ticket in the same way.
        "bounces_to": mail_threads.reply_address(ticket),
        "files": _keep(ticket, message, files, by=by, at=at),
    }
    message.delivery = _queue(ticket, message, content, at=at)
    message.save(update_fields=["delivery"])
    ticket.contacted(channel=Message.Channel.EMAIL, by=by, at=at)
    ticket.record("ticket.replied", by=by, at=at, message=message.pk)
    return message


def letter_of(ticket: Ticket, words: Words, *, by: User) -> dict[str, str]:
    """Subject, text and HTML, as the customer gets them."""
    context = {
        "words": words,
        "ticket": ticket,
        "agent": by,
        "can_answer": bool(mail_threads.reply_address(ticket)),
    }
    with translation.override(words.language):
        return {
            "subject": words.subject,
            "text": render_to_string("tickets/email/reply.txt", context).strip(),
            "html": render_to_string("tickets/email/reply.html", context),
        }


@transaction.atomic
def send_again(ticket: Ticket, message: Message, *, by: User, at: datetime) -> None:
    """Try a letter that was given up once more. Raises IllegalAct."""
    ticket.hold()
    delivery = message.delivery
    if delivery is None or delivery.state != Delivery.State.PARKED:
        raise IllegalAct(_("This message is not among those that were given up."))
    _reachable(ticket)
    deliveries.replay(delivery, by=by.email[:80], at=at)
    ticket.record("ticket.sent_again", by=by, at=at, message=message.pk)
    if ticket.needs_contact:
        ticket.contacted(channel=Message.Channel.EMAIL, by=by, at=at)


def _reachable(ticket: Ticket) -> Customer:
    reason = unreachable(ticket.customer)
    if ticket.customer is None or reason:
        raise IllegalAct(
            _(
                "You cannot write to this customer: %(reason)s. Call them, and log the "
                "contact."
            )
            % {"reason": UNREACHABLE[reason]}
        )
    return ticket.customer


def _message(
    ticket: Ticket,
    customer: Customer,
    words: Words,
    *,
    answers: str,
    by: User,
    at: datetime,
) -> Message:
    """`answers`: the id, in its brackets, of the mail that this one follows."""
    return Message.objects.create(
        customer=customer,
        direction=Message.Direction.OUT,
        channel=Message.Channel.EMAIL,
        language=words.language,
        subject=words.subject[:200],
        text=words.text,
        thread=ticket.thread,
        happened_at=at,
        author=by.email[:80],
        message_id=f"ticket-{ticket.number}.{uuid4().hex}@{mail_threads.mail_domain()}",
        in_reply_to=answers.strip("<>"),
    )


def _keep(
    ticket: Ticket,
    message: Message,
    files: Sequence[attachments.File],
    *,
    by: User,
    at: datetime,
) -> list[dict[str, str]]:
    try:
        attachments.check_all(files)
        kept = [
            attachments.keep(ticket, file, message=message, by=by, at=at)
            for file in files
        ]
    except attachments.RefusedFile as refusal:
        raise IllegalAct(str(refusal)) from refusal
    return [
        {"key": file.key, "name": file.name, "content_type": file.content_type}
        for file in kept
    ]


def _queue(
    ticket: Ticket, message: Message, content: dict[str, Any], *, at: datetime
) -> Delivery:
    assert message.message_id is not None
    return deliveries.queue_delivery(
        key=message.message_id[:120],
        channel="email",
        recipient=message.customer.email,
        content=content,
        at=at,
        subject=("ticket", ticket.number),
    )
