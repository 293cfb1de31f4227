"""The whole list of rules as somebody would have it, until it is published.

There is one draft for everybody. Each change says which revision it was made to, so
that two people who edit at once never overwrite each other unseen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from secrets import token_hex
from typing import Any, Self

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from teams.models import User
from tickets.models import Rule, RulesDraft

# The one draft's key. Its row stays when the draft is gone, so that a revision never
# comes back; without rules in it there is no draft.
THE_DRAFT = 1
NEW = "new-"


class StaleDraft(Exception):
    """Somebody else changed the draft meanwhile; a sentence for the user."""


class RefusedChange(Exception):
    """The draft cannot be like that; a sentence for the user."""


@dataclass(frozen=True)
class DraftRule:
    """A rule that need not exist yet. `key` is the id of the one it stands for."""

    key: str
    name: str
    condition: Any = field(default_factory=dict)
    is_active: bool = True
    team: int | None = None
    strategy: str = Rule.Strategy.ACCOUNT_OWNER.value
    skill: str = ""
    person: int | None = None
    priority: str = ""
    sla_policy: int | None = None
    problem_type: str = ""
    tags: tuple[str, ...] = ()
    watchers: tuple[int, ...] = ()
    tells_lead: bool = False

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """A rule in force; `watchers` are read, so prefetch them."""
        return cls(
            key=str(rule.pk),
            name=rule.name,
            condition=rule.condition,
            is_active=rule.is_active,
            team=rule.team_id,
            strategy=str(rule.strategy),
            skill=rule.skill,
            person=rule.person_id,
            priority=str(rule.priority),
            sla_policy=rule.sla_policy_id,
            problem_type=rule.problem_type,
            tags=tuple(rule.tags),
            watchers=tuple(sorted(user.pk for user in rule.watchers.all())),
            tells_lead=rule.tells_lead,
        )

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        known = {each.name for each in fields(cls)}
        values = {name: value for name, value in stored.items() if name in known}
        lists = {name: tuple(values.get(name, ())) for name in ("tags", "watchers")}
        return cls(**values | lists)

    def stored(self) -> dict[str, Any]:
        """As `read` takes it, and as versions keep it."""
        lists = {"tags": list(self.tags), "watchers": list(self.watchers)}
        return asdict(self) | lists

    @property
    def rule_id(self) -> int | None:
        """Of the rule it stands for; None for one that is new."""
        return int(self.key) if self.key.isdigit() else None

    @property
    def label(self) -> str:
        """The name; the ones we ship are known in every language."""
        return _(self.name) if self.name else _("A rule without a name")


Rules = Sequence[DraftRule]


def rules_in_force() -> list[DraftRule]:
    """Those that judge answers now, in order; switched-off ones too."""
    return [DraftRule.of(rule) for rule in _in_order().prefetch_related("watchers")]


def the_draft() -> RulesDraft | None:
    """None while nobody has changed anything."""
    draft = RulesDraft.objects.select_related("changed_by").filter(pk=THE_DRAFT).first()
    return draft if draft and draft.rules else None


def current_revision() -> int:
    """What a page shows and its form gives back."""
    found = RulesDraft.objects.filter(pk=THE_DRAFT).values_list("revision", flat=True)
    return found.first() or 0


def rules_of(draft: RulesDraft | None) -> list[DraftRule]:
    """The draft's rules; those in force where there is none."""
    return [DraftRule.read(one) for one in draft.rules] if draft else rules_in_force()


def find_rule(rules: Iterable[DraftRule], key: str) -> DraftRule | None:
    return next((rule for rule in rules if rule.key == key), None)


def save(rule: DraftRule, *, revision: int, by: User, at: datetime) -> None:
    """Put it in the place of the rule with its key, or at the end."""

    def saved(rules: list[DraftRule]) -> list[DraftRule]:
        if find_rule(rules, rule.key) is None:
            return [*rules, rule]
        return [rule if other.key == rule.key else other for other in rules]

    _change(saved, revision=revision, by=by, at=at)


def switch(key: str, *, on: bool, revision: int, by: User, at: datetime) -> None:
    def switched(rules: list[DraftRule]) -> list[DraftRule]:
        return [replace(r, is_active=on) if r.key == key else r for r in rules]

    _change(switched, revision=revision, by=by, at=at)


def move(key: str, *, up: bool, revision: int, by: User, at: datetime) -> None:
    """Change places with the neighbour; the first and the last stay where they are."""

    def moved(rules: list[DraftRule]) -> list[DraftRule]:
        place = [rule.key for rule in rules].index(key)
        target = place - 1 if up else place + 1
        if 0 <= target < len(rules):
            rules[place], rules[target] = rules[target], rules[place]
        return rules

    _change(moved, revision=revision, by=by, at=at)


def copy(key: str, *, revision: int, by: User, at: datetime) -> str:
    """The same again right below, switched off until somebody means it; its key."""
    new = new_key()

    def copied(rules: list[DraftRule]) -> list[DraftRule]:
        place = [rule.key for rule in rules].index(key)
        name = _free_name(rules[place].label, {rule.name for rule in rules})
        again = replace(rules[place], key=new, name=name, is_active=False)
        return [*rules[: place + 1], again, *rules[place + 1 :]]

    _change(copied, revision=revision, by=by, at=at)
    return new


def remove(key: str, *, revision: int, by: User, at: datetime) -> None:
    """Raises RefusedChange for the last one."""

    def removed(rules: list[DraftRule]) -> list[DraftRule]:
        left = [rule for rule in rules if rule.key != key]
        if not left:
            raise RefusedChange(
                _("The last rule cannot be removed. Switch it off instead.")
            )
        return left

    _change(removed, revision=revision, by=by, at=at)


@transaction.atomic
def discard(*, revision: int, by: User, at: datetime) -> None:
    """The rules in force are what the list shows again."""
    draft = held(revision=revision, at=at)
    empty(draft, by=by, at=at)


def new_key() -> str:
    return f"{NEW}{token_hex(6)}"


def held(*, revision: int, at: datetime) -> RulesDraft:
    """The draft's row, locked until the transaction ends. Raises StaleDraft."""
    RulesDraft.objects.get_or_create(pk=THE_DRAFT, defaults={"changed_at": at})
    draft = RulesDraft.objects.select_for_update(of=("self",)).get(pk=THE_DRAFT)
    if draft.revision != revision:
        raise StaleDraft(
            _(
                "%(name)s changed the rules meanwhile, so this was not saved. Look at "
                "them as they are now."
            )
            % {"name": draft.changed_by or _("Somebody")}
        )
    return draft


def empty(draft: RulesDraft, *, by: User, at: datetime) -> None:
    """There is no draft any more; its revision goes on."""
    _store(draft, [], by=by, at=at)


@transaction.atomic
def _change(change: Any, *, revision: int, by: User, at: datetime) -> None:
    draft = held(revision=revision, at=at)
    before = rules_of(draft if draft.rules else None)
    _store(draft, change(list(before)), by=by, at=at)


def _store(draft: RulesDraft, rules: Rules, *, by: User, at: datetime) -> None:
    draft.rules = [rule.stored() for rule in rules]
    draft.revision += 1
    draft.changed_at, draft.changed_by = at, by
    draft.save()


def _free_name(name: str, taken: set[str]) -> str:
    candidates = (
        _("%(name)s (copy %(number)d)") % {"name": name[:100], "number": number}
        for number in range(1, len(taken) + 2)
    )
    return next(one for one in candidates if one not in taken)


def _in_order() -> QuerySet[Rule]:
    return Rule.objects.order_by("position", "pk")
