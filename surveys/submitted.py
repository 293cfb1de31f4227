"""The events that bring new answers, and the answers they bring.

A single answer has an event of its own; an import writes one event per batch, because
a hundred thousand rows would otherwise cost as many events for one piece of news.
"""

from collections.abc import Iterable
from datetime import date

from events.models import Event

RESPONSE_SUBMITTED = "survey.response_submitted"
RESPONSES_IMPORTED = "survey.responses_imported"
# Counted answers were edited, erased or turned into tests; `days` in the payload has
# every company day that one of them was or is counted under.
RESPONSES_CHANGED = "survey.responses_changed"
NEW_ANSWERS = (RESPONSE_SUBMITTED, RESPONSES_IMPORTED)


def response_ids(events: Iterable[Event]) -> list[str]:
    """The ids of all new responses, in the order of their events; as texts, since
    nearly all who ask hand a hundred thousand on to the database."""
    ids: list[str] = []
    for event in events:
        if event.name == RESPONSES_IMPORTED:
            ids.extend(event.payload["responses"])
        else:
            ids.append(event.subject_id)
    return ids


def changed_days(events: Iterable[Event]) -> set[date]:
    """The days whose answers are no longer what they were."""
    return {
        date.fromisoformat(text)
        for event in events
        if event.name == RESPONSES_CHANGED
        for text in event.payload["days"]
    }


def may_open_tickets(event: Event) -> bool:
    """Whether a ticket rule has to look at the answers of this event."""
    return event.payload.get("may_open_tickets", True) is not False
