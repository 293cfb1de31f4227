"""One ticket's story, newest first: what happened, was noted, and was said."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.models import Message
from events.models import Event
from teams.models import User
from tickets import escalating, watchdog
from tickets.handover import ABSENCE, FREE_AGAIN, HIDDEN, LEFT, LEFT_TEAM
from tickets.models import (
    Attachment,
    Clock,
    InboundMail,
    ReAsk,
    Recovery,
    Rule,
    Ticket,
)
from tickets.recoveries import money
from tickets.routing import DEPUTY, LEAD, OVERSEER

PAGE = 30
# Names of people, and of rules.
People = Callable[[object], str]
# Of an event, by its name. `%(by)s`, `%(to)s`, `%(cause)s` are people and the root
# cause; any other word comes from the event's payload.
TITLES: Mapping[str, tuple[Promise, str]] = {
    "ticket.opened": (gettext_lazy("Opened and given to %(to)s"), "info"),
    "ticket.answer_attached": (gettext_lazy("A further low answer came in"), "warning"),
    "ticket.assigned": (gettext_lazy("%(by)s gave it to %(to)s"), "info"),
    "ticket.resolved": (gettext_lazy("%(by)s resolved it: %(cause)s"), "good"),
    "ticket.reopened": (gettext_lazy("%(by)s reopened it"), "warning"),
    "recovery.asked": (gettext_lazy("%(by)s offered a gesture: %(gesture)s"), ""),
    "recovery.approved": (
        gettext_lazy("%(by)s approved the gesture: %(gesture)s"),
        "",
    ),
    "recovery.refused": (
        gettext_lazy("%(by)s refused the gesture: %(gesture)s"),
        "warning",
    ),
    "recovery.cancelled": (
        gettext_lazy("%(by)s withdrew the gesture: %(gesture)s"),
        "",
    ),
    "recovery.given": (
        gettext_lazy("The customer got a gesture from %(by)s: %(gesture)s"),
        "good",
    ),
    "ticket.priority_changed": (
        gettext_lazy("%(by)s changed the priority to %(priority)s"),
        "",
    ),
    "ticket.paused": (gettext_lazy("%(by)s paused the clocks"), ""),
    "ticket.resumed": (gettext_lazy("%(by)s let the clocks go on"), ""),
    "ticket.task_given": (
        gettext_lazy("%(by)s gave %(team)s a task: %(title)s"),
        "info",
    ),
    "ticket.task_handed_on": (
        gettext_lazy("%(by)s handed a task on to %(to)s: %(title)s"),
        "",
    ),
    "ticket.task_done": (gettext_lazy("%(by)s has done a task: %(title)s"), "good"),
    "ticket.task_dropped": (gettext_lazy("%(by)s dropped a task: %(title)s"), ""),
    "ticket.not_reached": (
        gettext_lazy("%(by)s tried to reach the customer, without success"),
        "",
    ),
    "ticket.described": (
        gettext_lazy("%(by)s changed the problem type or the tags"),
        "",
    ),
    "ticket.merged": (gettext_lazy("%(by)s merged it into #%(into)s"), "warning"),
    "ticket.absorbed": (gettext_lazy("%(by)s merged #%(number)s into it"), "info"),
    "ticket.unmerged": (gettext_lazy("%(by)s took it out of #%(into)s again"), ""),
    "ticket.released": (gettext_lazy("%(by)s split #%(number)s off again"), ""),
    "ticket.split": (gettext_lazy("%(by)s split #%(into)s off it"), "info"),
    "ticket.split_off": (gettext_lazy("%(by)s split it off #%(number)s"), "info"),
    "ticket.linked": (gettext_lazy("%(by)s linked it with #%(other)s"), ""),
    "ticket.unlinked": (gettext_lazy("%(by)s removed the link with #%(other)s"), ""),
    "ticket.watched": (gettext_lazy("%(to)s watches it now"), ""),
    "ticket.unwatched": (gettext_lazy("%(to)s does not watch it any more"), ""),
    "loop.closed": (gettext_lazy("Loop closed: contacted and resolved"), "good"),
    "ticket.outcome_told": (
        gettext_lazy("%(by)s told the customer the outcome and asked about it"),
        "info",
    ),
    "ticket.came_back": (
        gettext_lazy("Taken up again in the follow-up ticket #%(follow_up)s"),
        "warning",
    ),
    "loop.confirmed": (gettext_lazy("The customer says: solved"), "good"),
    "loop.disputed": (gettext_lazy("The customer says: not solved"), "bad"),
    "loop.unconfirmed": (
        gettext_lazy("Closed without an answer of the customer"),
        "warning",
    ),
    "ticket.asked_again": (gettext_lazy("The customer was asked again"), "info"),
    "ticket.not_asked_again": (
        gettext_lazy("The customer is not asked again: %(skipped)s"),
        "",
    ),
    "loop.recovered": (
        gettext_lazy("The customer gave %(after)s points after %(before)s: recovered"),
        "good",
    ),
    "loop.still_low": (
        gettext_lazy("The customer gave %(after)s points after %(before)s: still low"),
        "warning",
    ),
    "ticket.thanked": (
        gettext_lazy("The customer only said thank you: it stays resolved"),
        "good",
    ),
    "ticket.mail_attached": (gettext_lazy("%(by)s put a mail on it"), ""),
    "ticket.sent_again": (
        gettext_lazy("%(by)s had a message sent again that was given up"),
        "",
    ),
    "ticket.reply_bounced": (
        gettext_lazy("Our message could not be delivered to the customer"),
        "bad",
    ),
    "ticket.contact_taken_back": (
        gettext_lazy(
            "The customer never got our message: the first contact is still to be made"
        ),
        "bad",
    ),
    "ticket.file_refused": (
        gettext_lazy("A file in the customer’s mail was not kept: %(file)s"),
        "warning",
    ),
}
# Why the system gave a ticket to somebody else; `before` had it.
REASONS: Mapping[str, Promise] = {
    ABSENCE: gettext_lazy("%(before)s is away"),
    FREE_AGAIN: gettext_lazy("it had waited until somebody was free"),
    LEFT: gettext_lazy("%(before)s does not work on tickets any more"),
    LEFT_TEAM: gettext_lazy("%(before)s left the team"),
    HIDDEN: gettext_lazy("%(before)s may not see it any more"),
    watchdog.REASON: gettext_lazy("%(before)s could not look after it"),
    escalating.REASON: gettext_lazy("%(percent)s %% of the time was used up"),
}
# How that person was chosen.
WHYS: Mapping[str, Promise] = {
    Rule.Strategy.ACCOUNT_OWNER: gettext_lazy("owner of the account"),
    Rule.Strategy.PERSON: gettext_lazy("named by the rule"),
    Rule.Strategy.ROUND_ROBIN: gettext_lazy("next in turn"),
    Rule.Strategy.SKILL: gettext_lazy("least loaded with the skill"),
    Rule.Strategy.LEAST_LOADED: gettext_lazy("least loaded of the team"),
    DEPUTY: gettext_lazy("stands in as deputy"),
    LEAD: gettext_lazy("lead of the team"),
    OVERSEER: gettext_lazy("may see it, which nobody free of the team may"),
}
BREACHES: Mapping[str, Promise] = {
    Clock.Kind.FIRST_CONTACT: gettext_lazy("First contact became overdue"),
    Clock.Kind.RESOLUTION: gettext_lazy("Resolution became overdue"),
    Clock.Kind.NEXT_RESPONSE: gettext_lazy("The answer to the customer became overdue"),
    Clock.Kind.TASK: gettext_lazy("A department’s task became overdue"),
}
# Other levels of the ladder, with `percent` from the payload.
REACHED: Mapping[str, Promise] = {
    Clock.Kind.FIRST_CONTACT: gettext_lazy(
        "%(percent)s %% of the time for the first contact is used up"
    ),
    Clock.Kind.RESOLUTION: gettext_lazy(
        "%(percent)s %% of the time for the resolution is used up"
    ),
    Clock.Kind.NEXT_RESPONSE: gettext_lazy(
        "%(percent)s %% of the time for an answer is used up"
    ),
    Clock.Kind.TASK: gettext_lazy("%(percent)s %% of the time for a task is used up"),
}
# Events that are words or deeds of the customer, or that they saw.
SEEN_BY_CUSTOMER = frozenset(
    {"ticket.answer_attached", "loop.confirmed", "loop.disputed"}
)


class Audience(models.TextChoices):
    """Who knows of it."""

    ALL = "all", pgettext_lazy("timeline", "Everything")
    INTERNAL = "internal", gettext_lazy("Only colleagues")
    CUSTOMER = "customer", gettext_lazy("With the customer")


@dataclass(frozen=True)
class Happening:
    """`tone` is one of "", info, good, warning, bad; `kind` event, note or message.

    `number` is set where it happened on a ticket that was merged into this one.
    """

    at: datetime
    kind: str
    title: str
    text: str = ""
    tone: str = ""
    audience: str = Audience.INTERNAL
    number: int | None = None
    message: Message | None = None
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True)
class Page:
    entries: Sequence[Happening]
    show: str
    page: int
    has_more: bool


def history_of(
    ticket: Ticket, *, show: str = Audience.ALL, limit: int = 1_000
) -> list[Happening]:
    """At most `limit` entries, newest first; what stands elsewhere is left out."""
    files = _files(ticket)
    found = [
        entry
        for entry in (
            *_events(ticket, limit),
            *(_notes(ticket, files, limit) if show != Audience.CUSTOMER else ()),
            *(_messages(ticket, files, limit) if show != Audience.INTERNAL else ()),
        )
        if show == Audience.ALL or entry.audience == show
    ]
    found.sort(key=lambda entry: entry.at, reverse=True)
    return found[:limit]


def history_page(ticket: Ticket, *, show: str, page: int) -> Page:
    """The page's entries alone. An unknown filter shows everything."""
    show = show if show in Audience.values else Audience.ALL
    page = max(page, 1)
    found = history_of(ticket, show=show, limit=page * PAGE + 1)
    return Page(
        found[(page - 1) * PAGE : page * PAGE], show, page, len(found) > page * PAGE
    )


def events_of(ticket: Ticket) -> models.QuerySet[Event]:
    """Of the ticket and of those merged into it."""
    numbers = [str(number) for number in family_of(ticket)]
    return Event.objects.filter(subject_type="ticket", subject_id__in=numbers)


def family_of(ticket: Ticket) -> list[int]:
    """The ticket's number and those of all that were merged into it, however deep."""
    family, newest = [ticket.number], [ticket.number]
    while newest:
        merged = Ticket.objects.filter(merged_into__in=newest)
        newest = list(merged.values_list("number", flat=True))
        family += newest
    return family


def _events(ticket: Ticket, limit: int) -> Iterator[Happening]:
    told = [*TITLES, "ticket.sla_breached", "ticket.escalated"]
    events = list(
        events_of(ticket).filter(name__in=told).order_by("-occurred_at", "-id")[:limit]
    )
    people = _people(events)
    for event in events:
        title, tone = _title(event, people, ticket)
        number = int(event.subject_id)
        yield Happening(
            event.occurred_at,
            "event",
            title,
            tone=tone,
            audience=(
                Audience.CUSTOMER
                if event.name in SEEN_BY_CUSTOMER
                else Audience.INTERNAL
            ),
            number=number if number != ticket.number else None,
        )


def _title(event: Event, people: People, ticket: Ticket) -> tuple[str, str]:
    if event.name == "ticket.sla_breached":
        late = BREACHES.get(event.payload.get("clock", ""))
        return str(late or _("A promise became overdue")), "bad"
    if event.name == "ticket.escalated":
        reached = REACHED[event.payload["clock"]]
        return str(reached) % {"percent": event.payload["percent"]}, "warning"
    if event.name == "ticket.resumed" and event.payload.get("reason") == "limit":
        return _("The clocks go on: the policy allows no longer pause"), "warning"
    sentence, tone = TITLES[event.name]
    words: dict[str, object] = defaultdict(str, event.payload)
    words |= {
        "by": people(event.actor) or _("The system"),
        "to": people(event.payload.get("to", event.payload.get("assignee"))),
        "cause": _cause(event, ticket),
        "gesture": _gesture(event),
        "priority": _priority(event),
        "skipped": _skipped(event),
    }
    title = str(sentence) % words
    reason = _reason(event, people)
    if not reason:
        return title, tone
    return _("%(title)s: %(reason)s") % {"title": title, "reason": reason}, tone


def _reason(event: Event, people: People) -> str:
    """Why the system chose a new owner; empty where a person did, or it is not known."""
    payload = event.payload
    if event.name not in ("ticket.opened", "ticket.assigned") or event.actor:
        return ""
    why = WHYS.get(payload.get("why", ""))
    if event.name == "ticket.opened":
        rule = people(("rule", payload.get("rule")))
        reason = _("rule “%(rule)s”") % {"rule": rule} if rule else ""
    else:
        words = {**payload, "before": people(payload.get("before"))}
        reason = str(REASONS.get(payload.get("reason", ""), "")) % words
    if reason and why:
        return _("%(reason)s (%(why)s)") % {"reason": reason, "why": why}
    return reason or str(why or "")


def _priority(event: Event) -> str:
    given = event.payload.get("priority", "")
    return str(dict(Ticket.Priority.choices).get(given, given))


def _skipped(event: Event) -> str:
    reason = event.payload.get("reason", "")
    return str(dict(ReAsk.Skipped.choices).get(reason, reason))


def _gesture(event: Event) -> str:
    kind, amount = event.payload.get("kind"), event.payload.get("amount")
    if kind not in Recovery.Kind or amount is None:
        return ""
    return f"{Recovery.Kind(kind).label}, {money(Decimal(amount))}"


def _cause(event: Event, ticket: Ticket) -> str:
    """The cause given last is on the ticket; an earlier one is known by its key."""
    key = event.payload.get("root_cause", "")
    cause = ticket.root_cause
    return str(cause) if cause and cause.key == key else key


def _people(events: list[Event]) -> People:
    """Names by id or by e-mail, in one query; of a rule by ("rule", its id)."""
    payloads = [event.payload for event in events]
    keys = ("to", "assignee", "before")
    ids = {p[key] for p in payloads for key in keys if isinstance(p.get(key), int)}
    emails = {event.actor for event in events} - {""}
    names: dict[Any, str] = {}
    for person in User.objects.filter(pk__in=ids) | User.objects.filter(
        email__in=emails
    ):
        names[person.pk] = names[person.email] = str(person)
    # A follow-up takes its rule over: nobody judged an answer by it.
    rules = {p["rule"] for p in payloads if p.get("rule") and "follow_up_of" not in p}
    for rule in Rule.objects.filter(pk__in=rules) if rules else ():
        names["rule", rule.pk] = rule.label
    return lambda key: names.get(key, key if isinstance(key, str) else "")


Files = Mapping[tuple[str, int], list[Attachment]]


def _files(ticket: Ticket) -> Files:
    """What hangs on the notes and messages."""
    files = defaultdict(list)
    for file in ticket.attachments.order_by("created_at", "pk"):
        if file.note_id:
            files["note", file.note_id].append(file)
        if file.message_id:
            files["message", file.message_id].append(file)
    return files


def _notes(ticket: Ticket, files: Files, limit: int) -> Iterator[Happening]:
    newest = ticket.notes.select_related("author").order_by("-created_at", "-pk")
    for note in newest[:limit]:
        yield Happening(
            note.created_at,
            "note",
            _("Note by %(name)s") % {"name": note.author},
            text=note.text,
            attachments=files.get(("note", note.pk), ()),
        )


def _is_another(message: Message, ticket: Ticket) -> bool:
    """A mail says who sent it; what was put on the ticket by hand is the customer's."""
    assert ticket.customer is not None
    mail = InboundMail.objects.filter(message=message, reason="other_address")
    return "@" in message.author and mail.exists()


def _messages(ticket: Ticket, files: Files, limit: int) -> Iterator[Happening]:
    if ticket.customer_id is None:
        return
    newest = Message.objects.filter(thread=ticket.thread).select_related("delivery")
    found = list(newest.order_by("-happened_at", "-pk")[:limit])
    authors = User.objects.filter(email__in={message.author for message in found})
    names = {author.email: str(author) for author in authors}
    for message in found:
        words = {
            "channel": message.get_channel_display(),
            "name": names.get(message.author, message.author),
        }
        if message.direction == Message.Direction.OUT:
            title = _("Contact with the customer by %(name)s: %(channel)s") % words
        elif _is_another(message, ticket):
            title = _("%(name)s, who is not the customer, wrote: %(channel)s") % words
        else:
            title = _("The customer wrote or called: %(channel)s") % words
        yield Happening(
            message.happened_at,
            "message",
            title,
            text=message.text,
            tone="info" if message.direction == Message.Direction.OUT else "warning",
            audience=Audience.CUSTOMER,
            message=message,
            attachments=files.get(("message", message.pk), ()),
        )
