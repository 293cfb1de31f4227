"""Some weeks after a ticket was resolved its customer is asked the same survey again.

Once per ticket, and only whom the contact quarantine lets be asked: who is in it waits,
for PATIENCE at most.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from surveys.models import Invitation
from surveys.re_asking import NotAgain, ask_again, asked_lately
from tickets.models import Clock, ReAsk, SlaPolicy, Ticket

# So long after its day a customer in quarantine is waited for.
PATIENCE = timedelta(days=30)
# What was resolved longer ago is history, as in a company that begins with us.
FORGOTTEN = timedelta(days=7)
BATCH = 200


def ask_due(*, at: datetime) -> int:
    """Decide for every ticket whose day has come; return how many were asked."""
    asked = 0
    for policy in SlaPolicy.objects.filter(re_ask_days__gt=0).order_by("pk"):
        while decided := _decide_batch(policy, at=at):
            asked += sum(not re_ask.skipped for re_ask in decided)
    return asked


def _due(policy: SlaPolicy, *, at: datetime) -> QuerySet[Ticket]:
    """Resolved long enough ago under this policy, and not looked at yet.

    A follow-up takes the question over from the ticket that it follows.
    """
    day = at - timedelta(days=policy.re_ask_days)
    overdue = Q(resolved_at__lte=day - PATIENCE)
    return Ticket.objects.filter(
        ~asked_lately("customer", at=at) | overdue,
        status=Ticket.Status.RESOLVED,
        merged_into__isnull=True,
        customer__isnull=False,
        resolved_at__gt=day - PATIENCE - FORGOTTEN,
        resolved_at__lte=day,
        re_ask__isnull=True,
        follow_ups__isnull=True,
        clocks__kind=Clock.Kind.RESOLUTION,
        clocks__cycle=0,
        clocks__policy=policy,
    )


@transaction.atomic
def _decide_batch(policy: SlaPolicy, *, at: datetime) -> list[ReAsk]:
    """Of one customer one ticket at a time: the letter for it starts a quarantine."""
    due = _due(policy, at=at)
    held = due.select_for_update(of=("self",), skip_locked=True, no_key=True)
    tickets = list(
        held.select_related("customer", "response__survey__version").order_by(
            "resolved_at", "number"
        )[:BATCH]
    )
    first = {ticket.customer_id: ticket for ticket in reversed(tickets)}
    return [_decide(ticket, policy, at=at) for ticket in first.values()]


def _decide(ticket: Ticket, policy: SlaPolicy, *, at: datetime) -> ReAsk:
    try:
        invitation = _invited(ticket, policy, at=at)
    except NotAgain as refusal:
        return _skip(ticket, refusal.reason, at=at)
    if invitation.skipped_reason:
        return _skip(ticket, invitation.skipped_reason, at=at, invitation=invitation)
    ticket.record("ticket.asked_again", by=None, at=at, invitation=str(invitation.pk))
    return ReAsk.objects.create(ticket=ticket, invitation=invitation, decided_at=at)


def _invited(ticket: Ticket, policy: SlaPolicy, *, at: datetime) -> Invitation:
    assert ticket.customer is not None
    assert ticket.resolved_at is not None
    asked = Ticket.objects.filter(asked_lately("customer", at=at), pk=ticket.pk)
    if asked.exists():
        raise NotAgain(ReAsk.Skipped.ASKED_OFTEN)
    return ask_again(
        ticket.response.survey, ticket.customer, since=ticket.resolved_at, at=at
    )


def _skip(
    ticket: Ticket, reason: str, *, at: datetime, invitation: Invitation | None = None
) -> ReAsk:
    ticket.record("ticket.not_asked_again", by=None, at=at, reason=reason)
    return ReAsk.objects.create(
        ticket=ticket, invitation=invitation, decided_at=at, skipped=reason
    )
