"""The events that bring new answers, and the answers they bring.

A single answer has an event of its own; an import writes one event per batch, because
a hundred thousand rows would otherwise cost as many events for one piece of news.
"""

from collections.abc import Iterable
from uuid import UUID

from events.models import Event

RESPONSE_SUBMITTED = "survey.response_submitted"
RESPONSES_IMPORTED = "survey.responses_imported"
NEW_ANSWERS = (RESPONSE_SUBMITTED, RESPONSES_IMPORTED)


def response_ids(events: Iterable[Event]) -> list[UUID]:
    """The ids of all new responses, in the order of their events."""
    return [UUID(text) for text in id_texts(events)]


def id_texts(events: Iterable[Event]) -> list[str]:
    """As `response_ids`, for those who hand a hundred thousand on to the database."""
    ids: list[str] = []
    for event in events:
        if event.name == RESPONSES_IMPORTED:
            ids.extend(event.payload["responses"])
        else:
            ids.append(event.subject_id)
    return ids


def may_open_tickets(event: Event) -> bool:
    """Whether a ticket rule has to look at the answers of this event."""
    return event.payload.get("may_open_tickets", True) is not False
