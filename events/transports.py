"""Channels by dotted path, so that no app needs to import the edge."""

from collections.abc import Mapping
from typing import Protocol

from django.utils.module_loading import import_string

from events.models import Delivery

TRANSPORTS: Mapping[str, str] = {
    "email": "integrations.email.transport.EmailTransport",
}


class TransportError(Exception):
    """The provider did not take it; the sentence says why. Tried again later."""


class Transport(Protocol):
    def send(self, delivery: Delivery) -> str:
        """Hand it over; the provider's answer. Raises TransportError."""


def transport_for(channel: str) -> Transport:
    """Raises TransportError for a channel that nobody serves."""
    if channel not in TRANSPORTS:
        raise TransportError(f"There is no transport for the channel {channel!r}.")
    transport: Transport = import_string(TRANSPORTS[channel])()
    return transport
