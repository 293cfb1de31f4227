"""A changed SLA policy moves the promises that are still open and unbroken."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from events import outbox
from teams.models import User
from teams.movements import Movement
from tickets import clocks, movements, pause_limits
from tickets.models import Clock, EscalationLevel, SlaPolicy, SlaTarget
from tickets.policies import MOVABLE, choose

FIELDS = (
    "name",
    "first_contact_minutes",
    "next_response_minutes",
    "resolution_minutes",
    "reopen_days",
    "silence_days",
    "re_ask_days",
    "pause_minutes",
)


@dataclass(frozen=True)
class Exempt:
    """Other targets for a priority, a tier, or both; blank is any."""

    priority: str
    tier: str
    first_contact_minutes: int
    next_response_minutes: int | None
    resolution_minutes: int


class PolicyInUse(Exception):
    """Rules or tickets stand on the policy; a sentence for the user."""

    def __str__(self) -> str:
        return _("Rules or tickets use this policy, so it cannot be deleted.")


def rows_of(policy: SlaPolicy) -> list[Exempt]:
    """The exceptions as they are, in a steady order."""
    if policy.pk is None:
        return []
    names = list(Exempt.__dataclass_fields__)
    found = policy.targets.order_by("tier", "priority").values(*names)
    return [Exempt(**row) for row in found]


def foresee(
    policy: SlaPolicy,
    *,
    rows: Sequence[Exempt] | None = None,
    at: datetime,
    **fields: Any,
) -> Movement:
    """What these values would do to the deadlines of open tickets."""
    wanted = SlaPolicy(**{name: getattr(policy, name) for name in FIELDS} | fields)
    rows = rows_of(policy) if rows is None else rows
    return movements.foresee(_under(policy), _retarget(policy, wanted, rows), at=at)


@transaction.atomic
def change_policy(
    policy: SlaPolicy,
    *,
    rows: Sequence[Exempt] | None = None,
    by: User,
    at: datetime,
    **fields: Any,
) -> int:
    """Give the policy new values, as a new version; return how many clocks moved.

    `fields` are some of FIELDS, `rows` the exceptions (None: as they are). Start and
    pauses stay. What is met, or already broken, is never rewritten.
    """
    policy = SlaPolicy.objects.select_for_update().get(pk=policy.pk)
    before, rows = rows_of(policy), rows_of(policy) if rows is None else list(rows)
    changed = [n for n, value in fields.items() if getattr(policy, n) != value]
    if not changed and set(before) == set(rows):
        return 0
    for name in changed:
        setattr(policy, name, fields[name])
    policy.version += 1
    policy.save()
    _write_rows(policy, rows)
    _record("sla_policy.changed", policy, rows, by=by, at=at)
    if "pause_minutes" in changed:
        pause_limits.follow_changes(pause_limits.under(policy), at=at)
    return movements.move(
        _under(policy),
        _retarget(policy, policy, rows),
        kind="recalculated",
        reason=policy.name,
        by=by,
        at=at,
    )


@transaction.atomic
def create_policy(
    *,
    rows: Collection[Exempt] = (),
    model: SlaPolicy | None = None,
    by: User,
    at: datetime,
    **fields: Any,
) -> SlaPolicy:
    """A new policy with all of FIELDS; it escalates as its `model` does."""
    policy = SlaPolicy.objects.create(**fields)
    _write_rows(policy, rows)
    if model is not None:
        _copy_levels(model, policy)
    _record("sla_policy.created", policy, rows, by=by, at=at)
    return policy


def _copy_levels(model: SlaPolicy, policy: SlaPolicy) -> None:
    levels = list(model.levels.all())
    for level in levels:
        level.pk, level.policy = None, policy
    EscalationLevel.objects.bulk_create(levels)


@transaction.atomic
def delete_policy(policy: SlaPolicy, *, by: User, at: datetime) -> None:
    """Raises PolicyInUse while a rule or a ticket stands on it."""
    _record("sla_policy.deleted", policy, (), by=by, at=at)
    try:
        with transaction.atomic():
            SlaPolicy.objects.get(pk=policy.pk).delete()
    except ProtectedError as error:
        transaction.set_rollback(True)
        raise PolicyInUse from error


def _under(policy: SlaPolicy) -> Q:
    return Q(policy=policy.pk, state__in=MOVABLE)


def _retarget(
    policy: SlaPolicy, wanted: SlaPolicy, rows: Collection[Exempt]
) -> movements.Change:
    exceptions = [SlaTarget(**asdict(row)) for row in rows]
    known: dict[clocks.Mark, Any] = {}

    def change(clock: Clock) -> bool:
        if clock.policy_id != policy.pk or clock.state not in MOVABLE:
            return False
        ticket = clock.ticket
        targets = choose(wanted, exceptions, priority=ticket.priority, tier=ticket.tier)
        minutes = targets.of(clock.kind)
        if minutes is None or minutes == clock.target_minutes:
            return False
        clock.target_minutes = minutes
        clocks.recount(clock, known)
        return True

    return change


def _write_rows(policy: SlaPolicy, rows: Collection[Exempt]) -> None:
    policy.targets.all().delete()
    SlaTarget.objects.bulk_create(
        SlaTarget(policy=policy, **asdict(row)) for row in rows
    )


def _record(
    name: str,
    policy: SlaPolicy,
    rows: Collection[Exempt],
    *,
    by: User,
    at: datetime,
) -> None:
    outbox.record(
        name,
        subject=("sla_policy", policy.pk),
        at=at,
        actor=by.email[:80],
        payload={
            "version": policy.version,
            **{field: getattr(policy, field) for field in FIELDS},
            "exceptions": [asdict(row) for row in rows],
        },
    )
