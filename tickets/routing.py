"""Whose ticket it is: as the rule says, else the least loaded of the team, else its lead.

Only who is free gets work: at work, allowed to work on tickets and to see this
customer, below their capacity. Whoever is away has their deputy in their place. The
lead answers for whatever is left, so no ticket is without an owner.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from events.prepared import Prepared
from surveys.models import Response
from teams.models import DataScope, Team
from teams.roles import ABILITIES, Ability
from tickets.models import Rule, Ticket

PRIORITY_OF_TIER = {"platinum": Rule.Priority.URGENT, "gold": Rule.Priority.HIGH}
WORKERS = [role for role, able in ABILITIES.items() if Ability.WORK_TICKETS in able]
Facts = Mapping[str, str]


# How somebody was chosen, beside by the strategies of rules.
DEPUTY, LEAD = "deputy", "lead"
# Nobody of the team may see it, this person may.
OVERSEER = "overseer"


class Owner(NamedTuple):
    """`waits`: nobody was free, the lead answers for it until somebody is. `why`: how
    they were chosen, a strategy, DEPUTY or LEAD; empty: it stays with them."""

    id: int
    waits: bool = False
    why: str = ""


@dataclass
class Worker:
    """What routing has to know of a person."""

    id: int
    scopes: list[DataScope]
    load: int
    capacity: int | None
    skills: list[str]
    # Their role and account let them work on tickets at all.
    may_work: bool
    is_at_work: bool
    # Of their current absence.
    deputy: int | None
    # The number of their newest ticket, read only where turns are taken.
    last: int

    def may_see(self, facts: Facts) -> bool:
        """As teams.access.scope_condition says it in SQL, for one ticket to be."""
        return all(
            _admits([s for s in self.scopes if s.dimension == dimension], value)
            for dimension, value in facts.items()
        )

    def is_seeing(self, facts: Facts) -> bool:
        return self.is_at_work and self.may_see(facts)

    def is_free(self, facts: Facts) -> bool:
        has_room = self.capacity is None or self.load < self.capacity
        return has_room and self.is_seeing(facts)


@dataclass
class Roster:
    """Who may take tickets just now and how many open ones each has.

    Read once per batch; every ticket given out in the batch is counted on top. Two
    drainers at the same moment may count the same load: the balance is then out by
    their batch, never the ownership.
    """

    workers: dict[int, Worker] = field(default_factory=dict)
    members: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    # Asked only about what the team may not see.
    overseers: Collection[int] = ()
    # Given out in this batch: later turns than any number read.
    turns: Counter[int] = field(default_factory=Counter)

    def assignee_for(self, response: Response, *, rule: Rule, team: Team) -> int:
        """The id of the new owner, who is counted as having one ticket more."""
        return self.owner_for(response, rule=rule, team=team).id

    def owner_for(self, response: Response, *, rule: Rule, team: Team) -> Owner:
        """As `assignee_for`, and whether the ticket waits for somebody to be free."""
        facts = _facts(response, team.pk)
        free = self.find_owner(facts, rule=rule, team=team, account=owner_of(response))
        if free is not None:
            self.count(free.id)
            return free
        lead = self.count(self.lead_of(team))
        why = LEAD if lead == team.lead_id else DEPUTY
        return Owner(lead, waits=self.has_others(team), why=why)

    def find_free(
        self, facts: Facts, *, rule: Rule | None, team: Team, account: int | None
    ) -> int | None:
        """Who takes it by the rule's strategy; None when nobody is free."""
        owner = self.find_owner(facts, rule=rule, team=team, account=account)
        return owner.id if owner else None

    def find_owner(
        self, facts: Facts, *, rule: Rule | None, team: Team, account: int | None
    ) -> Owner | None:
        """The same with how they were chosen."""
        strategy = rule.strategy if rule else Rule.Strategy.LEAST_LOADED
        named = None
        if strategy == Rule.Strategy.ACCOUNT_OWNER:
            named = account
        elif strategy == Rule.Strategy.PERSON and rule:
            named = rule.person_id
        chosen = self.stand_in(named, facts)
        if chosen is not None:
            return Owner(chosen, why=strategy if chosen == named else DEPUTY)
        return self._find_in(team, facts, rule=rule, strategy=strategy)

    def _find_in(
        self, team: Team, facts: Facts, *, rule: Rule | None, strategy: str
    ) -> Owner | None:
        free = self._free_in(team, facts)
        if not free:
            return None
        if strategy == Rule.Strategy.ROUND_ROBIN:
            return Owner(min(free, key=self._turn), why=strategy)
        why = str(Rule.Strategy.LEAST_LOADED)
        if strategy == Rule.Strategy.SKILL and rule:
            able = [p for p in free if rule.skill.lower() in self.workers[p].skills]
            free, why = able or free, strategy if able else why
        return Owner(min(free, key=self._load), why=why)

    def stand_in(self, person: int | None, facts: Facts) -> int | None:
        """The person, or the first free one in the chain of deputies; a ring of
        people who are all away ends with None."""
        seen: set[int] = set()
        while person is not None and person not in seen:
            seen.add(person)
            worker = self.workers.get(person)
            if worker is None or worker.is_free(facts):
                return person if worker else None
            person = worker.deputy
        return None

    def lead_of(self, team: Team) -> int:
        """The lead, or whoever stands in; the lead all the same where nobody does."""
        return self.find_at_work(team.lead_id) or team.lead_id

    def find_at_work(self, person: int | None) -> int | None:
        """As `stand_in`, whatever their load: somebody has to answer for it."""
        seen: set[int] = set()
        while person is not None and person not in seen:
            seen.add(person)
            worker = self.workers.get(person)
            if worker is None or worker.is_at_work:
                return person if worker else None
            person = worker.deputy
        return None

    def find_seeing(self, facts: Facts, team: Team) -> Owner | None:
        """Who answers for what nobody of the team is free to take: the lead, else of
        the team, else of the overseers whoever may see it and has the least to do."""
        for people, why in (
            ([team.lead_id], LEAD),
            (self.members.get(team.pk, ()), str(Rule.Strategy.LEAST_LOADED)),
            (self.overseers, OVERSEER),
        ):
            known = [p for p in people if p in self.workers]
            able = [p for p in known if self.workers[p].is_seeing(facts)]
            if able:
                return Owner(min(able, key=self._load), why=why)
        return None

    def count(self, person: int) -> int:
        """Count one ticket more for the person; give their id back."""
        self.turns[person] = max(self.turns.values(), default=0) + 1
        if person in self.workers:
            self.workers[person].load += 1
        return person

    def has_others(self, team: Team) -> bool:
        """Whether anybody but the lead could ever take it."""
        seated = self.members.get(team.pk, ())
        return any(p != team.lead_id and self.workers[p].may_work for p in seated)

    def _free_in(self, team: Team, facts: Facts) -> list[int]:
        seated = self.members.get(team.pk, ())
        return [person for person in seated if self.workers[person].is_free(facts)]

    def _load(self, person: int) -> tuple[int, int]:
        return self.workers[person].load, person

    def _turn(self, person: int) -> tuple[int, int, int]:
        return self.turns[person], self.workers[person].last, person


def roster_for(
    responses: Iterable[Response],
    teams: Iterable[Team],
    *,
    rules: Iterable[Rule] = (),
    at: datetime,
) -> Roster:
    """Everybody who could get one of these, in one query."""
    rules = list(rules)
    owners = {owner for r in responses if (owner := owner_of(r)) is not None}
    named = {rule.person_id for rule in rules if rule.person_id is not None}
    turns = any(rule.strategy == Rule.Strategy.ROUND_ROBIN for rule in rules)
    return roster_of(owners | named, teams, turns=turns, at=at)


def roster_of(
    people: Iterable[int], teams: Iterable[Team], *, turns: bool = False, at: datetime
) -> Roster:
    """These people, the teams' members and leads, and whoever stands in for one."""
    teams = list({team.pk: team for team in teams}.values())
    values = {
        "people": list({*people, *(team.lead_id for team in teams)}),
        "teams": [team.pk for team in teams],
        "roles": [str(role) for role in WORKERS],
        "turns": turns,
        "at": at,
    }
    roster = Roster()
    with connection.cursor() as cursor:
        _PEOPLE.execute(cursor, values)
        for row in cursor.fetchall():
            _seat(roster, row)
    return roster


def _seat(roster: Roster, row: Sequence[Any]) -> None:
    person, seats, scopes, load, capacity, skills, works, is_here, deputy, last = row
    roster.workers[person] = Worker(
        person,
        [DataScope(**line) for line in json.loads(scopes)],
        load,
        capacity,
        skills,
        works,
        works and is_here,
        deputy,
        last or 0,
    )
    for team in seats:
        roster.members[team].append(person)


def owner_of(response: Response) -> int | None:
    """The account manager who answers for the customer's company."""
    customer = response.customer
    return customer.account.owner_id if customer and customer.account else None


def facts_of(ticket: Ticket) -> Facts:
    """What decides who may see the ticket."""
    return _facts(ticket, ticket.team_id)


def priority_for(response: Response, *, rule: Rule) -> str:
    """What the rule says, else by tier."""
    customer = response.customer
    tier = response.tier or (customer.customer_tier if customer else "")
    return rule.priority or PRIORITY_OF_TIER.get(
        tier.strip().lower(), Rule.Priority.NORMAL
    )


def _facts(case: Response | Ticket, team: int) -> Facts:
    return {
        DataScope.Dimension.REGION: case.region,
        DataScope.Dimension.PRODUCT_LINE: case.product_line,
        DataScope.Dimension.TIER: case.tier,
        DataScope.Dimension.TEAM: str(team),
    }


def _admits(lines: Collection[DataScope], value: str) -> bool:
    denied = {s.value for s in lines if s.effect == DataScope.Effect.DENY}
    allowed = {s.value for s in lines if s.effect == DataScope.Effect.ALLOW}
    return value not in denied and (not allowed or value in allowed)


# A person's newest ticket is looked up only where turns are taken: elsewhere the drain
# would pay for it with every batch.
_PEOPLE = Prepared(
    "cem_people_for_tickets",
    {
        "people": "bigint[]",
        "teams": "bigint[]",
        "roles": "varchar[]",
        "turns": "boolean",
        "at": "timestamptz",
    },
    """
    WITH RECURSIVE away AS (
        SELECT user_id, min(deputy_id) AS deputy_id FROM teams_absence
        WHERE starts_at <= %(at)s AND ends_at > %(at)s
        GROUP BY user_id
    ), asked (id) AS (
        SELECT user_id FROM teams_membership WHERE team_id = ANY(%(teams)s)
        UNION SELECT unnest(%(people)s)
        UNION SELECT away.deputy_id FROM asked JOIN away ON away.user_id = asked.id
    )
    SELECT u.id,
        ARRAY(SELECT m.team_id FROM teams_membership m
            WHERE m.user_id = u.id AND m.team_id = ANY(%(teams)s)),
        (SELECT COALESCE(jsonb_agg(jsonb_build_object('effect', s.effect,
                'dimension', s.dimension, 'value', s.value)), '[]')
            FROM teams_datascope s WHERE s.user_id = u.id),
        (SELECT count(*) FROM tickets_ticket t
            WHERE t.assignee_id = u.id AND t.status <> 'resolved'),
        u.capacity, u.skills,
        u.is_active AND u.role = ANY(%(roles)s),
        u.is_present AND away.user_id IS NULL,
        away.deputy_id,
        CASE WHEN %(turns)s THEN
            (SELECT max(t.number) FROM tickets_ticket t WHERE t.assignee_id = u.id)
        END
    FROM teams_user u LEFT JOIN away ON away.user_id = u.id
    WHERE u.id IN (SELECT id FROM asked)
    ORDER BY u.id""",
)
