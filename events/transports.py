"""Channels by dotted path, so that no app needs to import the edge."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from django.utils.module_loading import import_string

from events.models import Delivery

TRANSPORTS: Mapping[str, str] = {
    "email": "integrations.email.transport.EmailTransport",
}


class TransportError(Exception):
    """The provider did not take it; the sentence says why. Tried again later."""


class Unreachable(TransportError):
    """The provider is away: the others of the same claim need not be tried either."""


# The provider's words on taking it, or why it did not.
Outcome = str | TransportError


class Transport(Protocol):
    def send_all(self, deliveries: Sequence[Delivery]) -> Iterator[Outcome]:
        """Hand over those of one claim, in this order: one outcome for each, as soon
        as it is known. Nothing of the next one may be taken before the outcome of the
        last was asked for. Raises Unreachable."""


def transport_for(channel: str) -> Transport:
    """Raises TransportError for a channel that nobody serves."""
    if channel not in TRANSPORTS:
        raise TransportError(f"There is no transport for the channel {channel!r}.")
    transport: Transport = import_string(TRANSPORTS[channel])()
    return transport
