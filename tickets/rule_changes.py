"""Changing the rules: on and off, their order, and what each does."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from events import outbox
from teams.models import User
from tickets.models import Rule


@transaction.atomic
def switch(rule: Rule, *, on: bool, by: User, at: datetime) -> None:
    """A rule that is switched on judges answers from that moment on, none before."""
    rule = Rule.objects.select_for_update().get(pk=rule.pk)
    if rule.is_active == on:
        return
    rule.is_active = on
    if on:
        rule.effective_at = at
    rule.save(update_fields=["is_active", "effective_at"])
    _record(rule, by=by, at=at, is_active=on)


@transaction.atomic
def move(rule: Rule, *, up: bool, by: User, at: datetime) -> None:
    """Change places with the neighbour; the first and the last stay where they are."""
    order = list(_in_order().select_for_update())
    place = [other.pk for other in order].index(rule.pk)
    target = place - 1 if up else place + 1
    if not 0 <= target < len(order):
        return
    order[place], order[target] = order[target], order[place]
    for position, moved in enumerate(order, start=1):
        moved.position = position
    Rule.objects.bulk_update(order, ["position"])
    _record(rule, by=by, at=at, position=target + 1)


@transaction.atomic
def change(rule: Rule, *, by: User, at: datetime, **values: Any) -> None:
    """What the rule does from now on; tickets that are open keep what they have."""
    for name, value in values.items():
        setattr(rule, name, value)
    rule.save(update_fields=[*values])
    _record(rule, by=by, at=at, fields=sorted(values))


def rules_in_order() -> QuerySet[Rule]:
    return _in_order().select_related("team", "sla_policy")


def _in_order() -> QuerySet[Rule]:
    return Rule.objects.order_by("position", "pk")


def _record(rule: Rule, *, by: User, at: datetime, **payload: Any) -> None:
    outbox.record(
        "rule.changed",
        subject=("rule", rule.pk),
        at=at,
        actor=by.email[:80],
        payload=payload,
    )
