"""Whose ticket it is: account owner, else the least loaded of the team, else its lead.

Owner and members count only while they are at work, may work on tickets, and may see
this customer; the lead answers for whatever is left, so no ticket is without an owner.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count

from surveys.models import Response
from teams.models import DataScope, Membership, Team, User
from teams.roles import ABILITIES, Ability
from tickets.models import Rule, Ticket

PRIORITY_OF_TIER = {"platinum": Rule.Priority.URGENT, "gold": Rule.Priority.HIGH}
WORKERS = [role for role, able in ABILITIES.items() if Ability.WORK_TICKETS in able]


@dataclass
class Roster:
    """Who may take tickets just now and how many open ones each has.

    Read once per batch; every ticket given out in the batch is counted on top. Two
    drainers at the same moment may count the same load: the balance is then out by
    their batch, never the ownership.
    """

    members: Mapping[int, list[int]] = field(default_factory=dict)
    at_work: Collection[int] = frozenset()
    scopes: Mapping[int, list[DataScope]] = field(default_factory=dict)
    load: dict[int, int] = field(default_factory=lambda: defaultdict(int))

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
    """Everybody who could get one of these, in four queries."""
    owners = {owner for r in responses if (owner := owner_of(r)) is not None}
    seats = Membership.objects.filter(
        team__in={team.pk for team in teams},
        user__is_active=True,
        user__is_present=True,
        user__role__in=WORKERS,
    )
    members: dict[int, list[int]] = defaultdict(list)
    for team, person in seats.values_list("team_id", "user_id"):
        members[team].append(person)
    at_work = User.objects.filter(
        pk__in=owners, is_active=True, is_present=True, role__in=WORKERS
    )
    present = {*at_work.values_list("pk", flat=True)}
    people = present.union(*members.values())
    return Roster(members, present, _scopes_of(people), _load_of(people))


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


def _scopes_of(people: Collection[int]) -> dict[int, list[DataScope]]:
    scopes: dict[int, list[DataScope]] = defaultdict(list)
    for line in DataScope.objects.filter(user__in=people):
        scopes[line.user_id].append(line)
    return scopes


def _load_of(people: Collection[int]) -> dict[int, int]:
    open_tickets = Ticket.objects.open().filter(assignee__in=people).order_by()
    counted = open_tickets.values_list("assignee").annotate(Count("pk"))
    return defaultdict(int, counted)
