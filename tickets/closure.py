"""Resolved is what we say; whether it is solved the customer says.

They are told the outcome and asked once. "Not solved" takes the case up again; silence
closes it too, but counts apart.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from customers.letter_senders import sender_name
from customers.models import Message
from events.deliveries import queue_delivery
from surveys.invitations import language_for
from teams.models import User
from teams.notices import notify
from tickets import follow_up, mail_threads
from tickets.closure_letter import (
    UNREACHABLE,
    Words,
    letter_of,
    link_of,
    unreachable,
)
from tickets.handover import ABSENCE, LEFT
from tickets.models import (
    Clock,
    ClosureRequest,
    IllegalAct,
    RootCause,
    SlaPolicy,
    Ticket,
)

LINK_HOLDS = timedelta(days=90)
# Who said "solved" may find out later that it is not.
MAY_CHANGE = timedelta(days=7)
BATCH = 500
Closure = Ticket.Closure


class Standing(Enum):
    """What the page behind a customer's link can still do."""

    ASKED = "asked"
    SOLVED = "solved"
    SOLVED_FOR_GOOD = "solved_for_good"
    NOT_SOLVED = "not_solved"
    OPEN_AGAIN = "open_again"
    REPLACED = "replaced"
    MERGED = "merged"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Resolution:
    """Why it went wrong, what was found, and what was done about it."""

    root_cause: RootCause
    finding: str
    outcome: str


@transaction.atomic
def resolve(
    ticket: Ticket,
    *,
    resolution: Resolution,
    told: Words | None,
    by: User,
    at: datetime,
) -> None:
    """Resolve it, and tell the customer if there are words for them. IllegalAct."""
    ticket.resolve(
        root_cause=resolution.root_cause,
        finding=resolution.finding,
        outcome=resolution.outcome,
        by=by,
        at=at,
    )
    if told is not None:
        ask(ticket, told.with_outcome(resolution.outcome), by=by, at=at)


@transaction.atomic
def ask(ticket: Ticket, words: Words, *, by: User, at: datetime) -> ClosureRequest:
    """Write to the customer what was done, with the link to say whether that is it."""
    ticket.hold()
    if not ticket.is_resolved:
        raise IllegalAct(_("This ticket is not resolved."))
    customer = ticket.customer
    if customer is None or (reason := unreachable(customer)):
        reason = reason if customer else "unknown"
        raise IllegalAct(
            _("The customer cannot be told by e-mail: %(reason)s.")
            % {"reason": UNREACHABLE[reason]}
        )
    request = ClosureRequest.objects.create(
        ticket=ticket, language=language_for(customer), asked_at=at
    )
    request.message = _send(request, words, by=by, at=at)
    request.save(update_fields=["message"])
    ticket.closure, ticket.closure_asked_at = Closure.ASKED, at
    ticket.closure_answered_at = None
    _save_closure(ticket)
    ticket.record("ticket.outcome_told", by=by, at=at, request=request.pk)
    return request


def standing_of(request: ClosureRequest, *, at: datetime) -> Standing:
    """Where the customer's link leads now."""
    ticket = request.ticket
    if ticket.merged_into_id is not None:
        return Standing.MERGED
    if request.is_solved is False:
        return Standing.NOT_SOLVED
    if ticket.closure_requests.filter(pk__gt=request.pk).exists():
        return Standing.REPLACED
    if not ticket.is_resolved:
        return Standing.OPEN_AGAIN
    if request.is_solved:
        assert request.answered_at is not None
        may_change = at <= request.answered_at + MAY_CHANGE
        return Standing.SOLVED if may_change else Standing.SOLVED_FOR_GOOD
    return Standing.ASKED if at <= request.asked_at + LINK_HOLDS else Standing.EXPIRED


@transaction.atomic
def answer(
    request: ClosureRequest, *, is_solved: bool, words: str = "", at: datetime
) -> Standing:
    """What the customer says, once; the same again changes nothing.

    "Solved" may become "not solved" for a week. Where the link can do nothing any
    more, nothing happens.
    """
    request.ticket.hold()
    request.refresh_from_db(fields=["is_solved", "answered_at"])
    standing = standing_of(request, at=at)
    if standing is Standing.ASKED and is_solved:
        _confirm(request, words, at=at)
    elif standing in (Standing.ASKED, Standing.SOLVED) and not is_solved:
        _dispute(request, words, at=at)
    return standing_of(request, at=at)


def closes_at(ticket: Ticket) -> datetime | None:
    """When silence closes it; None where no answer is awaited."""
    if ticket.closure != Closure.ASKED or ticket.closure_asked_at is None:
        return None
    policy = ticket.clocks.get(kind=Clock.Kind.RESOLUTION, cycle=0).policy
    return ticket.closure_asked_at + timedelta(days=policy.silence_days)


def close_silent(*, at: datetime) -> int:
    """Close as unconfirmed what customers were silent about; return how many."""
    closed = 0
    for policy in SlaPolicy.objects.order_by("pk"):
        while found := _close_batch(policy, at=at):
            closed += found
    return closed


def _send(request: ClosureRequest, words: Words, *, by: User, at: datetime) -> Message:
    customer, ticket = request.ticket.customer, request.ticket
    assert customer is not None
    language = language_for(customer)
    # It joins the conversation, so an answer by mail finds the ticket too.
    headers = mail_threads.headers_for(ticket)
    message_id = f"outcome-{request.token}@{mail_threads.mail_domain()}"
    delivery = queue_delivery(
        key=f"outcome-{request.token}",
        channel="email",
        recipient=customer.email,
        content={
            **letter_of(words, link=link_of(request), language=language),
            "sender_name": sender_name(language, by),
            "headers": {**headers, "Message-ID": f"<{message_id}>"},
            "bounces_to": mail_threads.reply_address(ticket),
        },
        at=at,
        subject=("ticket", ticket.number),
    )
    return Message.objects.create(
        customer=customer,
        direction=Message.Direction.OUT,
        channel=Message.Channel.EMAIL,
        language=language,
        subject=words.subject[:200],
        text=words.text,
        thread=ticket.thread,
        happened_at=at,
        delivery=delivery,
        author=by.email[:80],
        message_id=message_id,
        in_reply_to=headers.get("In-Reply-To", "").strip("<>"),
    )


def _confirm(request: ClosureRequest, words: str, *, at: datetime) -> None:
    ticket = request.ticket
    _note_answer(request, is_solved=True, words=words, at=at)
    follow_up.keep_words(ticket, words, at=at)
    ticket.closure, ticket.closure_answered_at = Closure.CONFIRMED, at
    _save_closure(ticket)
    ticket.record("loop.confirmed", by=None, at=at, request=request.pk)


def _dispute(request: ClosureRequest, words: str, *, at: datetime) -> None:
    ticket = request.ticket
    _note_answer(request, is_solved=False, words=words, at=at)
    ticket.record("loop.disputed", by=None, at=at, request=request.pk)
    going_on = follow_up.take_up_again(ticket, words, at=at)
    if going_on.pk == ticket.pk:
        _hand_on(ticket, at=at)
        _tell(ticket, at=at)
    ticket.closure, ticket.closure_answered_at = Closure.DISPUTED, at
    _save_closure(ticket)


def _hand_on(ticket: Ticket, *, at: datetime) -> None:
    """To the same owner; to who answers for it where they do not work here any more."""
    before, to = ticket.assignee_id, follow_up.owner_of(ticket, at=at)
    if to != before:
        is_here = ticket.assignee.is_active
        ticket.assignee_id = to
        ticket.save(update_fields=["assignee"])
        ticket.record(
            "ticket.assigned",
            by=None,
            at=at,
            before=before,
            to=to,
            reason=ABSENCE if is_here else LEFT,
        )


def _tell(ticket: Ticket, *, at: datetime) -> None:
    tell = partial(
        notify,
        kind="ticket_disputed",
        at=at,
        url=ticket.get_absolute_url(),
        number=ticket.number,
        subject=ticket.subject,
    )
    for person in sorted({ticket.assignee_id, ticket.team.lead_id}):
        tell(person)


def _note_answer(
    request: ClosureRequest, *, is_solved: bool, words: str, at: datetime
) -> None:
    request.is_solved, request.answered_at = is_solved, at
    request.words = words.strip() or request.words
    request.save(update_fields=["is_solved", "answered_at", "words"])


def _save_closure(ticket: Ticket) -> None:
    ticket.save(update_fields=["closure", "closure_asked_at", "closure_answered_at"])


@transaction.atomic
def _close_batch(policy: SlaPolicy, *, at: datetime) -> int:
    patience = timedelta(days=policy.silence_days)
    silent = Ticket.objects.filter(
        closure=Closure.ASKED,
        closure_asked_at__lt=at - patience,
        clocks__kind=Clock.Kind.RESOLUTION,
        clocks__cycle=0,
        clocks__policy=policy,
    )
    held = silent.select_for_update(of=("self",), skip_locked=True, no_key=True)
    tickets = list(held.order_by("closure_asked_at", "number")[:BATCH])
    for ticket in tickets:
        assert ticket.closure_asked_at is not None
        ticket.closure = Closure.UNCONFIRMED
        ticket.save(update_fields=["closure"])
        # Like a breach: told of the instant at which it became so.
        ticket.record(
            "loop.unconfirmed", by=None, at=ticket.closure_asked_at + patience
        )
    return len(tickets)
