"""The draft comes into force: rules are written, each change as a version of its own."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from events import outbox
from teams.models import User
from tickets.closed_loop import open_tickets_for
from tickets.models import Rule, RuleVersion
from tickets.reconciliation import GRACE, missing_tickets
from tickets.rule_differences import is_changed, judges_otherwise
from tickets.rule_drafts import (
    DraftRule,
    RefusedChange,
    Rules,
    empty,
    held,
    rules_in_force,
    rules_of,
)
from tickets.rule_names import known
from tickets.rule_problems import problems_of

# Answers that nobody has judged for longer are not on their way any more.
ON_THE_WAY = timedelta(days=1)


def publish(*, revision: int, by: User, at: datetime) -> None:
    """Put the draft in force from `at` on. Raises StaleDraft and RefusedChange.

    A rule that may take other answers than before judges those from `at` on; what came
    earlier and is still on its way is judged first, by the rules of its time.
    """
    # By itself: whoever opens tickets holds customers before rules, and this would
    # hold them the other way round.
    _judge_what_is_on_its_way(at)
    _put_in_force(revision=revision, by=by, at=at)


@transaction.atomic
def _put_in_force(*, revision: int, by: User, at: datetime) -> None:
    draft = held(revision=revision, at=at)
    if not draft.rules:
        raise RefusedChange(_("There is nothing to publish."))
    after = rules_of(draft)
    _refuse_bad(after)
    # Held against whoever opens tickets by them: none may refer to one that goes.
    rows = {str(rule.pk): rule for rule in Rule.objects.select_for_update()}
    before = {rule.key: rule for rule in rules_in_force()}
    gone = [rows[key] for key in before.keys() - {rule.key for rule in after}]
    written = _write(after, before, rows, by=by, at=at)
    removed = [rule.pk for rule in gone]
    for rule in gone:
        rule.delete()
    empty(draft, by=by, at=at)
    outbox.record(
        "rule.published",
        subject=("rules", draft.revision),
        at=at,
        actor=by.email[:80],
        payload={
            "changed": written,
            "removed": removed,
            "order": list(
                Rule.objects.order_by("position", "pk").values_list("pk", flat=True)
            ),
        },
    )


def _refuse_bad(rules: Rules) -> None:
    for problems in problems_of(rules, known()).values():
        for problem in problems:
            if problem.is_bad:
                raise RefusedChange(problem.words)


def _judge_what_is_on_its_way(at: datetime) -> None:
    """Low answers that wait for their handler would belong to no rule afterwards."""
    # `missing_tickets` leaves the newest to the drain, which would come too late.
    waiting = missing_tickets(at=at + GRACE, since=at - ON_THE_WAY)
    if waiting:
        open_tickets_for(waiting, at=at)


def _write(
    rules: Rules,
    before: Mapping[str, DraftRule],
    rows: Mapping[str, Rule],
    *,
    by: User,
    at: datetime,
) -> list[int]:
    """Rows for the draft's rules; the ids of those that are new or changed."""
    _free_the_names(rules, before, rows)
    written = []
    for position, rule in enumerate(rules, start=1):
        row, old = rows.get(rule.key), before.get(rule.key)
        if row is None or old is None:
            row = _created(rule, position, at)
        elif is_changed(old, rule):
            _keep_version(row, old, by=None, at=row.effective_at)
            _set(row, rule)
            row.version += 1
            if judges_otherwise(old, rule):
                row.effective_at = at
        else:
            if row.position != position:
                row.position = position
                row.save(update_fields=["position"])
            continue
        row.position = position
        row.save()
        row.watchers.set(rule.watchers)
        _keep_version(row, rule, by=by, at=at)
        written.append(row.pk)
    return written


def _created(rule: DraftRule, position: int, at: datetime) -> Rule:
    row = Rule(effective_at=at, position=position)
    _set(row, rule)
    return row


def _set(row: Rule, rule: DraftRule) -> None:
    for name in (
        *("name", "condition", "is_active", "strategy", "priority", "skill"),
        *("problem_type", "tells_lead"),
    ):
        setattr(row, name, getattr(rule, name))
    row.team_id, row.person_id = rule.team, rule.person
    assert rule.sla_policy is not None  # refused before
    row.sla_policy_id = rule.sla_policy
    row.tags = list(rule.tags)


def _free_the_names(
    rules: Rules, before: Mapping[str, DraftRule], rows: Mapping[str, Rule]
) -> None:
    """Two rules may change names with each other, or take that of one that goes."""
    kept = {rule.key: rule.name for rule in rules}
    for key, old in before.items():
        if kept.get(key) != old.name:
            Rule.objects.filter(pk=rows[key].pk).update(name=f"\N{BULLET}{key}")


def _keep_version(row: Rule, rule: DraftRule, *, by: User | None, at: datetime) -> None:
    """Once for each version; the first of the ones we ship is kept when it ends."""
    RuleVersion.objects.get_or_create(
        rule_key=row.pk,
        version=row.version,
        defaults={
            "rule": row,
            "snapshot": rule.stored(),
            "saved_at": at,
            "saved_by": by,
        },
    )
