"""Whose ticket it is: account owner, else the least loaded of the team, else its lead.

Owner and members count only while they are at work, may work on tickets, and may see
this customer; the lead answers for whatever is left, so no ticket is without an owner.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from events.prepared import Prepared
from surveys.models import Response
from teams.models import DataScope, Team
from teams.roles import ABILITIES, Ability
from tickets.models import Rule

PRIORITY_OF_TIER = {"platinum": Rule.Priority.URGENT, "gold": Rule.Priority.HIGH}
WORKERS = [role for role, able in ABILITIES.items() if Ability.WORK_TICKETS in able]


@dataclass
class Roster:
    """Who may take tickets just now and how many open ones each has.

    Read once per batch; every ticket given out in the batch is counted on top. Two
    drainers at the same moment may count the same load: the balance is then out by
    their batch, never the ownership.
    """

    members: dict[int, list[int]]
    at_work: set[int]
    scopes: dict[int, list[DataScope]]
    load: dict[int, int]

    def assignee_for(self, response: Response, *, rule: Rule, team: Team) -> int:
        """The id of the new owner, who is counted as having one ticket more."""
        facts: dict[str, str] = {
            DataScope.Dimension.REGION: response.region,
            DataScope.Dimension.PRODUCT_LINE: response.product_line,
            DataScope.Dimension.TIER: response.tier,
            DataScope.Dimension.TEAM: str(team.pk),
        }
        chosen = self._owner(response, rule, facts)
        if chosen is None:
            chosen = self._least_loaded(team, facts)
        if chosen is None:
            chosen = team.lead_id
        self.load[chosen] += 1
        return chosen

    def _owner(
        self, response: Response, rule: Rule, facts: Mapping[str, str]
    ) -> int | None:
        owner = owner_of(response)
        if rule.strategy != Rule.Strategy.ACCOUNT_OWNER or owner is None:
            return None
        takes = owner in self.at_work and self._may_see(owner, facts)
        return owner if takes else None

    def _least_loaded(self, team: Team, facts: Mapping[str, str]) -> int | None:
        free = [p for p in self.members.get(team.pk, ()) if self._may_see(p, facts)]
        return min(free, key=lambda person: (self.load[person], person), default=None)

    def _may_see(self, person: int, facts: Mapping[str, str]) -> bool:
        """As teams.access.scope_condition says it in SQL, for one ticket to be."""
        lines = self.scopes.get(person, ())
        return all(
            _admits([line for line in lines if line.dimension == dimension], value)
            for dimension, value in facts.items()
        )


def roster_for(responses: Collection[Response], teams: Iterable[Team]) -> Roster:
    """Everybody who could get one of these, in one query."""
    values = {
        "owners": list({o for r in responses if (o := owner_of(r)) is not None}),
        "teams": list({team.pk for team in teams}),
        "roles": [str(role) for role in WORKERS],
    }
    roster = Roster(defaultdict(list), set(), {}, defaultdict(int))
    with connection.cursor() as cursor:
        _PEOPLE.execute(cursor, values)
        for person, seats, scopes, load in cursor.fetchall():
            roster.at_work.add(person)
            for team in seats:
                roster.members[team].append(person)
            roster.scopes[person] = [DataScope(**line) for line in json.loads(scopes)]
            roster.load[person] = load
    return roster


def owner_of(response: Response) -> int | None:
    """The account manager who answers for the customer's company."""
    customer = response.customer
    return customer.account.owner_id if customer and customer.account else None


def priority_for(response: Response, *, rule: Rule) -> str:
    """What the rule says, else by tier."""
    customer = response.customer
    tier = response.tier or (customer.customer_tier if customer else "")
    return rule.priority or PRIORITY_OF_TIER.get(
        tier.strip().lower(), Rule.Priority.NORMAL
    )


def _admits(lines: Collection[DataScope], value: str) -> bool:
    denied = {s.value for s in lines if s.effect == DataScope.Effect.DENY}
    allowed = {s.value for s in lines if s.effect == DataScope.Effect.ALLOW}
    return value not in denied and (not allowed or value in allowed)


_PEOPLE = Prepared(
    "cem_people_for_tickets",
    {"owners": "bigint[]", "teams": "bigint[]", "roles": "varchar[]"},
    """
    SELECT u.id,
        ARRAY(SELECT m.team_id FROM teams_membership m
            WHERE m.user_id = u.id AND m.team_id = ANY(%(teams)s)),
        (SELECT COALESCE(jsonb_agg(jsonb_build_object('effect', s.effect,
                'dimension', s.dimension, 'value', s.value)), '[]')
            FROM teams_datascope s WHERE s.user_id = u.id),
        (SELECT count(*) FROM tickets_ticket t
            WHERE t.assignee_id = u.id AND t.status <> 'resolved')
    FROM teams_user u
    WHERE u.is_active AND u.is_present AND u.role = ANY(%(roles)s) AND u.id IN (
        SELECT user_id FROM teams_membership WHERE team_id = ANY(%(teams)s)
        UNION SELECT unnest(%(owners)s))
    ORDER BY u.id""",
)
