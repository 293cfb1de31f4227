"""Mails as customers' programs write them."""

from email.message import EmailMessage
from email.policy import SMTP

from customers.models import Message
from tests.personas import MONDAY_NINE, mara_detractor, owner_otto
from tests.tickets.answers import ticket_for
from tickets import inbound, replies
from tickets.models import InboundMail, Ticket

SERVICE = "reply@service.test"


def mail(
    text: str = "Still broken.",
    *,
    sender: str = "mara_detractor@customers.test",
    to: str = "service@service.test",
    message_id: str = "first@customers.test",
    subject: str = "Re: Your feedback",
    **headers: str,
) -> EmailMessage:
    """Header names with underscores for hyphens: `In_Reply_To`."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = "Mon, 02 Mar 2026 10:00:00 +0000"
    message["Message-ID"] = f"<{message_id}>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def written_to() -> tuple[Ticket, Message]:
    """Mara's ticket, on which Otto wrote to her."""
    ticket = ticket_for(mara_detractor(), comment="Waited forever")
    words = replies.Words("Your feedback", "We are sorry, Mara.", "en")
    message = replies.reply(ticket, words=words, by=owner_otto(), at=MONDAY_NINE)
    return ticket, message


def answering(message: Message, text: str = "Still broken.", **fields: str) -> bytes:
    given = {"In_Reply_To": f"<{message.message_id}>", **fields}
    return bytes(mail(text, **given))


def came_in(raw: bytes) -> InboundMail:
    kept = inbound.take_in(raw, at=MONDAY_NINE)
    assert kept is not None
    return kept
