"""One ticket's story, newest first: what happened, was noted, and was said."""

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Message
from customers.timeline import Entry
from events.models import Event
from teams.models import User
from tickets.models import Clock, Ticket

TITLES: Mapping[str, tuple[Promise, str]] = {
    "ticket.opened": (gettext_lazy("Opened and given to %(to)s"), "info"),
    "ticket.answer_attached": (gettext_lazy("A further low answer came in"), "warning"),
    "ticket.assigned": (gettext_lazy("%(by)s gave it to %(to)s"), "info"),
    "ticket.resolved": (gettext_lazy("%(by)s resolved it: %(cause)s"), "good"),
    "ticket.reopened": (gettext_lazy("%(by)s reopened it"), "warning"),
    "ticket.paused": (gettext_lazy("%(by)s paused the clocks"), ""),
    "ticket.resumed": (gettext_lazy("%(by)s let the clocks go on"), ""),
    "loop.closed": (gettext_lazy("Loop closed: contacted and resolved"), "good"),
}
BREACHES: Mapping[str, Promise] = {
    Clock.Kind.FIRST_CONTACT: gettext_lazy("First contact became overdue"),
    Clock.Kind.RESOLUTION: gettext_lazy("Resolution became overdue"),
}


def history_of(ticket: Ticket) -> list[Entry]:
    """Every entry, newest first; events whose words stand elsewhere are left out."""
    entries = [*_events(ticket), *_notes(ticket), *_messages(ticket)]
    return sorted(entries, key=attrgetter("at"), reverse=True)


def _events(ticket: Ticket) -> Iterator[Entry]:
    events = list(
        Event.objects.filter(
            subject_type="ticket", subject_id=str(ticket.number)
        ).order_by("-occurred_at", "-id")
    )
    people = _people(events)
    for event in events:
        title, tone = _title(event, people, ticket)
        if title:
            yield Entry(event.occurred_at, "event", title, tone=tone)


def _title(
    event: Event, people: Callable[[object], str], ticket: Ticket
) -> tuple[str, str]:
    if event.name == "ticket.sla_breached":
        return str(BREACHES.get(event.payload.get("clock", ""), "")), "bad"
    sentence, tone = TITLES.get(event.name, ("", ""))
    words = {
        "by": people(event.actor) or _("The system"),
        "to": people(event.payload.get("to", event.payload.get("assignee"))),
        "cause": _cause(event, ticket),
    }
    return str(sentence) % words, tone


def _cause(event: Event, ticket: Ticket) -> str:
    """The cause given last is on the ticket; an earlier one is known by its key."""
    key = event.payload.get("root_cause", "")
    cause = ticket.root_cause
    return str(cause) if cause and cause.key == key else key


def _people(events: list[Event]) -> Callable[[object], str]:
    """Names by id or by e-mail, in one query."""
    payloads = [event.payload for event in events]
    ids = {p.get(key) for p in payloads for key in ("to", "assignee")} - {None}
    emails = {event.actor for event in events} - {""}
    names: dict[Any, str] = {}
    for person in User.objects.filter(pk__in=ids) | User.objects.filter(
        email__in=emails
    ):
        names[person.pk] = names[person.email] = str(person)
    return lambda key: names.get(key, key if isinstance(key, str) else "")


def _notes(ticket: Ticket) -> Iterator[Entry]:
    for note in ticket.notes.select_related("author"):
        title = _("Note by %(name)s") % {"name": note.author}
        yield Entry(note.created_at, "note", title, text=note.text)


def _messages(ticket: Ticket) -> Iterator[Entry]:
    if ticket.customer_id is None:
        return
    found = list(Message.objects.filter(thread=ticket.thread).order_by("pk"))
    authors = User.objects.filter(email__in={message.author for message in found})
    names = {author.email: str(author) for author in authors}
    for message in found:
        words = {
            "channel": message.get_channel_display(),
            "name": names.get(message.author, message.author),
        }
        if message.direction == Message.Direction.OUT:
            title = _("Contact with the customer by %(name)s: %(channel)s") % words
        else:
            title = _("The customer wrote or called: %(channel)s") % words
        yield Entry(message.happened_at, "message", title, message.text, tone="info")
