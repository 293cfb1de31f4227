"""Ready-made words with placeholders, and what else is done at the same press.

`{customer}` becomes the customer's name; `{{` and `}}` are plain braces.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import outbox
from teams.access import can
from teams.models import Team, User
from teams.roles import Ability
from tickets.description import describe
from tickets.models import Macro, Ticket
from tickets.policies import change_priority

PLACEHOLDERS: Mapping[str, Promise] = {
    "customer": gettext_lazy("the customer’s name"),
    "company": gettext_lazy("the customer’s company"),
    "number": gettext_lazy("the ticket’s number"),
    "subject": gettext_lazy("the ticket’s subject"),
    "touchpoint": gettext_lazy("the touchpoint"),
    "agent": gettext_lazy("your name"),
    "team": gettext_lazy("the team"),
    "due": gettext_lazy("when the ticket is to be resolved"),
    "outcome": gettext_lazy("what was done, once it is resolved"),
}
# A pair of braces stands for itself; anything else in braces is a placeholder.
TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class UnknownPlaceholder(ValueError):
    """A sentence for whoever writes the words."""


@dataclass(frozen=True)
class Words:
    subject: str
    text: str


def check(text: str) -> None:
    """Raises UnknownPlaceholder for a name that is not ours, or a brace left over."""
    for token in TOKEN.finditer(text):
        if token[0] in ("{{", "}}"):
            continue
        if token[1] is None:
            raise UnknownPlaceholder(
                _("A single brace: write {{ or }} where you mean the sign itself.")
            )
        if token[1] not in PLACEHOLDERS:
            raise UnknownPlaceholder(
                _("Nothing is known of {%(name)s}. Known are: %(known)s.")
                % {
                    "name": token[1],
                    "known": ", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
                }
            )


def fill(text: str, values: Mapping[str, str]) -> str:
    """Every placeholder replaced once: what comes in is never read again."""

    def value_of(token: re.Match[str]) -> str:
        if token[0] in ("{{", "}}"):
            return token[0][0]
        return values.get(token[1] or "", token[0])

    return TOKEN.sub(value_of, text)


def words_for(macro: Macro, ticket: Ticket, user: User) -> Words:
    """In the customer's language, else the ticket's answer's, else the reader's."""
    language = language_of(ticket)
    with translation.override("zh-hans" if language.startswith("zh") else "en"):
        values = values_for(ticket, user)
    chinese = language.startswith("zh")
    subject = macro.subject_zh if chinese else macro.subject_en
    return Words(fill(subject, values), fill(macro.words(language), values))


def values_for(ticket: Ticket, user: User) -> dict[str, str]:
    customer = ticket.customer
    account = customer.account if customer else None
    return {
        "customer": customer.name if customer else "",
        "company": account.name if account else "",
        "number": str(ticket.number),
        "subject": ticket.subject,
        "touchpoint": ticket.touchpoint.name,
        "agent": str(user),
        "team": ticket.team.name,
        "due": date_format(ticket.resolution_due_at, "DATETIME_FORMAT"),
        "outcome": ticket.outcome,
    }


def language_of(ticket: Ticket) -> str:
    """In which language the customer reads us."""
    known = ticket.customer.locale if ticket.customer else ""
    answered = ticket.response.locale if ticket.response_id else ""
    return (known or answered or translation.get_language() or "en").lower()


def offered_to(user: User, ticket: Ticket) -> QuerySet[Macro]:
    """Everybody's, those of the ticket's team, and those of one's own teams."""
    mine = Team.objects.of(user)
    ours = Q(team=None) | Q(team=ticket.team_id) | Q(team__in=mine)
    return Macro.objects.filter(ours, is_active=True).order_by("name").distinct()


def editable_by(user: User) -> QuerySet[Macro]:
    """Managers edit all, leads those of the teams they lead."""
    if can(user, Ability.EDIT_RULES):
        return Macro.objects.all()
    return Macro.objects.filter(team__lead=user)


def holding(found: QuerySet[Macro], words: str) -> QuerySet[Macro]:
    """Those with the words in their name or text, in either language."""
    return found.filter(
        Q(name__icontains=words)
        | Q(text_en__icontains=words)
        | Q(text_zh__icontains=words)
    )


@transaction.atomic
def save(macro: Macro, *, by: User, at: datetime) -> None:
    created = macro.pk is None
    macro.save()
    _record("macro.created" if created else "macro.changed", macro, by=by, at=at)


@transaction.atomic
def delete(macro: Macro, *, by: User, at: datetime) -> None:
    _record("macro.deleted", macro, by=by, at=at)
    macro.delete()


@transaction.atomic
def apply_acts(macro: Macro, ticket: Ticket, *, by: User, at: datetime) -> None:
    """Do what the macro does beside its words. Raises IllegalAct.

    What holds already is no obstacle: a macro says how the ticket shall stand.
    """
    tags: Sequence[str] = macro.acts.get("tags", ())
    if set(tags) - set(ticket.tags):
        describe(
            ticket,
            problem_type=ticket.problem_type,
            tags=[*ticket.tags, *(tag for tag in tags if tag not in ticket.tags)],
            by=by,
            at=at,
        )
    if ticket.is_resolved:
        return
    priority = macro.acts.get("priority", "")
    if priority and priority != ticket.priority:
        change_priority(ticket, priority=priority, by=by, at=at)
    pause = macro.acts.get("pause", "")
    if pause and not ticket.pauses.filter(ended_at__isnull=True).exists():
        ticket.pause(reason=pause, by=by, at=at)


def _record(name: str, macro: Macro, *, by: User, at: datetime) -> None:
    outbox.record(
        name,
        subject=("macro", macro.pk),
        at=at,
        actor=by.email[:80],
        payload={"name": macro.name},
    )
