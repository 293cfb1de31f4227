"""How and when a customer is best reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from customers.models import Consent, Customer, Message
from tickets.models import Ticket

# Local hours in which a call is welcome.
CALLS_FROM, CALLS_UNTIL = 8, 20


@dataclass(frozen=True)
class Way:
    """One way to reach somebody. `consent` is None where we never asked."""

    channel: str
    label: str
    address: str
    consent: bool | None


@dataclass(frozen=True)
class ContactWays:
    """The best way first. `reason` says why it is the best."""

    ways: Sequence[Way]
    reason: str
    local_time: datetime | None

    @property
    def best(self) -> Way | None:
        return self.ways[0] if self.ways else None

    @property
    def is_asleep(self) -> bool:
        """It is too early or too late there for a call."""
        hour = self.local_time.hour if self.local_time else CALLS_FROM
        return not CALLS_FROM <= hour < CALLS_UNTIL


def contact_ways(ticket: Ticket, *, at: datetime) -> ContactWays:
    """Ways the customer refused are left out."""
    customer = ticket.customer
    if customer is None:
        return ContactWays([], "", None)
    consents = {c.channel: c.is_granted for c in customer.consents.all()}
    asked = ticket.response.phone_to_call
    ways = _ways(customer, asked, consents)
    if asked:
        first, reason = "phone", _("the customer asked for a call")
    else:
        first, reason = _preferred(ticket, consents)
    ways.sort(key=lambda way: (way.channel != first, way.consent is not True))
    best = ways[0].channel if ways else ""
    return ContactWays(ways, reason if best == first else "", _local(customer, at))


def _ways(customer: Customer, asked: str, consents: Mapping[str, bool]) -> list[Way]:
    phone = asked or customer.phone
    numbers = {"phone": phone, "sms": customer.phone, "email": customer.email}
    return [
        Way(
            channel, str(Consent.Channel(channel).label), address, consents.get(channel)
        )
        for channel, address in numbers.items()
        # Who asks for a call agrees to it.
        if address and (consents.get(channel) is not False or address == asked)
    ]


def _preferred(ticket: Ticket, consents: Mapping[str, bool]) -> tuple[str, str]:
    """By what they used last, else by what they agreed to."""
    theirs = Message.objects.filter(
        customer=ticket.customer_id, direction=Message.Direction.IN
    )
    last = theirs.order_by("-happened_at", "-pk").first()
    if last:
        return last.channel, _("what the customer used last")
    agreed = [channel for channel in ("phone", "email", "sms") if consents.get(channel)]
    if agreed:
        return agreed[0], _("the customer agreed to it")
    return "", ""


def _local(customer: Customer, at: datetime) -> datetime | None:
    """The customer's own time; None where their zone is unknown."""
    if not customer.time_zone:
        return None
    try:
        return at.astimezone(ZoneInfo(customer.time_zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
