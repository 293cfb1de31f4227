"""Use case: low answers become tickets that somebody owns against a clock.

Made for batches: the number of statements does not grow with the number of answers.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID
from zlib import crc32

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from customers.models import Account, Customer
from events import outbox
from events.bulk_insert import insertion
from events.models import Event
from events.prepared import Prepared, execute_together
from surveys.enrichment import enrich
from surveys.models import Response
from teams.models import Notification, Team
from teams.notices import prepared
from tickets import clocks, next_scores
from tickets.models import Rule, SlaPolicy, Ticket, TicketAnswer
from tickets.opened_rows import insert_opened
from tickets.policies import Targets, targets_for
from tickets.routing import Roster, priority_for, roster_for
from tickets.rule_actions import further_notices, watched, write_watchers
from tickets.rule_facts import NO_HISTORY, histories_of
from tickets.rulebook import Rulebook, current_rulebook
from tickets.working_time import WorkingCalendar

# Customer and touchpoint: who may have one open ticket at a time.
Place = tuple[int, int]
# What rules may ask of a comment only once it was read.
ENRICHED = frozenset({"sentiment", "topics"})
# Not needed to open a ticket, and slow to read.
LEFT_OUT = frozenset({"answers", "attributes", "topics", "comment"})


@dataclass
class _Opening:
    """What one call has decided so far; written in bulk at the end."""

    at: datetime
    roster: Roster
    open_at: dict[Place, Ticket]
    calendars: dict[int, WorkingCalendar] = field(default_factory=dict)
    opened: list[Ticket] = field(default_factory=list)
    promised: list[tuple[Ticket, Targets]] = field(default_factory=list)
    answers: list[tuple[Ticket, Response]] = field(default_factory=list)
    # How the owner was chosen, by the answer that opened the ticket.
    whys: dict[UUID, str] = field(default_factory=dict)

    def take(self, response: Response, rule: Rule) -> None:
        place = _place_of(response)
        ticket = self.open_at.get(place) if place else None
        if ticket is None:
            ticket = self._open(response, rule)
            if place:
                self.open_at[place] = ticket
        self.answers.append((ticket, response))

    def _open(self, response: Response, rule: Rule) -> Ticket:
        team = team_for(response, rule)
        owner = self.roster.owner_for(response, rule=rule, team=team)
        self.whys[response.pk] = owner.why
        ticket = Ticket(
            response=response,
            rule=rule,
            rule_version=rule.version,
            problem_type=rule.problem_type,
            tags=rule.tags,
            customer_id=response.customer_id,
            touchpoint=response.touchpoint,
            subject=subject_of(response),
            priority=priority_for(response, rule=rule),
            team=team,
            assignee_id=owner.id,
            waits_for_owner=owner.waits,
            opened_at=response.submitted_at,
            region=response.region,
            product_line=response.product_line,
            tier=response.tier,
            day=response.day,
        )
        self._promise(ticket, rule.sla_policy, start=response.submitted_at)
        self.opened.append(ticket)
        return ticket

    def _promise(self, ticket: Ticket, policy: SlaPolicy, *, start: datetime) -> None:
        calendar = self._calendar_of(ticket.team)
        targets = targets_for(policy, priority=ticket.priority, tier=ticket.tier)
        contact, resolution = (
            clocks.deadline(calendar, start, minutes)
            for minutes in (targets.first_contact, targets.resolution)
        )
        self.promised.append((ticket, targets))
        ticket.first_contact_due_at, ticket.resolution_due_at = contact, resolution
        ticket.next_due_at = min(contact, resolution)

    def _calendar_of(self, team: Team) -> WorkingCalendar:
        if team.pk not in self.calendars:
            self.calendars[team.pk] = clocks.calendar_of(team.working_hours)
        return self.calendars[team.pk]


@transaction.atomic(savepoint=False)
def open_tickets_for(
    response_ids: Collection[UUID | str], *, at: datetime
) -> list[Ticket]:
    """Open a ticket for each answer that a rule takes; return those that were opened.

    A further low answer of the same customer at the same touchpoint is attached to the
    ticket that is still open there. An answer that has its ticket is left alone, so a
    replay changes nothing. Each qualifying answer ends in exactly one ticket.
    """
    rulebook = current_rulebook()
    judged = _judge(response_ids, rulebook)
    if not judged:
        return []
    places = {place for response, _rule in judged if (place := _place_of(response))}
    opening = _Opening(
        at=at,
        roster=roster_for(
            [response for response, _rule in judged],
            {team_for(response, rule) for response, rule in judged},
            rules={rule for _response, rule in judged},
            at=at,
        ),
        open_at=_open_tickets_at(places),
    )
    for response, rule in judged:
        opening.take(response, rule)
    _write(opening)
    return opening.opened


def team_for(response: Response, rule: Rule) -> Team:
    """The rule's team, else the one that owns the touchpoint."""
    return rule.team or response.touchpoint.team


def subject_of(response: Response) -> str:
    """Scores and touchpoint, in no language: `NPS 3/10 · Support call`."""
    scores = (
        ("NPS", response.nps, 10),
        ("CSAT", response.csat, 5),
        ("CES", response.ces, response.ces_scale),
    )
    words = [
        f"{name} {given}/{top}" for name, given, top in scores if given is not None
    ]
    return " · ".join([*words, response.touchpoint.name])


def _judge(
    ids: Collection[UUID | str], rulebook: Rulebook
) -> list[tuple[Response, Rule]]:
    """The answers that a rule takes and that have no ticket yet, oldest first."""
    if rulebook.fields & ENRICHED:
        enrich(ids)
    found = rulebook.sieve(ids)
    if not found:
        return []
    answers = _read(found, rulebook)
    pasts = histories_of(found, rulebook.fields)
    judged = (
        (answer, rulebook.find_rule_for(answer, pasts.get(answer.pk, NO_HISTORY)))
        for answer in answers
    )
    return [(answer, rule) for answer, rule in judged if rule]


def _read(ids: Sequence[UUID], rulebook: Rulebook) -> list[Response]:
    """The answers, oldest first, with as much of the customer as routing asks for."""
    names, statement = _reading(rulebook.fields)
    with connection.cursor() as cursor:
        statement.execute(cursor, {"ids": list(ids)})
        return [_answer_of(row, names, rulebook) for row in cursor.fetchall()]


@cache
def _reading(wanted: frozenset[str]) -> tuple[list[str], Prepared]:
    """The names of an answer's columns that are read, and what reads them."""
    names = [
        field.attname
        for field in Response._meta.concrete_fields
        if field.attname not in LEFT_OUT or field.attname in wanted
    ]
    columns = ", ".join(f"r.{name}" for name in names)
    sql = f"""
        SELECT c.id, c.tier, c.locale, a.id, a.owner_id, a.tier, a.name, a.region,
            {columns}
        FROM surveys_response r
        LEFT JOIN customers_customer c ON c.id = r.customer_id
        LEFT JOIN customers_account a ON a.id = c.account_id
        WHERE r.id = ANY(%(ids)s) ORDER BY r.submitted_at, r.id"""  # noqa: S608
    return names, Prepared(
        f"cem_answers_{crc32(columns.encode())}", {"ids": "uuid[]"}, sql
    )


def _answer_of(row: Sequence[Any], names: list[str], rulebook: Rulebook) -> Response:
    customer, tier, locale, account, *rest = row
    owner, account_tier, name, region, *values = rest
    answer = Response.from_db(DEFAULT_DB_ALIAS, names, values)
    answer.touchpoint = rulebook.touchpoints[answer.touchpoint_id]
    if customer is not None:
        answer.customer = Customer(id=customer, tier=tier, locale=locale)
        if account is not None:
            answer.customer.account = Account(
                id=account, owner_id=owner, tier=account_tier, name=name, region=region
            )
    return answer


def _place_of(response: Response) -> Place | None:
    if response.customer_id is None:
        return None
    return response.customer_id, response.touchpoint_id


def _open_tickets_at(places: Collection[Place]) -> dict[Place, Ticket]:
    """The open ticket at each place, held so that nobody resolves it meanwhile.

    The places are held too, to the end of the transaction: one drainer at a time
    decides about a customer at a touchpoint, and the next one sees the ticket opened
    here. Everybody takes them in one order, so no two wait for each other.
    """
    if not places:
        return {}
    keys = [f"cem.tickets.place:{customer}:{at}" for customer, at in places]
    customers, touchpoints = (list(set(side)) for side in zip(*places, strict=True))
    with connection.cursor() as cursor:
        execute_together(
            cursor,
            (_HOLD, {"places": keys}),
            (_OPEN, {"customers": customers, "touchpoints": touchpoints}),
        )
        held = [Ticket.from_db(DEFAULT_DB_ALIAS, _READ, r) for r in cursor.fetchall()]
    tickets = {(t.customer_id, t.touchpoint_id): t for t in held if t.customer_id}
    return {place: tickets[place] for place in places if place in tickets}


_HOLD = Prepared(
    "cem_hold_places",
    {"places": "text[]"},
    """
    SELECT pg_advisory_xact_lock(hashtextextended(place, 0))
    FROM (SELECT place FROM unnest(%(places)s) place
        ORDER BY hashtextextended(place, 0)) ordered""",
)
_READ = [field.attname for field in Ticket._meta.concrete_fields]
_OPEN = Prepared(
    "cem_open_tickets",
    {"customers": "bigint[]", "touchpoints": "bigint[]"},
    f"""
    SELECT {", ".join(_READ)} FROM tickets_ticket
    WHERE customer_id = ANY(%(customers)s) AND touchpoint_id = ANY(%(touchpoints)s)
        AND status <> 'resolved'
    ORDER BY number FOR NO KEY UPDATE""",  # noqa: S608
)


def _write(opening: _Opening) -> None:
    if opening.opened:
        insert_opened(opening.opened)
    watching = watched(opening.opened, at=opening.at)
    write_watchers(watching)
    taken = [
        TicketAnswer(
            response_id=response.pk, ticket_id=ticket.number, attached_at=opening.at
        )
        for ticket, response in opening.answers
    ]
    further = further_notices(opening.opened, watching, at=opening.at)
    with connection.cursor() as cursor:
        execute_together(
            cursor,
            clocks.starting_clocks_of(opening.promised),
            insertion(taken),
            insertion(prepared([*_notices(opening), *further])),
            next_scores.after(response.pk for _ticket, response in opening.answers),
        )
        said_since = cursor.fetchall()
    opened = [
        _event(ticket, response, opening.whys.get(response.pk, ""))
        for ticket, response in opening.answers
    ]
    outbox.record_all(opened + next_scores.events_of(said_since, at=opening.at))


def _event(ticket: Ticket, response: Response, why: str) -> Event:
    """Dated like the answer: that is when the customer's clock started, however late
    the worker came to it."""
    opened = ticket.response_id == response.pk
    payload: dict[str, Any] = {
        "day": ticket.day.isoformat(),
        "response": str(response.pk),
    }
    if opened:
        payload |= {
            "customer": ticket.customer_id,
            "touchpoint": ticket.touchpoint_id,
            "rule": ticket.rule_id,
            "team": ticket.team_id,
            "assignee": ticket.assignee_id,
            "priority": str(ticket.priority),
            "why": str(why),
        }
    return outbox.event_for(
        "ticket.opened" if opened else "ticket.answer_attached",
        subject=("ticket", ticket.number),
        at=response.submitted_at,
        payload=payload,
    )


def _notices(opening: _Opening) -> list[Notification]:
    return [
        Notification(
            user_id=ticket.assignee_id,
            kind=(
                "ticket_assigned"
                if ticket.response_id == response.pk
                else "ticket_answer_attached"
            ),
            params={"number": ticket.number, "subject": ticket.subject},
            url=ticket.get_absolute_url(),
            created_at=opening.at,
        )
        for ticket, response in opening.answers
    ]
