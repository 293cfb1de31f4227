"""Work that is there already finds another owner: from who is away to the deputy, from
the lead to who is free again, from who leaves to those who stay."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db import transaction
from django.db.models import F, QuerySet

from events import outbox
from events.models import Event
from teams import absences
from teams.leaving import ALL, Part
from teams.models import Absence, Notification, Team, User
from teams.notices import notify_all
from teams.roles import Role
from tickets import clocks
from tickets.models import Clock, Rule, Ticket
from tickets.out_of_sight import tickets_hidden_from
from tickets.routing import (
    DEPUTY,
    LEAD,
    Owner,
    Roster,
    facts_of,
    owner_of,
    roster_of,
)
from tickets.working_time import NeverOpen

BATCH = 200
UNMET = (Clock.State.RUNNING, Clock.State.PAUSED, Clock.State.BREACHED)
# Why a ticket changed hands, as its event says.
ABSENCE, FREE_AGAIN, LEFT = "absence", "free_again", "left"
LEFT_TEAM, HIDDEN = "left_team", "hidden"
OVERSEERS = (Role.CX_MANAGER, Role.ADMINISTRATOR)
# What the new owner is told, where nobody is away.
NOTICES = {
    FREE_AGAIN: "ticket_assigned",
    LEFT: "ticket_passed_on",
    LEFT_TEAM: "ticket_passed_on",
    HIDDEN: "ticket_passed_on",
}
type_of_choice = Callable[[Roster, Ticket], Owner | None]
T = TypeVar("T")


class _Move(NamedTuple):
    """A ticket that has its new owner already, and from whom."""

    ticket: Ticket
    before: int
    reason: str
    why: str


def hand_over_due(*, at: datetime) -> int:
    """Give on what people who are away hold, once the share of its time that they
    chose is used up; return how many tickets moved."""
    away = absences.current(at=at).values()
    return sum(_hand_over(absence, at=at) for absence in away)


def hand_out_waiting(*, at: datetime) -> int:
    """Give what waits for an owner to whoever is free now, the most pressing first."""
    teams = Team.objects.filter(pk__in=_waiting().values("team")).order_by("pk")
    return sum(_hand_out(team, at=at) for team in teams)


@transaction.atomic
def stop_waiting() -> int:
    """Whoever has begun to work on a ticket is its owner; return how many had."""
    begun = Ticket.objects.filter(waits_for_owner=True).exclude(
        status=Ticket.Status.OPEN
    )
    held = begun.select_for_update(no_key=True, skip_locked=True)
    numbers = list(held.values_list("number", flat=True))
    return Ticket.objects.filter(number__in=numbers).update(waits_for_owner=False)


@transaction.atomic
def clear_desk(person: User, part: Part = ALL, *, at: datetime) -> int:
    """Give their open tickets to others when somebody leaves, leaves a team or may not
    see them any more; return how many."""
    held = Ticket.objects.select_for_update(no_key=True, of=("self",))
    tickets = list(_open_of(person, held, part).order_by("number"))
    if not tickets:
        return 0
    choose, above = _choice_for(person, part), _overseers_for(part)
    return sum(
        move(batch, choose, reason=reason_of(part), at=at, overseers=above)
        for batch in batches_of(tickets)
    )


def reason_of(part: Part) -> str:
    if part.narrowed:
        return HIDDEN
    return LEFT_TEAM if part.team else LEFT


def plan_for(person: User, part: Part = ALL, *, at: datetime) -> dict[User, int]:
    """Who would get how many of their open tickets if they left now; themselves what
    stays, because nobody at work may see it."""
    tickets = list(_open_of(person, Ticket.objects.all(), part).order_by("number"))
    if not tickets:
        return {}
    choose = _choice_for(person, part)
    roster = _roster_for(tickets, at=at, overseers=_overseers_for(part))
    chosen = [choose(roster, ticket) for ticket in tickets]
    counts = Counter(owner.id for owner in chosen if owner)
    heirs = User.objects.in_bulk(counts)
    return {heirs[pk]: count for pk, count in counts.most_common()}


def successor(roster: Roster, ticket: Ticket, *, team_first: bool = False) -> Owner:
    """Who takes a ticket over from its owner, who cannot keep it.

    Their deputy, the lead, the least loaded of the team; with `team_first` the team
    before the lead. It stays where it is when nobody is at work.
    """
    before, facts, team = ticket.assignee_id, facts_of(ticket), ticket.team
    if before in roster.workers:
        roster.workers[before].is_at_work = False
    deputy = roster.stand_in(before, facts)
    if deputy is not None:
        return Owner(roster.count(deputy), why=DEPUTY)
    lead = roster.find_at_work(team.lead_id)
    free = roster.find_owner(facts, rule=None, team=team, account=None)
    if free is not None and (team_first or lead is None):
        roster.count(free.id)
        return free
    if lead is not None:
        why = LEAD if lead == team.lead_id else DEPUTY
        return Owner(roster.count(lead), waits=roster.has_others(team), why=why)
    return Owner(before, waits=ticket.waits_for_owner)


def seeing_successor(roster: Roster, ticket: Ticket) -> Owner:
    """Who takes a ticket over that its owner may not see. It stays where it is when
    nobody who may see it is at work."""
    before, facts, team = ticket.assignee_id, facts_of(ticket), ticket.team
    roster.workers[before].is_at_work = False
    free = roster.find_owner(facts, rule=None, team=team, account=None)
    if free is not None:
        roster.count(free.id)
        return free
    owner = roster.find_seeing(facts, team)
    if owner is not None:
        roster.count(owner.id)
        return owner._replace(waits=roster.has_others(team))
    return Owner(before, waits=ticket.waits_for_owner)


def overseers() -> list[int]:
    """Who answers for what nobody of its team may see."""
    people = User.objects.filter(is_active=True, role__in=OVERSEERS)
    return list(people.order_by("pk").values_list("pk", flat=True))


def move(
    tickets: Collection[Ticket],
    choose: type_of_choice,
    *,
    reason: str,
    at: datetime,
    overseers: Collection[int] = (),
) -> int:
    """Give held tickets to whom `choose` says; return how many changed hands."""
    roster = _roster_for(tickets, at=at, overseers=overseers)
    changed: list[_Move] = []
    for ticket in tickets:
        owner, before = choose(roster, ticket), ticket.assignee_id
        if owner is None or owner[:2] == (before, ticket.waits_for_owner):
            continue
        ticket.assignee_id, ticket.waits_for_owner = owner.id, owner.waits
        changed.append(_Move(ticket, before, reason, owner.why))
    if changed:
        _write(changed, at=at)
    return len(changed)


def share_used(clock: Clock, *, at: datetime) -> float:
    """The used share of a promise's working time, in percent; 100 is the deadline."""
    pauses = clock.closed_pauses
    if clock.is_paused:
        pauses = [*pauses, (datetime.fromisoformat(clock.pauses[-1][0]), at)]
    start = min(clock.started_at, at)
    calendar = clocks.calendar_for(clock)
    try:
        used = calendar.elapsed(start, at, pauses=pauses)
    except NeverOpen:
        used = clocks.ROUND_THE_CLOCK.elapsed(start, at, pauses=pauses)
    return 100 * (used / (clock.target_minutes * clocks.MINUTE))


def batches_of(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


def _hand_over(absence: Absence, *, at: datetime) -> int:
    due = _due_numbers(absence, at=at)
    return sum(_hand_over_batch(absence, batch, at=at) for batch in batches_of(due))


@transaction.atomic
def _hand_over_batch(absence: Absence, numbers: Sequence[int], *, at: datetime) -> int:
    held = Ticket.objects.select_for_update(
        no_key=True, skip_locked=True, of=("self",)
    ).filter(number__in=numbers)
    tickets = list(_open_of(absence.user, held).order_by("number"))
    return move(tickets, successor, reason=ABSENCE, at=at)


def _due_numbers(absence: Absence, *, at: datetime) -> list[int]:
    mine = _open_of(absence.user, Ticket.objects.all())
    if absence.hand_over_at == 0:
        return list(mine.order_by("number").values_list("number", flat=True))
    unmet = Clock.objects.filter(
        ticket__in=mine.order_by(), state__in=UNMET, task__isnull=True
    ).select_related("ticket__team__working_hours")
    used = {
        clock.ticket_id
        for clock in unmet
        if share_used(clock, at=at) >= absence.hand_over_at
    }
    return sorted(used)


def _hand_out(team: Team, *, at: datetime) -> int:
    given = 0
    while moved := _hand_out_batch(team, at=at):
        given += moved
    return given


@transaction.atomic
def _hand_out_batch(team: Team, *, at: datetime) -> int:
    held = (
        _waiting()
        .filter(team=team)
        .select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("team", "rule", "response__customer__account")
        .order_by(F("next_due_at").asc(nulls_last=True), "number")[:BATCH]
    )
    return move(list(held), _by_rule, reason=FREE_AGAIN, at=at)


def _waiting() -> "QuerySet[Ticket]":
    return Ticket.objects.filter(waits_for_owner=True, status=Ticket.Status.OPEN)


def _by_rule(roster: Roster, ticket: Ticket) -> Owner | None:
    """As the rule gave it out when it came; None while nobody is free."""
    free = roster.find_owner(
        facts_of(ticket),
        rule=ticket.rule,
        team=ticket.team,
        account=owner_of(ticket.response),
    )
    if free is not None:
        roster.count(free.id)
    return free


def _choice_for(person: User, part: Part) -> type_of_choice:
    return seeing_successor if part.narrowed else _left_by(person)


def _overseers_for(part: Part) -> Collection[int]:
    return overseers() if part.narrowed else ()


def _left_by(person: User) -> type_of_choice:
    def choose(roster: Roster, ticket: Ticket) -> Owner:
        owner = successor(roster, ticket, team_first=True)
        if owner.id == person.pk:
            # Nobody is at work: the lead answers, at work or not.
            waits = roster.has_others(ticket.team)
            return Owner(ticket.team.lead_id, waits=waits, why=LEAD)
        return owner

    return choose


def _open_of(
    person: User, tickets: "QuerySet[Ticket]", part: Part = ALL
) -> "QuerySet[Ticket]":
    mine = tickets.filter(assignee=person).exclude(status=Ticket.Status.RESOLVED)
    if part.team is not None:
        mine = mine.filter(team=part.team)
    if part.narrowed is not None:
        mine = mine.filter(tickets_hidden_from(part.narrowed))
    return mine.select_related("team", "rule", "response__customer__account")


def _roster_for(
    tickets: Iterable[Ticket], *, at: datetime, overseers: Collection[int] = ()
) -> Roster:
    tickets = list(tickets)
    people = {*overseers, *(ticket.assignee_id for ticket in tickets)}
    rules = [ticket.rule for ticket in tickets if ticket.rule]
    people |= {rule.person_id for rule in rules if rule.person_id is not None}
    accounts = (owner_of(ticket.response) for ticket in tickets)
    people |= {owner for owner in accounts if owner is not None}
    turns = any(rule.strategy == Rule.Strategy.ROUND_ROBIN for rule in rules)
    teams = {ticket.team for ticket in tickets}
    roster = roster_of(people, teams, turns=turns, at=at)
    roster.overseers = overseers
    return roster


def _write(changed: Sequence[_Move], *, at: datetime) -> None:
    tickets = [one.ticket for one in changed]
    Ticket.objects.bulk_update(tickets, ["assignee", "waits_for_owner"])
    moved = [one for one in changed if one.ticket.assignee_id != one.before]
    outbox.record_all([_event(one, at) for one in moved])
    names = User.objects.in_bulk({one.before for one in moved})
    notify_all([_notice(one, names[one.before], at) for one in moved])


def _event(one: _Move, at: datetime) -> Event:
    ticket = one.ticket
    return outbox.event_for(
        "ticket.assigned",
        subject=("ticket", ticket.number),
        at=at,
        payload={
            "day": ticket.day.isoformat(),
            "before": one.before,
            "to": ticket.assignee_id,
            "reason": one.reason,
            "why": str(one.why),
        },
    )


def _notice(one: _Move, before: User, at: datetime) -> Notification:
    ticket, kind = one.ticket, NOTICES.get(one.reason, "ticket_handed_over")
    params = {"number": ticket.number, "subject": ticket.subject}
    return Notification(
        user_id=ticket.assignee_id,
        kind=kind,
        params=params if kind == "ticket_assigned" else {**params, "name": str(before)},
        url=ticket.get_absolute_url(),
        created_at=at,
    )
