"""What a level of the ladder does: it tells people, hands on, raises the priority."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from events import outbox
from teams.models import Notification
from teams.notices import notify_all
from tickets import clocks
from tickets.colleagues import find_least_loaded
from tickets.ladder import DEADLINE, Step
from tickets.models import Clock, EscalationLevel, Rule, Ticket
from tickets.models.ticket import URGENCY
from tickets.policies import change_priority
from tickets.routing import LEAD, roster_of

REASON = "escalation"
BREACHED = {
    Clock.Kind.FIRST_CONTACT: "ticket_breached",
    Clock.Kind.NEXT_RESPONSE: "ticket_response_breached",
    Clock.Kind.RESOLUTION: "ticket_resolution_breached",
    Clock.Kind.TASK: "task_breached",
}
REACHED = {
    Clock.Kind.FIRST_CONTACT: "ticket_contact_reached",
    Clock.Kind.NEXT_RESPONSE: "ticket_response_reached",
    Clock.Kind.RESOLUTION: "ticket_resolution_reached",
    Clock.Kind.TASK: "task_reached",
}
Reassign = EscalationLevel.Reassign
Notify = EscalationLevel.Notify


@dataclass
class Fired:
    """A level that a clock has reached; `did` fills with what came of it."""

    clock: Clock
    step: Step
    reached_at: datetime
    round: int
    did: dict[str, Any] = field(default_factory=dict)

    @property
    def owner_id(self) -> int:
        """Who owes what the clock promises."""
        task = self.clock.task
        return task.assignee_id if task else self.clock.ticket.assignee_id


def carry_out(fired: Sequence[Fired], *, at: datetime) -> None:
    """Do it, in order; the tickets are held by the caller.

    A clock that reached several levels since the last look tells people of the highest
    alone: the others are history already.
    """
    _share_tickets(fired)
    for one in fired:
        if one.step.reassign:
            _hand_on(one, at=at)
        if one.step.raises_priority and one.clock.task is None:
            _raise_priority(one, at=at)
    highest = {one.clock.pk: one for one in fired}
    audience = _audience(fired)
    notices: list[Notification] = []
    for one in highest.values():
        people = audience[one.clock.pk]
        one.did["notified"] = people
        notices += [_notice(one, person, at=at) for person in people]
    if notices:
        notify_all(notices)


def _share_tickets(fired: Iterable[Fired]) -> None:
    """Two clocks of a ticket read the same owner, whichever of them changes it."""
    tickets: dict[int, Ticket] = {}
    for one in fired:
        one.clock.ticket = tickets.setdefault(one.clock.ticket_id, one.clock.ticket)


def _audience(fired: Iterable[Fired]) -> dict[int, list[int]]:
    """Whom the levels of each clock tell, as they are after all acts."""
    people: dict[int, set[int]] = {}
    for one in fired:
        told = people.setdefault(one.clock.pk, set())
        if one.step.notify:
            told.add(one.owner_id)
        if one.step.notify == Notify.LEAD:
            told.add(clocks.team_of(one.clock).lead_id)
            if one.step.percent >= DEADLINE:
                # Whoever waits for a department has to know that it is late.
                told.add(one.clock.ticket.assignee_id)
    return {clock: sorted(told) for clock, told in people.items()}


def _notice(one: Fired, person: int, *, at: datetime) -> Notification:
    clock = one.clock
    kinds = BREACHED if one.step.percent == DEADLINE else REACHED
    return Notification(
        user_id=person,
        kind=kinds[Clock.Kind(clock.kind)],
        params={
            "number": clock.ticket_id,
            "subject": clock.ticket.subject,
            "percent": one.step.percent,
            **({"title": clock.task.title} if clock.task else {}),
        },
        url=(clock.task or clock.ticket).get_absolute_url(),
        created_at=at,
    )


def _hand_on(one: Fired, *, at: datetime) -> None:
    """To whom the level says; it stays where it is where that is nobody else."""
    team, ticket, before = clocks.team_of(one.clock), one.clock.ticket, one.owner_id
    chosen: int | None = None
    why = LEAD
    if one.step.reassign == Reassign.LEAST_LOADED:
        chosen = find_least_loaded(team, ticket, at=at, without=before)
        why = str(Rule.Strategy.LEAST_LOADED) if chosen else LEAD
    chosen = chosen or roster_of((), [team], at=at).lead_of(team)
    if chosen == before:
        return
    task = one.clock.task
    if task:
        task.assignee_id = chosen
        task.save(update_fields=["assignee"])
    else:
        ticket.assignee_id, ticket.waits_for_owner = chosen, False
        ticket.save(update_fields=["assignee", "waits_for_owner"])
    one.did["assignee"] = [before, chosen]
    name = "ticket.task_handed_on" if task else "ticket.assigned"
    _record(one, name, at=at, before=before, to=chosen, why=why)


def _raise_priority(one: Fired, *, at: datetime) -> None:
    """By one step; the promises that are not broken yet count to its targets."""
    ticket = one.clock.ticket
    step = URGENCY.index(ticket.priority) if ticket.priority in URGENCY else 0
    if step == 0:
        return
    before, after = str(ticket.priority), URGENCY[step - 1]
    change_priority(ticket, priority=after, by=None, at=at, reason=REASON)
    one.did["priority"] = [before, after]


def _record(one: Fired, name: str, *, at: datetime, **payload: object) -> None:
    ticket = one.clock.ticket
    if one.clock.task_id:
        payload["task"] = one.clock.task_id
    outbox.record(
        name,
        subject=("ticket", ticket.number),
        at=at,
        payload={
            "day": ticket.day.isoformat(),
            "reason": REASON,
            "percent": one.step.percent,
            **payload,
        },
    )
