"""What ties a mail to a ticket: ids in its headers, and an address that only we make."""

import hmac
import re
from email.utils import parseaddr

from django.conf import settings
from django.utils.crypto import salted_hmac

from customers.models import Message
from tickets.models import Ticket

# Enough for every mail program; more only makes headers long.
MOST_REFERENCES = 12
SIGNATURE_LENGTH = 20
TAG = re.compile(r"^(\d{1,18})\.([0-9a-f]{20})$")


def mail_domain() -> str:
    """Of our own addresses, for ids that are unique in the world."""
    address = parseaddr(settings.MAIL_REPLY_ADDRESS or settings.DEFAULT_FROM_EMAIL)[1]
    return address.rpartition("@")[2] or "cem"


def reply_address(ticket: Ticket) -> str:
    """Where answers about this ticket go; empty where no mailbox is set up.

    The signature keeps anybody from writing into a ticket by guessing its number.
    """
    if not settings.MAIL_REPLY_ADDRESS:
        return ""
    local, _at, domain = settings.MAIL_REPLY_ADDRESS.rpartition("@")
    return f"{local}+{ticket.number}.{_signature(ticket.number)}@{domain}"


def number_in(address: str) -> int | None:
    """The ticket of a reply address that we made; None of any other."""
    local, _at, domain = settings.MAIL_REPLY_ADDRESS.lower().rpartition("@")
    given, _given_at, given_domain = address.lower().rpartition("@")
    if not local or domain != given_domain or not given.startswith(f"{local}+"):
        return None
    tag = TAG.match(given.removeprefix(f"{local}+"))
    if tag is None:
        return None
    number = int(tag[1])
    return number if _is_ours(number, tag[2]) else None


def is_our_own(address: str) -> bool:
    """An address that we send from: a mail from there came out of a loop."""
    local, _at, domain = settings.MAIL_REPLY_ADDRESS.lower().rpartition("@")
    given, _given_at, given_domain = address.lower().rpartition("@")
    ours = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()
    return address.lower() == ours or (
        bool(local) and domain == given_domain and given.partition("+")[0] == local
    )


def headers_for(ticket: Ticket) -> dict[str, str]:
    """Headers with which a letter joins the ticket's conversation."""
    headers = {}
    earlier = Message.objects.filter(thread=ticket.thread, message_id__isnull=False)
    ids = list(
        earlier.order_by("-happened_at", "-pk").values_list("message_id", flat=True)[
            :MOST_REFERENCES
        ]
    )
    if ids:
        headers["In-Reply-To"] = f"<{ids[0]}>"
        headers["References"] = " ".join(f"<{name}>" for name in reversed(ids))
    if address := reply_address(ticket):
        headers["Reply-To"] = address
    return headers


def _signature(number: int, secret: str | bytes | None = None) -> str:
    made = salted_hmac(
        "tickets.reply_address", str(number), secret=secret, algorithm="sha256"
    )
    return made.hexdigest()[:SIGNATURE_LENGTH]


def _is_ours(number: int, signature: str) -> bool:
    """Also where it was signed with the key before this one."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(
        hmac.compare_digest(_signature(number, secret), signature) for secret in secrets
    )
