"""Somebody else changed the ticket while a form about it was open."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from events.models import Event
from teams.models import User
from tickets.history import Happening, history_of
from tickets.models import Ticket

# Time passing is no change of anybody's.
NOT_A_CHANGE = ("ticket.sla_breached", "ticket.escalated", "ticket.seen", "loop.closed")


@dataclass(frozen=True)
class Change:
    """What the story tells since, newest first; some events have no line in it."""

    entries: Sequence[Happening]


def stamp_of(ticket: Ticket) -> str:
    """What a form carries: the last thing that had happened when it was shown."""
    last = _events(ticket).order_by("-id").values_list("id", flat=True).first()
    return str(last or 0)


def find_change(ticket: Ticket, stamp: str, *, by: User) -> Change | None:
    """What others did since the form was shown.

    None for a form without a stamp, and for one's own acts.
    """
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 19):
        return None
    newer = _events(ticket).filter(id__gt=int(stamp)).exclude(name__in=NOT_A_CHANGE)
    first = newer.exclude(actor=by.email[:80]).order_by("id").first()
    if first is None:
        return None
    return Change([e for e in history_of(ticket) if e.at >= first.occurred_at])


def _events(ticket: Ticket) -> QuerySet[Event]:
    return Event.objects.filter(subject_type="ticket", subject_id=str(ticket.number))
