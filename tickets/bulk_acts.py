"""One act on many tickets: each as its own rules allow, and undone together.

Each ticket is a transaction of its own: what one refuses does not keep the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from teams.models import User
from tickets.description import describe
from tickets.forms import assignable_by
from tickets.models import BulkAct, IllegalAct, Ticket
from tickets.models.pause import Pause
from tickets.policies import change_priority
from tickets.watching import unwatch, watch

MOST = 500
UNDOABLE_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Outcome:
    """`done` are numbers; `refused` numbers with the sentence that says why."""

    act: BulkAct
    done: Sequence[int]
    refused: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Kind:
    """`perform` and `undo` work on a ticket that they hold.

    `perform` returns what stood there before; `undo` gets it back and the value that
    was set. Both raise IllegalAct.
    """

    name: str
    title: Promise
    perform: Callable[[Ticket, str, User, datetime], Any]
    undo: Callable[[Ticket, Any, str, User, datetime], None]


def perform(
    kind: Kind, numbers: Sequence[int], value: str, *, by: User, at: datetime
) -> Outcome:
    """Do it to every ticket that allows it; whoever may not see one does not touch it."""
    before: dict[str, Any] = {}
    refused: list[tuple[int, str]] = []
    act = BulkAct.objects.create(by=by, act=kind.name, done_at=at)
    tickets = Ticket.objects.visible_to(by).in_bulk(list(numbers[:MOST]))
    try:
        # By number, as whoever else holds several does: so no two wait for each other.
        for number in sorted(numbers[:MOST]):
            if number not in tickets:
                refused.append((number, gettext("This ticket is not there.")))
                continue
            try:
                with transaction.atomic():
                    ticket = tickets[number]
                    ticket.hold()
                    before[str(number)] = kind.perform(ticket, value, by, at)
            except IllegalAct as refusal:
                refused.append((number, str(refusal)))
    finally:
        # What was done can be undone, whatever broke after it.
        act.before, act.after = before, {"value": value, "refused": refused}
        act.save(update_fields=["before", "after"])
    return Outcome(act, [int(number) for number in before], refused)


def can_undo(act: BulkAct, *, at: datetime) -> bool:
    return (
        act.undone_at is None and at - act.done_at <= UNDOABLE_FOR and bool(act.before)
    )


def undo(act: BulkAct, *, by: User, at: datetime) -> Outcome:
    """Put back what it changed, where nobody has changed it since. Raises IllegalAct."""
    with transaction.atomic():
        held = BulkAct.objects.select_for_update().get(pk=act.pk)
        if not can_undo(held, at=at):
            raise IllegalAct(
                gettext("It is too late to undo this, or it is undone already.")
            )
        held.undone_at = at
        held.save(update_fields=["undone_at"])
    kind = KINDS[held.act]
    done: list[int] = []
    refused: list[tuple[int, str]] = []
    tickets = Ticket.objects.visible_to(by).in_bulk([int(n) for n in held.before])
    for number, before in sorted((int(n), b) for n, b in held.before.items()):
        if number not in tickets:
            refused.append((number, gettext("This ticket is not there.")))
            continue
        try:
            with transaction.atomic():
                ticket = tickets[number]
                ticket.hold()
                kind.undo(ticket, before, held.after["value"], by, at)
        except IllegalAct as refusal:
            refused.append((number, str(refusal)))
        else:
            done.append(number)
    held.after = {**held.after, "kept": refused}
    held.save(update_fields=["after"])
    return Outcome(held, done, refused)


def _changed_since() -> IllegalAct:
    return IllegalAct(gettext("Somebody changed it since."))


def _assign(ticket: Ticket, value: str, by: User, at: datetime) -> int:
    before = ticket.assignee_id
    to = assignable_by(by, ticket).filter(pk=int(value)).first()
    if to is None and before != int(value):
        raise IllegalAct(gettext("You may not give this ticket to this person."))
    ticket.assign(to=to or ticket.assignee, by=by, at=at)
    return before


def _give_back(ticket: Ticket, before: int, value: str, by: User, at: datetime) -> None:
    if ticket.assignee_id != int(value):
        raise _changed_since()
    owner = User.objects.filter(pk=before, is_active=True).first()
    if owner is None:
        raise IllegalAct(gettext("Whoever had it is no longer here."))
    ticket.assign(to=owner, by=by, at=at)


def _set_priority(ticket: Ticket, value: str, by: User, at: datetime) -> str:
    before = ticket.priority
    change_priority(ticket, priority=value, by=by, at=at)
    return before


def _reset_priority(
    ticket: Ticket, before: str, value: str, by: User, at: datetime
) -> None:
    if ticket.priority != value:
        raise _changed_since()
    change_priority(ticket, priority=before, by=by, at=at)


def _add_tag(ticket: Ticket, value: str, by: User, at: datetime) -> None:
    if value.casefold() in (tag.casefold() for tag in ticket.tags):
        raise IllegalAct(gettext("It has this tag already."))
    tags = [*ticket.tags, value]
    describe(ticket, problem_type=ticket.problem_type, tags=tags, by=by, at=at)


def _drop_tag(ticket: Ticket, before: None, value: str, by: User, at: datetime) -> None:
    if value not in ticket.tags:
        raise _changed_since()
    tags = [tag for tag in ticket.tags if tag != value]
    describe(ticket, problem_type=ticket.problem_type, tags=tags, by=by, at=at)


def _pause(ticket: Ticket, value: str, by: User, at: datetime) -> int:
    ticket.pause(reason=value, by=by, at=at)
    return _open_pause_of(ticket)


def _unpause(ticket: Ticket, before: int, value: str, by: User, at: datetime) -> None:
    if _open_pause_of(ticket) != before:
        raise _changed_since()
    ticket.resume(by=by, at=at)


def _resume(ticket: Ticket, value: str, by: User, at: datetime) -> dict[str, Any]:
    pause = ticket.pauses.filter(ended_at__isnull=True).first()
    ticket.resume(by=by, at=at)
    until = pause.resumes_at if pause else None
    return {
        "reason": pause.reason if pause else Pause.Reason.CUSTOMER,
        "words": pause.words if pause else "",
        "until": until.isoformat() if until else None,
    }


def _pause_again(
    ticket: Ticket, before: Mapping[str, Any], value: str, by: User, at: datetime
) -> None:
    """Time that ran meanwhile stays counted."""
    if _open_pause_of(ticket):
        raise _changed_since()
    until = before["until"]
    ticket.pause(
        reason=before["reason"],
        words=before["words"],
        until=datetime.fromisoformat(until) if until else None,
        by=by,
        at=at,
    )


def _open_pause_of(ticket: Ticket) -> int:
    """0 where it does not stand still."""
    open_ones = ticket.pauses.filter(ended_at__isnull=True)
    return open_ones.values_list("pk", flat=True).first() or 0


def _add_watcher(ticket: Ticket, value: str, by: User, at: datetime) -> None:
    who = User.objects.filter(pk=int(value), is_active=True).first()
    if who is None:
        raise IllegalAct(gettext("This person is no longer here."))
    if ticket.watchers.filter(pk=who.pk).exists():
        raise IllegalAct(gettext("%(name)s watches it already.") % {"name": who})
    watch(ticket, who=who, by=by, at=at)


def _drop_watcher(
    ticket: Ticket, before: None, value: str, by: User, at: datetime
) -> None:
    who = ticket.watchers.filter(pk=int(value)).first()
    if who is None:
        raise _changed_since()
    unwatch(ticket, who=who, by=by, at=at)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("assign", _("Assign"), _assign, _give_back),
        Kind("priority", _("Set the priority"), _set_priority, _reset_priority),
        Kind("tag", _("Add a tag"), _add_tag, _drop_tag),
        Kind("pause", _("Pause"), _pause, _unpause),
        Kind("resume", _("Let the clocks go on"), _resume, _pause_again),
        Kind("watch", _("Add a watcher"), _add_watcher, _drop_watcher),
    )
}
