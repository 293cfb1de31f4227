"""Two tickets become one, and can become two again.

Everything moves: answers, messages, notes, tasks, files, watchers. What moved stands in
the event `ticket.merged`, so that it can be taken out again. Of two promises of a kind
the earlier one rules: the clocks change places, and none is rewritten.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from customers.models import Message
from events.models import Event
from surveys.models import Response
from teams.models import User
from tickets import clocks
from tickets.models import (
    Attachment,
    Clock,
    IllegalAct,
    InboundMail,
    Note,
    Task,
    Ticket,
    TicketAnswer,
)

Kind = Clock.Kind
# More clocks of one kind than this has no ticket: a place to put one for a moment.
ASIDE = 32_000
# What belongs to a ticket by a reference to it.
BELONGINGS: Mapping[str, type[models.Model]] = {
    "notes": Note,
    "attachments": Attachment,
    "tasks": Task,
    "mails": InboundMail,
}


@dataclass(frozen=True)
class Preview:
    """How much would move, whose promises would rule, and what stands against it."""

    answers: int
    messages: int
    notes: int
    tasks: int
    attachments: int
    due_at: datetime | None
    is_other_customer: bool
    refusal: str

    @property
    def is_possible(self) -> bool:
        return not self.refusal


def where_it_went(ticket: Ticket) -> Ticket:
    """The ticket that goes on for this one: itself, or where it was merged at last."""
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


def preview(ticket: Ticket, into: Ticket) -> Preview:
    deadlines = [t.next_due_at for t in (ticket, into) if t.next_due_at]
    return Preview(
        answers=ticket.answers.count(),
        messages=Message.objects.filter(thread=ticket.thread).count(),
        notes=ticket.notes.count(),
        tasks=ticket.tasks.count(),
        attachments=ticket.attachments.count(),
        due_at=min(deadlines, default=None),
        is_other_customer=ticket.customer_id != into.customer_id,
        refusal=find_refusal(ticket, into),
    )


def find_refusal(ticket: Ticket, into: Ticket) -> str:
    """Why the first cannot go into the second; empty where it can."""
    numbers = {"number": into.number, "this": ticket.number}
    if ticket.pk == into.pk:
        return _("A ticket cannot be merged into itself.")
    for each in (ticket, into):
        if each.merged_into_id is not None:
            return _("#%(number)d was merged into #%(into)d itself.") % {
                "number": each.number,
                "into": each.merged_into_id,
            }
        if each.is_resolved:
            return _("#%(number)d is resolved: link the two instead.") % {
                "number": each.number
            }
        if each.pauses.filter(ended_at__isnull=True).exists():
            return _("The clocks of #%(number)d stand still: let them go on first.") % {
                "number": each.number
            }
    if ticket.customer_id is not None and into.customer_id is None:
        return (
            _(
                "Nobody knows who #%(number)d is about. Merge #%(number)d into "
                "#%(this)d instead."
            )
            % numbers
        )
    if ticket.needs_contact and not into.needs_contact and not _covers(ticket, into):
        return (
            _(
                "#%(this)d still waits for its first contact, which #%(number)d had "
                "before. Merge #%(number)d into #%(this)d instead."
            )
            % numbers
        )
    return ""


@transaction.atomic
def merge(ticket: Ticket, *, into: Ticket, by: User, at: datetime) -> None:
    """Put everything of `ticket` into the other one. Raises IllegalAct."""
    _hold_both(ticket, into)
    if refusal := find_refusal(ticket, into):
        raise IllegalAct(refusal)
    moved = _move(_belongings_of(ticket), into)
    moved["watchers"] = _add_watchers(ticket, into)
    moved["swapped"] = _unite_clocks(ticket, into, by=by, at=at)
    moved["status"] = ticket.status
    ticket.merged_into, ticket.status = into, Ticket.Status.RESOLVED
    ticket.resolved_at = at
    ticket.save_state(
        clocks.clocks_of(ticket), "merged_into", "resolved_at", "first_contacted_at"
    )
    _take_over(ticket, into)
    ticket.record("ticket.merged", by=by, at=at, into=into.number, moved=moved)
    into.record("ticket.absorbed", by=by, at=at, number=ticket.number)


@transaction.atomic
def unmerge(ticket: Ticket, *, by: User, at: datetime) -> None:
    """Take out again what came with it; what was added since stays. IllegalAct."""
    into = ticket.merged_into
    if into is None:
        raise IllegalAct(_("This ticket is not merged."))
    _hold_both(ticket, into)
    _refuse_unmerging(ticket, into)
    moved = _last_merge(ticket).payload["moved"]
    _move_back(moved, ticket, into)
    into.watchers.remove(*moved["watchers"])
    ticket.merged_into, ticket.resolved_at = None, None
    ticket.status = moved["status"]
    ticket.first_contacted_at = ticket.first_contacted_at or into.first_contacted_at
    if ticket.first_contacted_at and ticket.status == Ticket.Status.OPEN:
        ticket.status = Ticket.Status.IN_PROGRESS
    _part_clocks(moved["swapped"], ticket, into, by=by, at=at)
    ticket.save_state(
        clocks.clocks_of(ticket), "merged_into", "resolved_at", "first_contacted_at"
    )
    into.save_deadlines(clocks.clocks_of(into).values())
    ticket.record("ticket.unmerged", by=by, at=at, into=into.number)
    into.record("ticket.released", by=by, at=at, number=ticket.number)


def _hold_both(ticket: Ticket, other: Ticket) -> None:
    """In the order of their numbers, so that no two merges wait for each other."""
    for each in sorted((ticket, other), key=lambda held: held.number):
        each.hold()


def _covers(ticket: Ticket, into: Ticket) -> bool:
    """Whether the contact on the other one came after this one was opened."""
    contacted_at = into.first_contacted_at
    return contacted_at is not None and contacted_at >= ticket.opened_at


def _belongings_of(ticket: Ticket) -> dict[str, list[Any]]:
    """The keys of all that moves, as they can stand in an event."""
    found: dict[str, list[Any]] = {
        name: [
            str(pk)
            for pk in model._default_manager.filter(ticket=ticket).values_list(
                "pk", flat=True
            )
        ]
        for name, model in BELONGINGS.items()
    }
    answers = ticket.answers.values_list("response", flat=True)
    messages = Message.objects.filter(thread=ticket.thread)
    found["answers"] = [str(pk) for pk in answers]
    found["messages"] = [str(pk) for pk in messages.values_list("pk", flat=True)]
    return found


def _move(belongings: dict[str, list[Any]], to: Ticket) -> dict[str, Any]:
    for name, model in BELONGINGS.items():
        model._default_manager.filter(pk__in=belongings.get(name, ())).update(ticket=to)
    TicketAnswer.objects.filter(response__in=belongings["answers"]).update(ticket=to)
    Message.objects.filter(pk__in=belongings["messages"]).update(thread=to.thread)
    _move_task_clocks(belongings.get("tasks", ()), to)
    return belongings


def _move_back(moved: Mapping[str, Any], ticket: Ticket, into: Ticket) -> None:
    """Only what is still there: some of it may have been split off since."""
    still = {
        name: _strings(model._default_manager.filter(ticket=into, pk__in=moved[name]))
        for name, model in BELONGINGS.items()
    }
    still["answers"] = _strings(into.answers.filter(response__in=moved["answers"]))
    messages = Message.objects.filter(thread=into.thread, pk__in=moved["messages"])
    still["messages"] = _strings(messages)
    _move(still, ticket)


def _strings(rows: QuerySet[Any]) -> list[str]:
    return [str(pk) for pk in rows.values_list("pk", flat=True)]


def _move_task_clocks(tasks: Iterable[str], to: Ticket) -> None:
    for clock in Clock.objects.filter(task__in=list(tasks)).order_by("cycle"):
        _put(clock, to)


def _put(clock: Clock, to: Ticket) -> None:
    """Behind the clocks of its kind that the ticket has."""
    last = to.clocks.filter(kind=clock.kind, cycle__lt=ASIDE).aggregate(
        last=Max("cycle")
    )["last"]
    clock.ticket, clock.cycle = to, 0 if last is None else last + 1
    clock.save(update_fields=["ticket", "cycle"])


def _add_watchers(ticket: Ticket, into: Ticket) -> list[int]:
    """Those who did not watch the other one yet: its watchers, and its owner."""
    there = set(into.watchers.values_list("pk", flat=True)) | {into.assignee_id}
    theirs = {*ticket.watchers.values_list("pk", flat=True), ticket.assignee_id}
    seeing = [
        person
        for person in User.objects.filter(pk__in=theirs - there)
        if Ticket.objects.visible_to(person).filter(pk=into.pk).exists()
    ]
    into.watchers.add(*seeing)
    return [person.pk for person in seeing]


def _unite_clocks(ticket: Ticket, into: Ticket, *, by: User, at: datetime) -> list[str]:
    """The earlier of two unmet promises goes on; the kinds whose clocks swapped."""
    if ticket.first_contacted_at is None and _covers(ticket, into):
        assert into.first_contacted_at is not None
        contact = clocks.clocks_of(ticket)[Kind.FIRST_CONTACT]
        if not contact.is_finished:
            clocks.meet(contact, by=by, at=into.first_contacted_at)
        ticket.first_contacted_at = into.first_contacted_at
    theirs, ours = clocks.clocks_of(ticket), clocks.clocks_of(into)
    swapped = []
    for kind, clock in theirs.items():
        other = ours.get(kind)
        if clock.is_finished:
            continue
        if other is None or other.is_finished:
            if kind == Kind.NEXT_RESPONSE:
                _put(clock, into)
                swapped.append("put:" + str(clock.pk))
                continue
        elif clock.due_at < other.due_at:
            _swap(clock, other)
            swapped.append(kind)
            clock = other
        clocks.stop(clock, reason=f"#{into.number}", by=by, at=at)
    return swapped


def _swap(one: Clock, other: Clock) -> None:
    """Each takes the other's place, by way of one that is never taken."""
    ticket, cycle = one.ticket, one.cycle
    there, other_cycle = other.ticket, other.cycle
    Clock.objects.filter(pk=one.pk).update(cycle=ASIDE)
    other.ticket, other.cycle = ticket, cycle
    other.save(update_fields=["ticket", "cycle"])
    one.ticket, one.cycle = there, other_cycle
    one.save(update_fields=["ticket", "cycle"])


def _part_clocks(
    swapped: Sequence[str], ticket: Ticket, into: Ticket, *, by: User, at: datetime
) -> None:
    """Each has its own promises again; nothing of the time between was a pause."""
    theirs, ours = clocks.clocks_of(ticket), clocks.clocks_of(into)
    for kind in (Kind.FIRST_CONTACT, Kind.RESOLUTION, Kind.NEXT_RESPONSE):
        stopped = theirs.get(kind)
        if stopped is None or stopped.state != Clock.State.STOPPED:
            continue
        owner = ticket
        if kind in swapped and kind in ours:
            _swap(ours[kind], stopped)
            owner = into
        _go_on(stopped, owner, by=by, at=at)
    for mark in swapped:
        if mark.startswith("put:"):
            _put(Clock.objects.get(pk=int(mark.removeprefix("put:"))), ticket)


def _go_on(clock: Clock, owner: Ticket, *, by: User, at: datetime) -> None:
    clocks.restart(clock, by=by, at=at)
    if clock.kind == Kind.FIRST_CONTACT and owner.first_contacted_at is not None:
        clocks.meet(clock, by=by, at=owner.first_contacted_at)


def _take_over(ticket: Ticket, into: Ticket) -> None:
    """What the ticket itself says of its promises and of the customer's turn."""
    waiting = [t.unanswered_since for t in (ticket, into) if t.unanswered_since]
    into.unanswered_since = min(waiting, default=None)
    into.save_state(clocks.clocks_of(into), "unanswered_since")


def _refuse_unmerging(ticket: Ticket, into: Ticket) -> None:
    if ticket.merged_into_id != into.pk:
        raise IllegalAct(_("This ticket is not merged."))
    if into.is_resolved:
        raise IllegalAct(
            _("#%(number)d is resolved: reopen it first.") % {"number": into.number}
        )
    if into.pauses.filter(ended_at__isnull=True).exists():
        raise IllegalAct(
            _("The clocks of #%(number)d stand still: let them go on first.")
            % {"number": into.number}
        )


def _last_merge(ticket: Ticket) -> Event:
    merges = Event.objects.filter(
        subject_type="ticket", subject_id=str(ticket.number), name="ticket.merged"
    )
    return merges.latest("id")


def candidates(ticket: Ticket, user: User) -> QuerySet[Ticket]:
    """Open tickets of the same customer that the reader may see, the next due first."""
    if ticket.customer_id is None:
        return Ticket.objects.none()
    seen = Ticket.objects.visible_to(user).open().filter(customer=ticket.customer_id)
    others = seen.exclude(pk=ticket.pk).select_related("assignee", "team")
    return others.order_by("next_due_at", "number")


def answers_of(ticket: Ticket) -> QuerySet[Response]:
    return Response.objects.filter(ticket_answer__ticket=ticket).order_by(
        "submitted_at"
    )
