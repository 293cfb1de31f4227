"""Which targets a policy promises in a given case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from teams.models import User
from tickets import clocks
from tickets.models import Clock, IllegalAct, SlaPolicy, SlaTarget, Ticket

# What a change of targets may still move.
MOVABLE = (Clock.State.RUNNING, Clock.State.PAUSED)


@dataclass(frozen=True)
class Targets:
    """Minutes of working time; `next_response` is None where nothing is promised.

    `priority` and `tier` name the exception that they come from; both empty: the base.
    """

    first_contact: int
    next_response: int | None
    resolution: int
    priority: str = ""
    tier: str = ""

    def of(self, kind: str) -> int | None:
        """The target of a clock of this kind; None for a promise not made here."""
        return {
            Clock.Kind.FIRST_CONTACT: self.first_contact,
            Clock.Kind.NEXT_RESPONSE: self.next_response,
            Clock.Kind.RESOLUTION: self.resolution,
        }.get(Clock.Kind(kind))


def targets_for(policy: SlaPolicy, *, priority: str, tier: str) -> Targets:
    """The exception that names most of the case, tier before priority; else the base.

    Reads `policy.targets`: prefetch it where many cases are asked about.
    """
    return choose(policy, policy.targets.all(), priority=priority, tier=tier)


def choose(
    policy: SlaPolicy, exceptions: Iterable[SlaTarget], *, priority: str, tier: str
) -> Targets:
    """The same with exceptions that may not be saved yet."""
    fitting = [
        target
        for target in exceptions
        if target.priority in ("", priority)
        and (not target.tier or target.tier.casefold() == tier.casefold())
    ]
    best = max(fitting, key=lambda t: (bool(t.tier), bool(t.priority)), default=None)
    if best is None:
        return Targets(
            policy.first_contact_minutes,
            policy.next_response_minutes,
            policy.resolution_minutes,
        )
    return Targets(
        best.first_contact_minutes,
        best.next_response_minutes,
        best.resolution_minutes,
        best.priority,
        best.tier,
    )


@transaction.atomic
def change_priority(
    ticket: Ticket, *, priority: str, by: User | None, at: datetime, reason: str = ""
) -> None:
    """Give the ticket another priority; its open promises count to the new targets.

    Start and pauses stay. Raises IllegalAct.
    """
    ticket.hold()
    ticket.refuse_if_resolved()
    if priority == ticket.priority:
        raise IllegalAct(_("The ticket has this priority already."))
    before, ticket.priority = ticket.priority, priority
    ticket.save(update_fields=["priority"])
    held = clocks.clocks_of(ticket)
    for clock in held.values():
        if clock.state in MOVABLE:
            _retarget(clock, ticket, by=by, at=at)
    ticket.save_deadlines(held.values())
    ticket.record(
        "ticket.priority_changed",
        by=by,
        at=at,
        before=before,
        priority=priority,
        reason=reason[:200],
    )


def _retarget(clock: Clock, ticket: Ticket, *, by: User | None, at: datetime) -> None:
    targets = targets_for(clock.policy, priority=ticket.priority, tier=ticket.tier)
    minutes = targets.of(clock.kind)
    if minutes is not None and minutes != clock.target_minutes:
        words = str(Ticket.Priority(ticket.priority).label)
        clocks.retarget(clock, minutes=minutes, by=by, at=at, reason=words)
