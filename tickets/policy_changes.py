"""A changed SLA policy moves the promises that are still open and unbroken."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from events import outbox
from teams.models import User
from tickets import clocks
from tickets.models import Clock, SlaPolicy, Ticket

MOVABLE = (Clock.State.RUNNING, Clock.State.PAUSED)


@transaction.atomic
def change_policy(
    policy: SlaPolicy,
    *,
    first_contact_minutes: int,
    resolution_minutes: int,
    by: User,
    at: datetime,
) -> int:
    """Give the policy new targets, as a new version; return how many clocks moved.

    Start and pauses stay. What is met, or already broken, is never rewritten.
    """
    policy = SlaPolicy.objects.select_for_update().get(pk=policy.pk)
    wanted = (first_contact_minutes, resolution_minutes)
    if wanted == (policy.first_contact_minutes, policy.resolution_minutes):
        return 0
    policy.first_contact_minutes, policy.resolution_minutes = wanted
    policy.version += 1
    policy.save()
    outbox.record(
        "sla_policy.changed",
        subject=("sla_policy", policy.pk),
        at=at,
        actor=by.email,
        payload={
            "version": policy.version,
            "first_contact_minutes": first_contact_minutes,
            "resolution_minutes": resolution_minutes,
        },
    )
    return sum(_move(ticket, policy, by=by, at=at) for ticket in _waiting(policy))


def movable_tickets(policy: SlaPolicy) -> int:
    """How many tickets a change of this policy would touch."""
    return _tickets_under(policy).count()


def _move(ticket: Ticket, policy: SlaPolicy, *, by: User, at: datetime) -> int:
    held = clocks.clocks_of(ticket)
    moved = 0
    for clock in held.values():
        minutes = policy.minutes_for(clock.kind)
        movable = clock.policy_id == policy.pk and clock.state in MOVABLE
        if movable and minutes != clock.target_minutes:
            clock.policy = policy
            clocks.retarget(clock, minutes=minutes, by=by, at=at)
            moved += 1
    if moved:
        ticket.save_deadlines(held.values())
    return moved


def _waiting(policy: SlaPolicy) -> Iterator[Ticket]:
    # Tickets before clocks and by number, as every act does: so no two can deadlock.
    numbers = _tickets_under(policy).values("number")
    held = Ticket.objects.filter(number__in=numbers).order_by("number")
    yield from held.select_for_update(no_key=True, of=("self",)).select_related(
        "team__working_hours"
    )


def _tickets_under(policy: SlaPolicy) -> QuerySet[Ticket]:
    under = Clock.objects.filter(policy=policy, state__in=MOVABLE)
    return Ticket.objects.open().filter(number__in=under.values("ticket"))
