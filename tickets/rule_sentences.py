"""Rules as sentences that a manager can check by reading."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from customers.condition_words import as_sentence, reason_for, words_for
from customers.conditions import ConditionError, Fields, parse
from tickets.models import Rule
from tickets.rule_drafts import DraftRule
from tickets.rule_fields import FIELDS
from tickets.rule_names import Known


def sentence_for(rule: Rule | DraftRule, fields: Fields = FIELDS) -> str:
    """The condition in words; what is wrong with it, where it cannot be read.

    `fields` may name the choices that only the company has, such as touchpoints.
    """
    try:
        words = words_for(parse(rule.condition, FIELDS), fields)
    except ConditionError as error:
        return _("This condition cannot be read: %(reason)s") % {
            "reason": reason_for(error)
        }
    return as_sentence(words) or _("Every answer")


def actions_of(rule: DraftRule, known: Known) -> list[str]:
    """What it does, a phrase for each: owner first, then how fast, then the rest."""
    return [_owner(rule, known), *_speed(rule, known), *_further(rule, known)]


def _owner(rule: DraftRule, known: Known) -> str:
    team = team_words(rule, known)
    if rule.strategy == Rule.Strategy.PERSON and rule.person is not None:
        person = person_words(rule.person, known)
        return _("%(team)s: %(person)s") % {"team": team, "person": person}
    strategy = str(Rule.Strategy(rule.strategy).label)
    if rule.skill and rule.strategy == Rule.Strategy.SKILL:
        strategy = _("%(strategy)s: %(skill)s") % {
            "strategy": strategy,
            "skill": rule.skill,
        }
    return _("%(team)s: %(person)s") % {"team": team, "person": strategy}


def _speed(rule: DraftRule, known: Known) -> Iterator[str]:
    yield _("priority: %(priority)s") % {"priority": priority_words(rule)}
    yield policy_words(rule, known)


def _further(rule: DraftRule, known: Known) -> Iterator[str]:
    if rule.problem_type:
        yield _("problem type: %(type)s") % {"type": rule.problem_type}
    if rule.tags:
        yield _("tags: %(tags)s") % {"tags": listed(rule.tags)}
    if rule.watchers:
        yield _("watched by %(people)s") % {"people": watchers_words(rule, known)}
    if rule.tells_lead:
        yield _("tells the team’s lead")


def team_words(rule: DraftRule, known: Known) -> str:
    if rule.team is None:
        return _("The team that owns the touchpoint")
    team = known.teams.get(rule.team)
    return str(team) if team else _("a team that is gone")


def priority_words(rule: DraftRule) -> str:
    if not rule.priority:
        return _("by the customer’s tier")
    return str(Rule.Priority(rule.priority).label)


def policy_words(rule: DraftRule, known: Known) -> str:
    policy = known.policies.get(rule.sla_policy or 0)
    return policy.label if policy else _("a policy that is gone")


def person_words(person: int | None, known: Known) -> str:
    found = known.people.get(person or 0)
    return str(found) if found else _("somebody who is gone")


def watchers_words(rule: DraftRule, known: Known) -> str:
    return listed(person_words(person, known) for person in rule.watchers)


def listed(words: Iterable[str]) -> str:
    return _(", ").join(words)
