"""Editing a policy's ladder: what happens at which share of the time.

Clocks that have passed a new level already do not fire it any more.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _

from events import outbox
from teams.models import User
from tickets.ladder import DEADLINE, Step, ladders_of
from tickets.models import Clock, EscalationLevel, IllegalAct, SlaPolicy
from tickets.policies import MOVABLE

UNFINISHED = (*MOVABLE, Clock.State.BREACHED)


def steps_of(policy: SlaPolicy) -> Sequence[Step]:
    return ladders_of({policy.pk})[policy.pk]


@transaction.atomic
def set_level(
    policy: SlaPolicy, step: Step, *, instead_of: int | None, by: User, at: datetime
) -> None:
    """Add the level, or put it in the place of that at `instead_of` percent.

    Raises IllegalAct.
    """
    policy = _hold(policy)
    taken = policy.levels.exclude(percent=instead_of) if instead_of else policy.levels
    if taken.filter(percent=step.percent).exists():
        raise IllegalAct(
            _("There is a level at %(percent)s %% already.") % {"percent": step.percent}
        )
    if instead_of == DEADLINE and step.percent != DEADLINE:
        raise IllegalAct(_("The deadline stays at 100%."))
    if instead_of is not None and instead_of != step.percent:
        policy.levels.filter(percent=instead_of).delete()
    EscalationLevel.objects.update_or_create(
        policy=policy,
        percent=step.percent,
        defaults={
            "notify": step.notify,
            "reassign": step.reassign,
            "raises_priority": step.raises_priority,
        },
    )
    _changed(policy, by=by, at=at)


@transaction.atomic
def remove_level(policy: SlaPolicy, percent: int, *, by: User, at: datetime) -> None:
    """Raises IllegalAct for the deadline itself."""
    if percent == DEADLINE:
        raise IllegalAct(
            _("The deadline itself stays on the ladder; choose what it does.")
        )
    policy = _hold(policy)
    removed, _by_model = policy.levels.filter(percent=percent).delete()
    if removed:
        _changed(policy, by=by, at=at)


def _hold(policy: SlaPolicy) -> SlaPolicy:
    """The policy's row, with its ladder written down: the usual one where it is new."""
    held = SlaPolicy.objects.select_for_update(no_key=True).get(pk=policy.pk)
    present = set(held.levels.values_list("percent", flat=True))
    EscalationLevel.objects.bulk_create(
        EscalationLevel(
            policy=held,
            percent=step.percent,
            notify=step.notify,
            reassign=step.reassign,
            raises_priority=step.raises_priority,
        )
        for step in steps_of(held)
        if step.percent not in present
    )
    return held


def _changed(policy: SlaPolicy, *, by: User, at: datetime) -> None:
    outbox.record(
        "sla_policy.ladder_changed",
        subject=("sla_policy", policy.pk),
        at=at,
        actor=by.email,
        payload={"levels": [step.percent for step in steps_of(policy)]},
    )
    # The tick works out what comes next; what waits to be fired before now still is.
    Clock.objects.filter(policy=policy, state__in=UNFINISHED).update(
        fires_at=Least(Coalesce("fires_at", Value(at)), Value(at))
    )
