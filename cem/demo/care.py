"""What the example company does for customers beyond a call: outcomes told, gestures."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db.models import F

from cem.demo import ready_words
from events.models import Delivery
from teams.models import Team, User
from tickets import closure, pause_limits, recoveries
from tickets.closure_letter import draft_for, unreachable
from tickets.models import (
    ClosureRequest,
    Recovery,
    RecoveryBudget,
    RootCause,
    SlaPolicy,
    Ticket,
)
from tickets.policy_changes import change_policy

BUDGET = Decimal(1_500)
GESTURES = (
    (Recovery.Kind.VOUCHER, (20, 60), "Voucher for the next flight"),
    (Recovery.Kind.REFUND, (30, 140), "Seat fee paid back"),
    (Recovery.Kind.GIFT, (10, 30), "Lounge pass"),
)


def set_limits(*, by: User, since: datetime, until: datetime) -> None:
    """What those who lead lay down beforehand; words to write with among it."""
    ready_words.write(by=by, at=since)
    _limit_pauses(by=by, at=since)
    _set_budgets(by=by, since=since, until=until)


def _limit_pauses(*, by: User, at: datetime) -> None:
    """No ticket stands still for more than a working week in all."""
    for policy in SlaPolicy.objects.order_by("pk"):
        minutes = pause_limits.USUAL_MINUTES
        change_policy(policy, by=by, at=at, pause_minutes=minutes)


def _set_budgets(*, by: User, since: datetime, until: datetime) -> None:
    """The same for every team and month."""
    for team in Team.objects.order_by("pk"):
        at = since
        while at <= until + timedelta(days=31):
            budget = RecoveryBudget(team=team, month=recoveries.month_of(at))
            recoveries.set_budget(budget, BUDGET, by=by, at=min(at, until))
            at = (at.replace(day=1) + timedelta(days=32)).replace(day=1)


def resolve(
    ticket: Ticket,
    *,
    cause: RootCause,
    outcome: str,
    is_told: bool,
    by: User,
    at: datetime,
) -> bool:
    """Whether the customer was told, and asked whether that is it."""
    is_told = is_told and not unreachable(ticket.customer)
    told = draft_for(ticket, by) if is_told else None
    found = closure.Resolution(cause, finding="", outcome=outcome)
    closure.resolve(ticket, resolution=found, told=told, by=by, at=at)
    return told is not None


def hear(ticket: Ticket, *, is_solved: bool, words: str, at: datetime) -> None:
    """The customer says so, if the question still stands."""
    request = ClosureRequest.objects.filter(ticket=ticket).latest("pk")
    closure.answer(request, is_solved=is_solved, words=words, at=at)


def offer_something(
    ticket: Ticket, rng: Random, *, may_wait: bool, by: User, at: datetime
) -> None:
    """A gesture; above the agent's limit the lead approves it, or has not yet."""
    kind, (least, most), text = rng.choice(GESTURES)
    amount = Decimal(rng.randrange(least, most + 1, 5))
    gesture = recoveries.ask(ticket, kind=kind, amount=amount, text=text, by=by, at=at)
    if gesture.state == Recovery.State.ASKED:
        lead = ticket.team.lead
        if rng.random() < 0.2 and may_wait:
            return
        if recoveries.refusal_of(gesture, lead):
            recoveries.withdraw(gesture, by=by, at=at)
            return
        recoveries.approve(gesture, by=lead, at=at + timedelta(hours=2))
        gesture.refresh_from_db()
    if gesture.state == Recovery.State.APPROVED:
        reference = f"SKY-{rng.randrange(10_000, 99_999)}"
        given_at = at + timedelta(hours=3)
        recoveries.give(gesture, reference=reference, by=by, at=given_at)


def letters_have_gone() -> None:
    """Those of the past went out when they were written."""
    Delivery.objects.filter(state=Delivery.State.QUEUED).update(
        state=Delivery.State.SENT, sent_at=F("created_at"), attempts=1
    )
