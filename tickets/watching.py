"""Who follows a ticket without owning it, and who is called to it by name."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.models import Event
from teams.models import DataScope, Notification, User
from teams.notices import notify, notify_all
from tickets import attachments
from tickets.models import IllegalAct, Note, Ticket
from tickets.routing import WORKERS

# What watchers hear of, and the kind of notice that tells them.
TOLD: Mapping[str, str] = {
    "ticket.assigned": "watched_assigned",
    "ticket.resolved": "watched_resolved",
    "ticket.reopened": "watched_reopened",
    "ticket.customer_wrote": "watched_customer_wrote",
}


def people_of(ticket: Ticket) -> list[User]:
    """Everybody who works on tickets and may see this one, by name.

    Few people are narrowed by scopes, so nobody else costs a query.
    """
    people = list(
        User.objects.filter(is_active=True, role__in=WORKERS).order_by("name", "pk")
    )
    narrowed = _with_scopes(people)
    return [
        person
        for person in people
        if person.pk not in narrowed
        or Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists()
    ]


@transaction.atomic
def watch(ticket: Ticket, *, who: User, by: User, at: datetime) -> None:
    """Who watches hears of messages, assignments and the end. Raises IllegalAct."""
    ticket.hold()
    if not Ticket.objects.visible_to(who).filter(pk=ticket.pk).exists():
        raise IllegalAct(_("%(name)s may not see this ticket.") % {"name": who})
    if ticket.watchers.filter(pk=who.pk).exists():
        return
    ticket.watchers.add(who)
    ticket.record("ticket.watched", by=by, at=at, to=who.pk)
    if who.pk != by.pk:
        _tell(ticket, who, "watching", by=by, at=at)


@transaction.atomic
def unwatch(ticket: Ticket, *, who: User, by: User, at: datetime) -> None:
    ticket.hold()
    if ticket.watchers.filter(pk=who.pk).exists():
        ticket.watchers.remove(who)
        ticket.record("ticket.unwatched", by=by, at=at, to=who.pk)


@transaction.atomic
def note(
    ticket: Ticket,
    text: str,
    *,
    files: Sequence[attachments.File] = (),
    by: User,
    at: datetime,
) -> Note:
    """Keep words among ourselves, and call everybody to it who is named with an @."""
    written = ticket.note(text, by=by, at=at)
    for file in files:
        attachments.keep(ticket, file, by=by, at=at, note=written)
    if "@" in text:
        named = [
            person for person in mentioned(text, people_of(ticket)) if person != by
        ]
        written.mentions.set(named)
        for person in named:
            _tell(ticket, person, "mentioned", by=by, at=at)
    return written


def mentioned(text: str, people: Sequence[User]) -> list[User]:
    """Those whose whole name, or address, stands behind an @; the longest name wins."""
    names = {person.name: person for person in people if person.name}
    names |= {person.email: person for person in people}
    longest = sorted(names, key=len, reverse=True)
    found: dict[int, User] = {}
    for at_sign in re.finditer(r"@", text):
        rest = text[at_sign.end() :]
        for name in longest:
            if _begins_with(rest, name):
                found[names[name].pk] = names[name]
                break
    return list(found.values())


def tell_watchers(events: Sequence[Event]) -> None:
    """Of a batch: each watcher once for each event, but not of their own act."""
    wanted = [event for event in events if event.subject_id.isdigit()]
    watched = _watched({int(event.subject_id) for event in wanted})
    notify_all(
        [
            Notification(
                user_id=person.pk,
                kind=TOLD[event.name],
                params={"number": ticket.number, "subject": ticket.subject},
                url=ticket.get_absolute_url(),
                created_at=event.occurred_at,
            )
            for event in wanted
            for ticket, person in watched[int(event.subject_id)]
            if not _knows_already(person, event, ticket)
        ]
    )


def _knows_already(person: User, event: Event, ticket: Ticket) -> bool:
    """They did it, or the ticket is theirs: the owner is told in other words."""
    return person.email[:80] == event.actor or person.pk == ticket.assignee_id


def _watched(numbers: Collection[int]) -> Mapping[int, list[tuple[Ticket, User]]]:
    found = defaultdict(list)
    through = Ticket.watchers.through.objects.filter(
        ticket__in=numbers, user__is_active=True
    )
    for row in through.select_related("ticket", "user").order_by("pk"):
        found[row.ticket.number].append((row.ticket, row.user))
    return found


def _with_scopes(people: Collection[User]) -> set[int]:
    scopes = DataScope.objects.filter(user__in=people)
    return set(scopes.values_list("user", flat=True))


def _begins_with(text: str, name: str) -> bool:
    """Whether the name ends where it stands: @Ann is nobody's @Anna."""
    if not text.casefold().startswith(name.casefold()):
        return False
    behind = text[len(name) : len(name) + 1]
    return not (behind.isascii() and behind.isalnum())


def _tell(ticket: Ticket, who: User, kind: str, *, by: User, at: datetime) -> None:
    notify(
        who,
        kind,
        at=at,
        url=ticket.get_absolute_url(),
        number=ticket.number,
        subject=ticket.subject,
        name=str(by),
    )
