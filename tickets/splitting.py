"""Part of a ticket becomes one of its own, because it is another matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Message
from surveys.intake import local_day
from surveys.models import Response
from teams.models import User
from tickets import clocks
from tickets.models import (
    Attachment,
    Clock,
    IllegalAct,
    Note,
    SlaPolicy,
    Ticket,
    TicketAnswer,
    TicketLink,
)
from tickets.policies import targets_for


@dataclass(frozen=True)
class Part:
    """What goes into the new ticket; it needs an answer or a message to begin with."""

    answers: Sequence[Response] = ()
    messages: Sequence[Message] = ()
    notes: Sequence[Note] = ()

    @property
    def begun_at(self) -> datetime:
        """When the customer first spoke of it: the promises run from there."""
        return min(
            [answer.submitted_at for answer in self.answers]
            or [message.happened_at for message in self.messages]
        )


@transaction.atomic
def split(
    ticket: Ticket, part: Part, *, subject: str, by: User, at: datetime
) -> Ticket:
    """The new ticket, which has the part and says where it came from. IllegalAct."""
    ticket.hold()
    ticket.refuse_if_resolved()
    _refuse(ticket, part)
    new = _begun(ticket, part, subject=subject, at=at)
    _start_clocks(ticket, new, part, by=by)
    new.watchers.set(ticket.watchers.all())
    _move(part, new)
    TicketLink.objects.create(
        ticket=ticket,
        other=new,
        kind=TicketLink.Kind.SPLIT,
        created_by=by,
        created_at=at,
    )
    _record(ticket, new, by=by, at=at)
    if new.assignee_id != by.pk:
        new.tell_owner("ticket_assigned", at=at)
    return new


def _refuse(ticket: Ticket, part: Part) -> None:
    if not part.answers and not part.messages:
        raise IllegalAct(_("Choose an answer or a message that the new one is about."))
    if ticket.response_id in {answer.pk for answer in part.answers}:
        raise IllegalAct(_("The answer that this ticket began with stays here."))


def _begun(ticket: Ticket, part: Part, *, subject: str, at: datetime) -> Ticket:
    first = min(part.answers, key=lambda a: a.submitted_at, default=ticket.response)
    new = Ticket(
        response=first,
        rule_id=ticket.rule_id,
        rule_version=ticket.rule_version,
        problem_type=ticket.problem_type,
        tags=ticket.tags,
        customer_id=ticket.customer_id,
        touchpoint_id=first.touchpoint_id if part.answers else ticket.touchpoint_id,
        subject=subject.strip()[:200] or ticket.subject,
        priority=ticket.priority,
        team=ticket.team,
        assignee_id=ticket.assignee_id,
        waits_for_owner=ticket.waits_for_owner,
        opened_at=part.begun_at,
        first_contact_due_at=part.begun_at,
        resolution_due_at=part.begun_at,
        region=ticket.region,
        product_line=ticket.product_line,
        tier=ticket.tier,
        day=local_day(part.begun_at),
    )
    new.save(force_insert=True)
    return new


def _start_clocks(ticket: Ticket, new: Ticket, part: Part, *, by: User) -> None:
    """A contact that came after the customer spoke of it was about it too."""
    policy = _policy_of(ticket)
    targets = targets_for(policy, priority=new.priority, tier=new.tier)
    contacted_at = ticket.first_contacted_at
    for kind in (Clock.Kind.FIRST_CONTACT, Clock.Kind.RESOLUTION):
        clock = clocks.start(
            new,
            kind,
            policy=policy,
            minutes=targets.of(kind) or policy.minutes_for(kind),
            by=by,
            at=part.begun_at,
        )
        is_contact = kind == Clock.Kind.FIRST_CONTACT
        if is_contact and contacted_at and contacted_at >= part.begun_at:
            clocks.meet(clock, by=by, at=contacted_at)
            new.first_contacted_at = contacted_at
            new.status = Ticket.Status.IN_PROGRESS
    new.save_state(clocks.clocks_of(new), "first_contacted_at")


def _policy_of(ticket: Ticket) -> SlaPolicy:
    resolutions = ticket.clocks.filter(kind=Clock.Kind.RESOLUTION)
    return resolutions.select_related("policy").latest("cycle").policy


def _move(part: Part, new: Ticket) -> None:
    notes, messages = [n.pk for n in part.notes], [m.pk for m in part.messages]
    TicketAnswer.objects.filter(response__in=part.answers).update(ticket=new)
    Message.objects.filter(pk__in=messages).update(thread=new.thread)
    Note.objects.filter(pk__in=notes).update(ticket=new)
    files = Attachment.objects.filter(Q(note__in=notes) | Q(message__in=messages))
    files.update(ticket=new)


def _record(ticket: Ticket, new: Ticket, *, by: User, at: datetime) -> None:
    ticket.record("ticket.split", by=by, at=at, into=new.number)
    new.record(
        "ticket.opened",
        by=by,
        at=at,
        response=str(new.response_id),
        split_off=ticket.number,
        customer=new.customer_id,
        touchpoint=new.touchpoint_id,
        rule=new.rule_id,
        team=new.team_id,
        assignee=new.assignee_id,
        priority=str(new.priority),
    )
    new.record("ticket.split_off", by=by, at=at, number=ticket.number)
