"""Nothing is without an owner who looks after it: finds what is, and gives it on."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from teams.models import User
from tickets import presence
from tickets.handover import (
    UNMET,
    batches_of,
    move,
    overseers,
    seeing_successor,
    successor,
)
from tickets.models import Clock, Ticket
from tickets.out_of_sight import hidden_tickets
from tickets.routing import WORKERS, Owner, Roster, facts_of

REASON = "watchdog"


def look_after(*, at: datetime) -> int:
    """Give on what nobody looks after; return how many tickets moved.

    What stays, because nobody at all is at work, is what `unattended` still finds.
    """
    found = unattended(at=at).order_by("number").values_list("number", flat=True)
    return sum(_give_on(batch, at=at) for batch in batches_of(list(found)))


def unattended(*, at: datetime) -> "QuerySet[Ticket]":
    """Open tickets whose owner cannot work on any, may not see this one, or is away
    although the first warning was given."""
    able = User.objects.filter(is_active=True, role__in=WORKERS)
    away = User.objects.filter(Q(is_present=False) | Q(presence.away(at=at)))
    warned = Clock.objects.filter(
        Q(fired_percent__gt=0) | Q(state=Clock.State.BREACHED),
        ticket=OuterRef("pk"),
        task__isnull=True,
        state__in=UNMET,
    )
    return Ticket.objects.open().filter(
        ~Q(assignee__in=able) | Q(Exists(warned), assignee__in=away) | hidden_tickets()
    )


@transaction.atomic
def _give_on(numbers: Sequence[int], *, at: datetime) -> int:
    held = unattended(at=at).filter(number__in=numbers)
    tickets = held.select_for_update(no_key=True, skip_locked=True, of=("self",))
    together = tickets.select_related("team", "rule", "response__customer__account")
    found = list(together.order_by("number"))
    above = overseers() if found else ()
    return move(found, _keeper, reason=REASON, at=at, overseers=above)


def _keeper(roster: Roster, ticket: Ticket) -> Owner:
    owner = roster.workers[ticket.assignee_id]
    if owner.may_work and not owner.may_see(facts_of(ticket)):
        return seeing_successor(roster, ticket)
    return successor(roster, ticket)
