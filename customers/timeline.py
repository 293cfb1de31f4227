"""One customer's story: what every app knows of them, newest first.

Apps above register what they have; this one brings interactions and messages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Protocol

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer, Interaction, Message
from teams.access import can
from teams.models import User
from teams.roles import Ability

PAGE = 20


@dataclass(frozen=True)
class Entry:
    """`tone` is one of "", info, good, warning, bad; `kind` names the sort of entry."""

    at: datetime
    kind: str
    title: str
    text: str = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: at this instant, after the entries of it already shown."""

    at: datetime
    skip: int = 0

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.skip}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Raises ValueError for anything that `str()` did not write."""
        at, _tilde, skip = text.partition("~")
        cursor = cls(datetime.fromisoformat(at), int(skip))
        if cursor.at.tzinfo is None or not 0 <= cursor.skip < 10_000:
            raise ValueError(text)
        return cursor


@dataclass(frozen=True)
class Page:
    entries: Sequence[Entry]
    next: Cursor | None


class Source(Protocol):
    def __call__(
        self, customer: Customer, user: User, *, before: datetime | None, limit: int
    ) -> Sequence[Entry]:
        """At most `limit` entries, newest first, none later than `before`.

        `before` itself included: several things can happen at one instant. None means
        from the newest on. Only what the person may see.
        """


_sources: list[Source] = []


def register(source: Source) -> Source:
    """Add a source; usable as a decorator."""
    if source not in _sources:
        _sources.append(source)
    return source


def page_for(
    customer: Customer, user: User, *, cursor: Cursor | None = None, size: int = PAGE
) -> Page:
    """One page of the timeline, and where the next one begins."""
    before, skip = (cursor.at, cursor.skip) if cursor else (None, 0)
    wanted = skip + size + 1
    found = [
        entry
        for source in _sources
        for entry in source(customer, user, before=before, limit=wanted)
    ]
    found.sort(key=lambda entry: entry.at, reverse=True)
    entries = found[skip : skip + size]
    has_more = len(found) > skip + size
    return Page(entries, _after(entries, cursor) if has_more else None)


def _after(entries: Sequence[Entry], cursor: Cursor | None) -> Cursor:
    at, last = next(groupby(reversed(entries), key=lambda entry: entry.at))
    skip = len(list(last))
    if cursor and cursor.at == at:
        skip += cursor.skip
    return Cursor(at, skip)


@register
def interactions(
    customer: Customer, user: User, *, before: datetime | None, limit: int
) -> Sequence[Entry]:
    if not can(user, Ability.SEE_CUSTOMERS):
        return []
    found = customer.interactions.order_by("-occurred_at", "-id")
    if before:
        found = found.filter(occurred_at__lte=before)
    return [_interaction(interaction) for interaction in found[:limit]]


@register
def messages(
    customer: Customer, user: User, *, before: datetime | None, limit: int
) -> Sequence[Entry]:
    if not can(user, Ability.SEE_CUSTOMERS):
        return []
    found = customer.messages.order_by("-happened_at", "-id")
    if before:
        found = found.filter(happened_at__lte=before)
    return [_message(message) for message in found[:limit]]


# Kinds are free words of the sender; the usual ones have a name in every language.
KINDS: Mapping[str, Promise] = {
    "order": gettext_lazy("Order"),
    "login": gettext_lazy("Sign-in"),
    "call": gettext_lazy("Call"),
    "visit": gettext_lazy("Website visit"),
    "mention": gettext_lazy("Mention on social media"),
    "complaint": gettext_lazy("Complaint"),
    "churn": gettext_lazy("Left us"),
    "referral": gettext_lazy("Brought a new customer"),
    "task": gettext_lazy("Self-service"),
}
OUTCOMES: Mapping[str, Promise] = {
    "success": gettext_lazy("succeeded"),
    "abandoned": gettext_lazy("given up"),
    "error": gettext_lazy("ended in an error"),
}
# What a task took, as docs/interactions.md names it.
MEASURES: Mapping[str, Promise] = {
    "seconds": gettext_lazy("Seconds"),
    "clicks": gettext_lazy("Clicks"),
}


def titled(what: str, detail: str) -> str:
    """The detail may be empty."""
    if not detail:
        return what
    return _("%(what)s: %(detail)s") % {"what": what, "detail": detail}


def _interaction(interaction: Interaction) -> Entry:
    words = interaction.kind.replace("_", " ").strip().capitalize()
    title = str(KINDS.get(interaction.kind, words))
    outcome = _outcome(interaction)
    detail = _amount(interaction) or str(OUTCOMES.get(outcome, ""))
    return Entry(
        at=interaction.occurred_at,
        kind="interaction",
        title=titled(title, detail),
        text=", ".join(
            _fact(interaction.kind, key, value)
            for key, value in interaction.data.items()
            if not (key == "outcome" and outcome)
        ),
    )


def _outcome(interaction: Interaction) -> str:
    """How a task ended, if we have a word for it; senders may write what they like."""
    said = interaction.data.get("outcome") if interaction.kind == "task" else ""
    return said if isinstance(said, str) and said in OUTCOMES else ""


def _amount(interaction: Interaction) -> str:
    if interaction.value is None:
        return ""
    if interaction.currency:
        amount = number_format(interaction.value, 2, force_grouping=True)
        return f"{amount} {interaction.currency}"
    return f"{interaction.value.normalize():f}"


def _fact(kind: str, key: str, value: object) -> str:
    if kind == "task" and key in MEASURES:
        return titled(str(MEASURES[key]), str(value))
    return f"{key}: {value}"


def _message(message: Message) -> Entry:
    channel = message.get_channel_display()
    if message.direction == Message.Direction.OUT:
        title = _("We contacted the customer: %(channel)s") % {"channel": channel}
    else:
        title = _("The customer wrote or called: %(channel)s") % {"channel": channel}
    return Entry(
        at=message.happened_at,
        kind="message",
        title=title,
        text="\n".join(part for part in (message.subject, message.text) if part),
        tone="info",
    )
