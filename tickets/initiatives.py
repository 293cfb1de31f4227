"""Initiatives: begun from causes, moved over the board, decided on, and told of."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from customers.letter_senders import sender_name
from customers.models import Customer, Message
from events import outbox
from events.deliveries import queue_delivery
from journeys.models import Touchpoint
from surveys.elements import LANGUAGES
from surveys.intake import local_day
from surveys.invitations import language_for
from teams.access import can
from teams.models import User
from teams.notices import notify
from teams.roles import Ability
from tickets.closure_letter import Words, unreachable
from tickets.models import (
    IllegalAct,
    Initiative,
    InitiativeAction,
    InitiativeDecision,
    RootCause,
    Ticket,
)

State = Initiative.State
# Which state may follow which.
NEXT: Mapping[str, Sequence[State]] = {
    State.PLANNED: (State.RUNNING, State.DROPPED),
    State.RUNNING: (State.DONE, State.DROPPED),
    State.DONE: (State.RUNNING,),
    State.DROPPED: (State.PLANNED,),
}
TOLD = "initiative.customers_told"
# Customers of one event, which one handler writes to in one go.
BATCH = 200


@dataclass(frozen=True)
class Audience:
    """Who is told, and how many are not, by reason (a key of UNREACHABLE)."""

    customers: Sequence[Customer]
    skipped: Mapping[str, int]


def may_lead(user: User) -> bool:
    """Leads and managers begin and change initiatives."""
    return can(user, Ability.ASSIGN_TICKETS)


@transaction.atomic
def save(
    initiative: Initiative,
    *,
    causes: Iterable[RootCause],
    touchpoints: Iterable[Touchpoint],
    by: User,
    at: datetime,
) -> None:
    """Store a new or a changed initiative with what it is about."""
    is_new = initiative.pk is None
    if is_new:
        initiative.created_at = at
    initiative.save()
    initiative.causes.set(causes)
    initiative.touchpoints.set(touchpoints)
    name = "initiative.begun" if is_new else "initiative.changed"
    _record(name, initiative, by=by, at=at, causes=_keys(initiative.causes.all()))


@transaction.atomic
def move(initiative: Initiative, *, to: str, by: User, at: datetime) -> None:
    """To another state of the board. Raises IllegalAct."""
    _hold(initiative)
    if to not in NEXT[initiative.state]:
        raise IllegalAct(
            _("From “%(state)s” it cannot go there.")
            % {"state": initiative.get_state_display()}
        )
    before, initiative.state = initiative.state, State(to)
    initiative.done_on = local_day(at) if to == State.DONE else None
    initiative.save(update_fields=["state", "done_on"])
    _record("initiative.moved", initiative, by=by, at=at, before=before, to=to)


@transaction.atomic
def add_action(
    initiative: Initiative,
    *,
    title: str,
    assignee: User,
    due_on: date,
    by: User,
    at: datetime,
) -> InitiativeAction:
    """A step for somebody, who is told of it."""
    action = initiative.actions.create(title=title, assignee=assignee, due_on=due_on)
    _record("initiative.action_added", initiative, by=by, at=at, action=action.pk)
    if assignee.pk != by.pk:
        notify(
            assignee,
            "initiative_action",
            at=at,
            url=initiative.get_absolute_url(),
            action=title,
            title=initiative.title,
        )
    return action


@transaction.atomic
def mark_action(
    action: InitiativeAction, *, is_done: bool, by: User, at: datetime
) -> None:
    """Done, or not done after all; the same again changes nothing."""
    if (action.done_at is not None) == is_done:
        return
    action.done_at = at if is_done else None
    action.save(update_fields=["done_at"])
    name = "initiative.action_done" if is_done else "initiative.action_reopened"
    _record(name, action.initiative, by=by, at=at, action=action.pk)


@transaction.atomic
def decide(
    initiative: Initiative, *, text: str, by: User, at: datetime
) -> InitiativeDecision:
    """A line in the decision log, which stays as it is."""
    decision = initiative.decisions.create(text=text, by=by, at=at)
    _record("initiative.decided", initiative, by=by, at=at, decision=decision.pk)
    return decision


def affected(initiative: Initiative, user: User) -> Audience:
    """Customers whose tickets had its causes before it was done, within the scope."""
    tickets = Ticket.objects.visible_to(user).filter(
        root_cause__in=initiative.causes.all(), customer__isnull=False
    )
    touchpoints = list(initiative.touchpoints.all())
    if touchpoints:
        tickets = tickets.filter(touchpoint__in=touchpoints)
    if initiative.done_on:
        tickets = tickets.filter(day__lte=initiative.done_on)
    found = Customer.objects.filter(pk__in=tickets.values("customer"))
    told, skipped = [], dict[str, int]()
    refused = set(
        found.filter(consents__channel="email", consents__is_granted=False).values_list(
            "pk", flat=True
        )
    )
    for customer in found.order_by("name", "pk").iterator(chunk_size=2_000):
        reason = _reason(customer, refused)
        if reason:
            skipped[reason] = skipped.get(reason, 0) + 1
        else:
            told.append(customer)
    return Audience(told, skipped)


@transaction.atomic
def tell_customers(
    initiative: Initiative, letters: Mapping[str, Words], *, by: User, at: datetime
) -> int:
    """“You told us, we changed it”: to each once; how many there are. IllegalAct."""
    _hold(initiative)
    if initiative.state != State.DONE:
        raise IllegalAct(_("Tell customers once it is done."))
    if initiative.told_at is not None:
        raise IllegalAct(_("The customers have been told already."))
    people = [customer.pk for customer in affected(initiative, by).customers]
    initiative.told_at = at
    initiative.save(update_fields=["told_at"])
    words = {
        code: [" ".join(given.subject.split()), given.text.strip()]
        for code, given in letters.items()
    }
    for start in range(0, len(people), BATCH):
        chunk = people[start : start + BATCH]
        _record(TOLD, initiative, by=by, at=at, customers=chunk, words=words)
    return len(people)


def write_letters(
    initiative: Initiative,
    customer_ids: Collection[int],
    words: Mapping[str, Sequence[str]],
    *,
    by: str,
    at: datetime,
) -> None:
    """Queue what was told; a second time changes nothing. Who refused meanwhile is
    left out."""
    told = Message.objects.filter(thread=initiative.thread).values("customer")
    waiting = Customer.objects.filter(pk__in=customer_ids).exclude(pk__in=told)
    for customer in waiting.order_by("pk"):
        if not unreachable(customer):
            _write(initiative, customer, words, by=by, at=at)


def draft(initiative: Initiative) -> dict[str, Words]:
    """What the letter begins with, in each language."""
    drafts: dict[str, Words] = {}
    for language in LANGUAGES:
        with translation.override(language):
            drafts[language] = Words(
                _("You told us, we changed it"),
                _(
                    "Hello,\n\nyou told us that something had gone wrong. It did not "
                    "only help you: we changed how we work.\n\n%(title)s\n\nThank you "
                    "for telling us."
                )
                % {"title": initiative.title},
            )
    return drafts


def _write(
    initiative: Initiative,
    customer: Customer,
    words: Mapping[str, Sequence[str]],
    *,
    by: str,
    at: datetime,
) -> None:
    language = language_for(customer)
    subject, text = words[language]
    delivery = queue_delivery(
        key=f"initiative-{initiative.pk}-{customer.pk}",
        channel="email",
        recipient=customer.email,
        content={
            "subject": subject,
            "text": text,
            "sender_name": sender_name(language),
        },
        at=at,
        subject=("initiative", initiative.pk),
    )
    Message.objects.create(
        customer=customer,
        direction=Message.Direction.OUT,
        channel=Message.Channel.EMAIL,
        language=language,
        subject=subject,
        text=text,
        thread=initiative.thread,
        happened_at=at,
        delivery=delivery,
        author=by,
    )


def _reason(customer: Customer, refused: Collection[int]) -> str:
    if customer.erased_at is not None:
        return "erased"
    if not customer.email:
        return "no_address"
    return "no_consent" if customer.pk in refused else ""


def _hold(initiative: Initiative) -> None:
    rows = Initiative.objects.select_for_update(of=("self",))
    initiative.refresh_from_db(
        fields=["state", "done_on", "told_at"], from_queryset=rows
    )


def _keys(causes: Iterable[RootCause]) -> list[str]:
    return sorted(cause.key for cause in causes)


def _record(
    name: str, initiative: Initiative, *, by: User, at: datetime, **payload: Any
) -> None:
    outbox.record(
        name,
        subject=("initiative", initiative.pk),
        at=at,
        actor=by.email[:80],
        payload=payload,
    )
