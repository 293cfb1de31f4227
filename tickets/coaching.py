"""Use case: a lead tells one of their people how to do it better."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from events import outbox
from teams.models import User
from teams.notices import notify
from tickets.models import CoachingNote, Ticket
from tickets.team_board import leads


@transaction.atomic
def write(
    person: User, *, text: str, by: User, at: datetime, ticket: Ticket | None = None
) -> CoachingNote:
    """Raises PermissionDenied for who does not lead this person."""
    if not leads(by, person):
        raise PermissionDenied
    note = CoachingNote.objects.create(
        person=person, author=by, ticket=ticket, text=text.strip(), written_at=at
    )
    outbox.record(
        "coaching_note.written",
        subject=("user", person.pk),
        at=at,
        actor=by.email[:80],
        payload={"note": note.pk},
    )
    url = f"/tickets/board/{person.pk}/"
    notify(person, "coaching_note", at=at, url=url, name=str(by))
    return note


def notes_for(person: User, *, reader: User) -> QuerySet[CoachingNote]:
    """All for the person and those who lead them; else the reader's own."""
    notes = CoachingNote.objects.filter(person=person).select_related("author")
    if reader.pk != person.pk and not leads(reader, person):
        notes = notes.filter(Q(author=reader))
    return notes.order_by("-written_at", "-pk")


def mark_read(person: User, *, at: datetime) -> None:
    """The person has opened their page."""
    CoachingNote.objects.filter(person=person, read_at=None).update(read_at=at)
