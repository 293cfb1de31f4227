"""What a draft changes, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from tickets.models import Rule
from tickets.rule_drafts import DraftRule, Rules
from tickets.rule_names import Known
from tickets.rule_sentences import (
    actions_of,
    listed,
    person_words,
    policy_words,
    priority_words,
    sentence_for,
    team_words,
    watchers_words,
)


@dataclass(frozen=True)
class Change:
    """One thing about a rule, before and after."""

    words: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Difference:
    """What happens to one rule: `kind` is new, changed, removed or moved."""

    kind: str
    rule: DraftRule
    sentence: str
    # What a new one does.
    actions: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def differences(before: Rules, after: Rules, known: Known) -> list[Difference]:
    """New and changed ones in their new order, then those that go."""
    old = {rule.key: rule for rule in before}
    found = []
    for rule in after:
        sentence = sentence_for(rule, known.fields)
        if rule.key not in old:
            actions = actions_of(rule, known)
            found.append(Difference("new", rule, sentence, actions))
        elif is_changed(old[rule.key], rule):
            changes = [*_changes(old[rule.key], rule, known)]
            found.append(Difference("changed", rule, sentence, changes=changes))
    moved = _moved(before, after)
    found += [Difference("moved", r, sentence_for(r, known.fields)) for r in moved]
    kept = {rule.key for rule in after}
    return found + [
        Difference("removed", rule, sentence_for(rule, known.fields))
        for rule in before
        if rule.key not in kept
    ]


def is_changed(before: DraftRule, after: DraftRule) -> bool:
    """Whether the rule itself differs; its place in the list is not part of it."""
    return before != after


def judges_otherwise(before: DraftRule, after: DraftRule) -> bool:
    """Whether it may take answers that it did not take before."""
    return before.condition != after.condition or (
        after.is_active and not before.is_active
    )


def _moved(before: Rules, after: Rules) -> list[DraftRule]:
    """Those that stand in another order among the ones that stay."""
    stay = {rule.key for rule in before} & {rule.key for rule in after}
    old = [rule.key for rule in before if rule.key in stay]
    new = [rule for rule in after if rule.key in stay]
    return [rule for key, rule in zip(old, new, strict=True) if key != rule.key]


def _changes(before: DraftRule, after: DraftRule, known: Known) -> Iterator[Change]:
    for (words, old), (_words, new) in zip(
        _told(before, known), _told(after, known), strict=True
    ):
        if old != new:
            yield Change(words, old or _("nothing"), new or _("nothing"))


def _told(rule: DraftRule, known: Known) -> Iterator[tuple[str, str]]:
    """Everything that can be told of a rule, each with its name."""
    yield _("Name"), rule.label
    yield _("Condition"), sentence_for(rule, known.fields)
    yield _("State"), _("switched on") if rule.is_active else _("switched off")
    yield _("Team"), team_words(rule, known)
    yield _("Goes to"), str(Rule.Strategy(rule.strategy).label)
    yield _("Skill"), rule.skill
    yield _("Person"), person_words(rule.person, known) if rule.person else ""
    yield _("Priority"), priority_words(rule)
    yield _("SLA policy"), policy_words(rule, known)
    yield _("Problem type"), rule.problem_type
    yield _("Tags"), listed(rule.tags)
    yield _("Watchers"), watchers_words(rule, known)
    yield _("Tells the team’s lead"), _("yes") if rule.tells_lead else _("no")
