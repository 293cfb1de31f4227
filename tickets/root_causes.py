"""The causes that tickets are coded with: grown, reworded, merged, never forgotten.

A cause that was used is switched off, not deleted, and its key never changes: past
tickets and their events keep what they were coded with. Each change is an event with
what stood there before, which is the taxonomy's history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from events import outbox
from teams.models import User
from tickets.models import IllegalAct, RootCause, Ticket

FIELDS = ("label_en", "label_zh", "parent_id", "position", "is_active")
LONGEST_KEY = 60


@dataclass(frozen=True)
class Group:
    """A group with its causes; each with `ticket_count`."""

    cause: RootCause
    members: Sequence[RootCause]


def tree() -> list[Group]:
    """Both levels in their order, those that are switched off included."""
    counted = RootCause.objects.annotate(ticket_count=Count("tickets"))
    causes = list(counted.order_by("position", "pk"))
    return [
        Group(group, [cause for cause in causes if cause.parent_id == group.pk])
        for group in causes
        if group.parent_id is None
    ]


def groups() -> QuerySet[RootCause]:
    return RootCause.objects.filter(parent=None).order_by("position", "pk")


def mergeable_into(cause: RootCause) -> QuerySet[RootCause]:
    """Causes in use that could take over this one's tickets."""
    causes = RootCause.objects.filter(parent__isnull=False, is_active=True)
    return causes.exclude(pk=cause.pk).order_by("parent__position", "position", "pk")


@transaction.atomic
def add(
    *,
    label_en: str,
    label_zh: str,
    parent: RootCause | None,
    by: User,
    at: datetime,
) -> RootCause:
    """A new cause, or a new group without a parent, at the end of its list."""
    _refuse_third_level(parent)
    siblings = RootCause.objects.select_for_update().filter(parent=parent)
    last = max((sibling.position for sibling in siblings), default=-1)
    cause = RootCause.objects.create(
        key=_free_key(label_en, parent),
        label_en=label_en,
        label_zh=label_zh,
        parent=parent,
        position=last + 1,
    )
    _record("root_cause.added", cause, by=by, at=at)
    return cause


@transaction.atomic
def change(
    cause: RootCause,
    *,
    label_en: str,
    label_zh: str,
    parent: RootCause | None,
    by: User,
    at: datetime,
) -> None:
    """Reword it or move it to another group. A group stays a group."""
    before = _hold(cause)
    if (cause.parent_id is None) != (parent is None):
        raise IllegalAct(_("A group stays a group, and a cause stays in one."))
    _refuse_third_level(parent)
    cause.label_en, cause.label_zh, cause.parent = label_en, label_zh, parent
    _save(cause, before, by=by, at=at)


@transaction.atomic
def switch(cause: RootCause, *, on: bool, by: User, at: datetime) -> None:
    """Offer it or do not offer it any more; what is coded with it stays so."""
    before = _hold(cause)
    cause.is_active = on
    _save(cause, before, by=by, at=at)


@transaction.atomic
def move(cause: RootCause, *, up: bool, by: User, at: datetime) -> None:
    """Change places with its neighbour; at the end nothing happens."""
    siblings = list(
        RootCause.objects.select_for_update()
        .filter(parent=cause.parent_id)
        .order_by("position", "pk")
    )
    place = next(i for i, sibling in enumerate(siblings) if sibling.pk == cause.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(siblings):
        return
    siblings[place], siblings[other] = siblings[other], siblings[place]
    for position, sibling in enumerate(siblings):
        sibling.position = position
    RootCause.objects.bulk_update(siblings, ["position"])
    _record("root_cause.moved", siblings[other], by=by, at=at)


@transaction.atomic
def delete(cause: RootCause, *, by: User, at: datetime) -> None:
    """Only what nothing was ever coded with. Raises IllegalAct."""
    _hold(cause)
    if cause.tickets.exists() or cause.initiatives.exists() or cause.causes.exists():
        raise IllegalAct(
            _("This is in use and cannot be deleted. Switch it off, or merge it.")
        )
    _record("root_cause.deleted", cause, by=by, at=at)
    cause.delete()


@transaction.atomic
def merge(cause: RootCause, *, into: RootCause, by: User, at: datetime) -> int:
    """Code its tickets with another cause and switch it off; how many they were."""
    _hold(cause)
    if cause.pk == into.pk:
        raise IllegalAct(_("Choose another cause."))
    if cause.parent_id is None or into.parent_id is None or not into.is_active:
        raise IllegalAct(_("Only a cause can be merged, into a cause that is in use."))
    moved = Ticket.objects.filter(root_cause=cause).update(root_cause=into)
    for initiative in cause.initiatives.all():
        initiative.causes.add(into)
        initiative.causes.remove(cause)
    cause.is_active = False
    cause.save(update_fields=["is_active"])
    _record("root_cause.merged", cause, by=by, at=at, into=into.key, tickets=moved)
    return moved


def _refuse_third_level(parent: RootCause | None) -> None:
    if parent is not None and parent.parent_id is not None:
        raise IllegalAct(_("There are two levels: groups, and the causes in them."))


def _hold(cause: RootCause) -> Mapping[str, Any]:
    """Lock the row; what stands in it."""
    cause.refresh_from_db(from_queryset=RootCause.objects.select_for_update())
    return _standing(cause)


def _save(
    cause: RootCause, before: Mapping[str, Any], *, by: User, at: datetime
) -> None:
    changed = {
        key: value for key, value in before.items() if _standing(cause)[key] != value
    }
    if changed:
        cause.save(update_fields=list(FIELDS))
        _record("root_cause.changed", cause, by=by, at=at, before=changed)


def _standing(cause: RootCause) -> dict[str, Any]:
    return {name: getattr(cause, name) for name in FIELDS}


def _record(
    name: str, cause: RootCause, *, by: User, at: datetime, **payload: Any
) -> None:
    outbox.record(
        name,
        subject=("root_cause", cause.pk),
        at=at,
        actor=by.email[:80],
        payload={"key": cause.key, **_standing(cause), **payload},
    )


def _free_key(label: str, parent: RootCause | None) -> str:
    begin = f"{parent.key}-" if parent else ""
    stem = f"{begin}{slugify(label) or 'cause'}"[: LONGEST_KEY - 4].strip("-")
    taken = set(
        RootCause.objects.filter(key__startswith=stem).values_list("key", flat=True)
    )
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (stem, *numbered) if key not in taken)
