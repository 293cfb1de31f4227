"""One list of rules in a rehearsal: what it would have opened, for whom, how late."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from customers.conditions import Condition, ConditionError, parse
from customers.models import Account, Customer
from journeys.models import Touchpoint
from surveys.models import Response
from teams.models import DataScope, Team, User
from tickets.models import Clock, Rule, SlaPolicy, Ticket, TicketAnswer
from tickets.past_pace import EVERY_TEAM, Pace, pace_of
from tickets.policies import Targets, targets_for
from tickets.routing import Roster, owner_of, priority_for, roster_of
from tickets.rule_drafts import DraftRule, Rules
from tickets.rule_fields import FIELDS, HISTORY_KEYS
from tickets.rule_names import Known, known
from tickets.rulebook import Rulebook

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
ALWAYS = timedelta(days=36_500)
PROMISES = (Clock.Kind.FIRST_CONTACT, Clock.Kind.RESOLUTION)
Facts = tuple[str, str, str, int]


class Verdict(NamedTuple):
    """The rule that took an answer, and what it does, to be compared."""

    key: str
    does: tuple[object, ...]


@dataclass(frozen=True)
class Stage:
    """What both sides share: people, places, and how it went in truth."""

    known: Known
    touchpoints: Mapping[int, Touchpoint]
    roster: Roster
    pace: Pace
    # When the ticket that took care of an answer was resolved; None while it is open.
    resolved_at: Mapping[UUID, datetime | None]
    customers: dict[int, Customer] = field(default_factory=dict)


def stage_for(user: User, *, since: datetime, at: datetime) -> Stage:
    names = known()
    tickets = Ticket.objects.visible_to(user).filter(opened_at__gte=since)
    owners = Account.objects.filter(owner__isnull=False).values_list("owner", flat=True)
    people = {owner for owner in owners.distinct() if owner is not None}
    return Stage(
        known=names,
        touchpoints=Touchpoint.objects.select_related("team").in_bulk(),
        roster=roster_of(people | names.people.keys(), names.teams.values(), at=at),
        pace=pace_of(tickets, since=since),
        resolved_at=dict(
            TicketAnswer.objects.filter(
                ticket__in=Ticket.objects.visible_to(user),
                response__submitted_at__gte=since,
            ).values_list("response_id", "ticket__resolved_at")
        ),
    )


@dataclass
class _Taken:
    """One readable rule of the side."""

    key: str
    rule: Rule
    condition: Condition
    matched: int = 0
    took: int = 0
    verdict: Verdict = field(init=False)

    def __post_init__(self) -> None:
        rule = self.rule
        self.verdict = Verdict(
            self.key,
            (
                *(rule.team_id, rule.strategy, rule.person_id, rule.skill),
                *(rule.priority, rule.sla_policy_id, rule.problem_type),
                *(tuple(rule.tags), rule.tells_lead),
            ),
        )


class Side:
    """Judges answers in the order in which they were given, and keeps count.

    A ticket stays open as long as it did in truth; where there was none, as long as is
    usual for the team. Owners are as if everybody were at work.
    """

    def __init__(self, stage: Stage, rules: Rules) -> None:
        self.stage = stage
        self.rules = [
            taken for rule in rules if (taken := _readable(rule, stage.known))
        ]
        self.attached = 0
        self.per_day: Counter[date] = Counter()
        self.teams: Counter[int] = Counter()
        self.owners: Counter[int] = Counter()
        self.late: defaultdict[str, list[float]] = defaultdict(list)
        self.open_at: dict[tuple[int, int], datetime] = {}
        self.tickets_of: defaultdict[int, list[tuple[datetime, datetime]]]
        self.tickets_of = defaultdict(list)
        self._free: dict[Facts, list[int]] = {}
        self._late_shares: dict[tuple[int, str, int], float | None] = {}
        self._targets: dict[tuple[int, str, str], Targets] = {}

    @cached_property
    def book(self) -> Rulebook:
        """To ask which answers are worth reading."""
        return Rulebook(tuple((taken.rule, taken.condition) for taken in self.rules))

    def judge(self, answer: Response, values: dict[str, Any]) -> Verdict | None:
        if self._asks_for_tickets:
            values |= self._past(answer)
        first = None
        for taken in self.rules:
            if taken.condition.matches(values):
                taken.matched += 1
                first = first or taken
        if first is None:
            return None
        first.took += 1
        self._take(answer, first.rule)
        return first.verdict

    def told(self) -> dict[str, Any]:
        return {
            "tickets": sum(self.per_day.values()),
            "attached": self.attached,
            "per_day": {day.isoformat(): n for day, n in sorted(self.per_day.items())},
            "teams": self.teams.most_common(),
            "owners": self.owners.most_common(),
            "late": {
                kind: sum(shares) / len(shares) if shares else None
                for kind in PROMISES
                for shares in [self.late[kind]]
            },
        }

    def told_by_rule(self) -> dict[str, list[int]]:
        """By key: how many answers it fits, and how many it takes."""
        return {taken.key: [taken.matched, taken.took] for taken in self.rules}

    @cached_property
    def _asks_for_tickets(self) -> bool:
        return bool(self.book.fields & (HISTORY_KEYS - {"low_in_90_days"}))

    def _past(self, answer: Response) -> dict[str, int | None]:
        if answer.customer_id is None:
            return {"open_tickets": None, "days_since_ticket": None}
        past, now = self.tickets_of[answer.customer_id], answer.submitted_at
        return {
            "open_tickets": sum(ends > now for _opened, ends in past),
            "days_since_ticket": (now - past[-1][0]).days if past else None,
        }

    def _take(self, answer: Response, rule: Rule) -> None:
        place = (answer.customer_id or 0, answer.touchpoint_id)
        now = answer.submitted_at
        if answer.customer_id is not None and self.open_at.get(place, now) > now:
            self.attached += 1
            return
        team = rule.team or answer.touchpoint.team
        ends = self._end(answer, team)
        if answer.customer_id is not None:
            self.open_at[place] = ends
            self.tickets_of[answer.customer_id].append((now, ends))
        self.per_day[answer.day] += 1
        self.teams[team.pk] += 1
        self.owners[self._owner(answer, rule, team)] += 1
        self._promise(answer, rule, team)

    def _end(self, answer: Response, team: Team) -> datetime:
        if answer.pk in self.stage.resolved_at:
            return self.stage.resolved_at[answer.pk] or answer.submitted_at + ALWAYS
        usual = self.stage.pace.usual_length
        length = usual.get(team.pk) or usual.get(EVERY_TEAM) or timedelta(days=2)
        return answer.submitted_at + length

    def _promise(self, answer: Response, rule: Rule, team: Team) -> None:
        priority = priority_for(answer, rule=rule)
        case = (rule.sla_policy_id, priority, answer.tier)
        if case not in self._targets:
            self._targets[case] = targets_for(
                rule.sla_policy, priority=priority, tier=answer.tier
            )
        for kind in PROMISES:
            minutes = self._targets[case].of(kind)
            if minutes is not None:
                share = self._late_share(team.pk, kind, minutes)
                if share is not None:
                    self.late[kind].append(share)

    def _late_share(self, team: int, kind: str, minutes: int) -> float | None:
        asked = (team, kind, minutes)
        if asked not in self._late_shares:
            self._late_shares[asked] = self.stage.pace.late_share(*asked)
        return self._late_shares[asked]

    def _owner(self, answer: Response, rule: Rule, team: Team) -> int:
        facts = (answer.region, answer.product_line, answer.tier, team.pk)
        wanted = {
            Rule.Strategy.ACCOUNT_OWNER: owner_of(answer),
            Rule.Strategy.PERSON: rule.person_id,
        }.get(Rule.Strategy(rule.strategy))
        if wanted is not None and self._takes(wanted, facts):
            return wanted
        able = self._members(facts)
        if rule.strategy == Rule.Strategy.SKILL:
            workers = self.stage.roster.workers
            skilled = [p for p in able if rule.skill.lower() in workers[p].skills]
            able = skilled or able
        # In turn or by load: over many days both come to an even share.
        return min(able, key=lambda p: (self.owners[p], p), default=team.lead_id)

    def _members(self, facts: Facts) -> Collection[int]:
        if facts not in self._free:
            seated = self.stage.roster.members.get(facts[-1], ())
            self._free[facts] = [p for p in seated if self._takes(p, facts)]
        return self._free[facts]

    def _takes(self, person: int, facts: Facts) -> bool:
        region, product_line, tier, team = facts
        worker = self.stage.roster.workers.get(person)
        asked: Mapping[str, str] = {
            DataScope.Dimension.REGION: region,
            DataScope.Dimension.PRODUCT_LINE: product_line,
            DataScope.Dimension.TIER: tier,
            DataScope.Dimension.TEAM: str(team),
        }
        return worker is not None and worker.may_work and worker.may_see(asked)


def _readable(rule: DraftRule, names: Known) -> _Taken | None:
    """The rule as it would judge; None where it is off, or cannot be read."""
    policy = names.policies.get(rule.sla_policy or 0)
    team = names.teams.get(rule.team or 0)
    if not rule.is_active or policy is None or (rule.team and team is None):
        return None
    try:
        condition = parse(rule.condition, FIELDS)
    except ConditionError:
        return None
    return _Taken(rule.key, _row(rule, policy, team), condition)


def _row(rule: DraftRule, policy: SlaPolicy, team: Team | None) -> Rule:
    return Rule(
        name=rule.name,
        team=team,
        strategy=rule.strategy,
        skill=rule.skill,
        person_id=rule.person,
        priority=rule.priority,
        sla_policy=policy,
        problem_type=rule.problem_type,
        tags=list(rule.tags),
        tells_lead=rule.tells_lead,
        # In force all the time: that is what is tried out.
        effective_at=LONG_AGO,
    )
