"""The customer comes back: the same ticket goes on, or a new one that follows it.

Inside the policy's days to reopen the same clocks run again; later it is a ticket with
promises of its own, and the first one stays what it was.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Message
from surveys.intake import local_day
from teams.models import User
from teams.notices import notify
from tickets import clocks
from tickets.models import Clock, IllegalAct, Ticket
from tickets.routing import WORKERS

KINDS = (Clock.Kind.FIRST_CONTACT, Clock.Kind.RESOLUTION)


def reopens_until(ticket: Ticket) -> datetime:
    """Until when a resolved ticket's own clocks can go on."""
    if ticket.resolved_at is None:
        raise IllegalAct(_("This ticket is not resolved."))
    return ticket.resolved_at + timedelta(
        days=_resolution_of(ticket).policy.reopen_days
    )


@transaction.atomic
def reopen(ticket: Ticket, *, reason: str, by: User, at: datetime) -> Ticket:
    """A colleague says that it is not solved; the ticket that goes on. IllegalAct."""
    ticket.hold()
    if at <= reopens_until(ticket):
        ticket.reopen(reason=reason, by=by, at=at)
        return ticket
    following = _open(ticket, by=by, at=at)
    following.write_note(reason, by=by, at=at)
    return following


@transaction.atomic
def take_up_again(ticket: Ticket, said: Message | str, *, at: datetime) -> Ticket:
    """The customer says that it is not solved; the ticket that goes on.

    On a ticket that is open already only the words are kept.
    """
    ticket.hold()
    if not ticket.is_resolved:
        keep_words(ticket, said, at=at)
    elif at <= reopens_until(ticket):
        keep_words(ticket, said, at=at)
        ticket.go_on(reason="not solved, says the customer", by=None, at=at)
    else:
        return come_back(ticket, said, at=at)
    return ticket


@transaction.atomic
def come_back(ticket: Ticket, said: Message | str, *, at: datetime) -> Ticket:
    """A follow-up ticket with its own promises, which gets what the customer said.

    Where one is open already, that one gets it. Raises IllegalAct on an open ticket.
    """
    ticket.hold()
    following = _open(ticket, by=None, at=at)
    keep_words(following, said, at=at)
    return following


def keep_words(ticket: Ticket, said: Message | str, *, at: datetime) -> None:
    """Put what the customer said, a message or words from a page, on the ticket."""
    if isinstance(said, Message):
        said.thread = ticket.thread
        said.save(update_fields=["thread"])
    elif said.strip() and ticket.customer is not None:
        Message.objects.create(
            customer=ticket.customer,
            direction=Message.Direction.IN,
            channel=Message.Channel.EMAIL,
            text=said.strip(),
            thread=ticket.thread,
            happened_at=at,
        )


def _open(ticket: Ticket, *, by: User | None, at: datetime) -> Ticket:
    if not ticket.is_resolved:
        raise IllegalAct(_("This ticket is not resolved."))
    already = ticket.follow_ups.exclude(status=Ticket.Status.RESOLVED).first()
    if already is not None:
        return already
    following = _begun(ticket, at=at)
    following.save(force_insert=True)
    following.watchers.set(ticket.watchers.all())
    _start_clocks(following, at=at)
    _record(ticket, following, by=by, at=at)
    for person in {following.assignee_id, following.team.lead_id}:
        if by is None or person != by.pk:
            notify(
                person,
                "ticket_came_back",
                at=at,
                url=following.get_absolute_url(),
                number=following.number,
                before=ticket.number,
            )
    return following


def _begun(ticket: Ticket, *, at: datetime) -> Ticket:
    due = {kind: _due(ticket, kind, at=at) for kind in KINDS}
    return Ticket(
        response_id=ticket.response_id,
        rule_id=ticket.rule_id,
        rule_version=ticket.rule_version,
        follow_up_of=ticket,
        problem_type=ticket.problem_type,
        tags=ticket.tags,
        customer_id=ticket.customer_id,
        touchpoint_id=ticket.touchpoint_id,
        subject=ticket.subject,
        priority=ticket.priority,
        team=ticket.team,
        assignee_id=owner_of(ticket, at=at),
        opened_at=at,
        first_contact_due_at=due[Clock.Kind.FIRST_CONTACT],
        resolution_due_at=due[Clock.Kind.RESOLUTION],
        next_due_at=min(due.values()),
        region=ticket.region,
        product_line=ticket.product_line,
        tier=ticket.tier,
        # A promise of its own counts among those of the day on which it was made.
        day=local_day(at),
    )


def owner_of(ticket: Ticket, *, at: datetime) -> int:
    """Who takes it up again: the owner if they still work on tickets, else the lead."""
    owner = ticket.assignee
    is_there = owner.is_active and owner.role in WORKERS
    return owner.pk if is_there else ticket.team.lead_id


def _resolution_of(ticket: Ticket) -> Clock:
    return (
        ticket.clocks.select_related("policy")
        .filter(kind=Clock.Kind.RESOLUTION)
        .latest("cycle")
    )


def _due(ticket: Ticket, kind: Clock.Kind, *, at: datetime) -> datetime:
    calendar = clocks.calendar_of(ticket.team.working_hours)
    return clocks.deadline(calendar, at, _minutes(ticket, kind))


def _minutes(ticket: Ticket, kind: Clock.Kind) -> int:
    return _resolution_of(ticket).policy.minutes_for(kind)


def _start_clocks(following: Ticket, *, at: datetime) -> None:
    before = following.follow_up_of
    assert before is not None
    policy = _resolution_of(before).policy
    due = (following.first_contact_due_at, following.resolution_due_at)
    for kind, due_at in zip(KINDS, due, strict=True):
        clock = Clock.objects.create(
            ticket=following,
            kind=kind,
            policy=policy,
            target_minutes=_minutes(before, kind),
            started_at=at,
            due_at=due_at,
        )
        clocks.history_line(clock, "started", at=at).save()


def _record(
    ticket: Ticket, following: Ticket, *, by: User | None, at: datetime
) -> None:
    ticket.record("ticket.came_back", by=by, at=at, follow_up=following.number)
    following.record(
        "ticket.opened",
        by=by,
        at=at,
        response=str(following.response_id),
        follow_up_of=ticket.number,
        customer=following.customer_id,
        touchpoint=following.touchpoint_id,
        rule=following.rule_id,
        team=following.team_id,
        assignee=following.assignee_id,
        priority=str(following.priority),
    )
