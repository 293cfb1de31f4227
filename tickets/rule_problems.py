"""What is wrong with a list of rules, in sentences beside the rule concerned."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.condition_words import reason_for
from customers.conditions import Condition, ConditionError, parse
from teams.access import can
from teams.roles import Ability
from tickets.models import Rule
from tickets.rule_drafts import DraftRule, Rules
from tickets.rule_fields import FIELDS
from tickets.rule_names import Known
from tickets.rule_reach import Reach, reach_of


@dataclass(frozen=True)
class Problem:
    """`is_bad`: the rules cannot be published like this; else a warning."""

    words: str
    is_bad: bool = False


Problems = Mapping[str, list[Problem]]


def problems_of(rules: Rules, known: Known) -> Problems:
    """By key of the rule; a rule with nothing wrong has an empty list."""
    names = Counter(rule.name.strip().casefold() for rule in rules)
    found = {rule.key: [*_of_one(rule, names, known)] for rule in rules}
    greedy: DraftRule | None = None
    for rule in rules:
        if greedy is not None and rule.is_active:
            found[rule.key].append(_never_reached(greedy))
        elif rule.is_active and reach_of_rule(rule) is Reach.ALL:
            greedy = rule
    return found


def reach_of_rule(rule: DraftRule) -> Reach | None:
    try:
        return reach_of(parse(rule.condition, FIELDS))
    except ConditionError:
        return None


def _of_one(rule: DraftRule, names: Counter[str], known: Known) -> Iterator[Problem]:
    if not rule.name.strip():
        yield Problem(_("Give the rule a name."), is_bad=True)
    elif names[rule.name.strip().casefold()] > 1:
        yield Problem(_("Another rule has the same name."), is_bad=True)
    yield from _of_condition(rule, known)
    yield from _of_team(rule, known)
    yield from _of_owner(rule, known)
    yield from _of_watchers(rule, known)


def _of_condition(rule: DraftRule, known: Known) -> Iterator[Problem]:
    try:
        condition = parse(rule.condition, FIELDS)
    except ConditionError as error:
        yield Problem(
            _("The condition cannot be read, so the rule is left out: %(reason)s")
            % {"reason": reason_for(error)},
            is_bad=True,
        )
        return
    gone = sorted(_touchpoints_in(condition) - known.touchpoints)
    if gone:
        yield Problem(
            _("It asks for a touchpoint that is gone: %(key)s") % {"key": gone[0]}
        )
    reach = reach_of(condition)
    if reach is Reach.ALL:
        yield Problem(_("It fits every answer: each one would become a ticket."))
    elif reach is Reach.NONE:
        yield Problem(_("No answer can ever fit it."))


def _touchpoints_in(condition: Condition) -> set[str]:
    asked = [c.value for c in condition.comparisons() if c.field == "touchpoint"]
    several = (value if isinstance(value, tuple) else (value,) for value in asked)
    return {value for values in several for value in values if isinstance(value, str)}


def _of_team(rule: DraftRule, known: Known) -> Iterator[Problem]:
    if rule.team is not None and rule.team not in known.teams:
        yield Problem(_("Its team is gone. Choose another."), is_bad=True)
    if rule.sla_policy not in known.policies:
        yield Problem(_("Its SLA policy is gone. Choose another."), is_bad=True)


def _of_owner(rule: DraftRule, known: Known) -> Iterator[Problem]:
    if rule.strategy == Rule.Strategy.SKILL:
        if not rule.skill:
            yield Problem(_("Say which skill is asked for."), is_bad=True)
        elif not any(rule.skill.lower() in p.skills for p in known.people.values()):
            yield Problem(_("Nobody has the skill “%s”.") % rule.skill)
    if rule.strategy == Rule.Strategy.PERSON:
        person = known.people.get(rule.person or 0)
        if person is None:
            yield Problem(_("Its person is gone. Choose another."), is_bad=True)
        elif not can(person, Ability.WORK_TICKETS):
            yield Problem(_("%s can no longer work on tickets.") % person)


def _of_watchers(rule: DraftRule, known: Known) -> Iterator[Problem]:
    for watcher in rule.watchers:
        person = known.people.get(watcher)
        if person is None or not can(person, Ability.WORK_TICKETS):
            name = str(person) if person else _("Somebody who is gone")
            yield Problem(_("%s cannot watch tickets any more.") % name)


def _never_reached(greedy: DraftRule) -> Problem:
    return Problem(
        _("No answer ever reaches it: “%(name)s” takes every one before.")
        % {"name": greedy.label}
    )
