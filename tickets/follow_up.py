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
from tickets.conversation import customer_wrote
from tickets.models import Clock, IllegalAct, SlaPolicy, Ticket
from tickets.policies import targets_for
from tickets.presence import stand_in_for


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
    if ticket.is_resolved and at > reopens_until(ticket):
        return come_back(ticket, said, at=at)
    if ticket.is_resolved:
        ticket.go_on(reason="not solved, says the customer", by=None, at=at)
    _hear(ticket, said, at=at)
    return ticket


@transaction.atomic
def come_back(ticket: Ticket, said: Message | str, *, at: datetime) -> Ticket:
    """A follow-up ticket with its own promises, which gets what the customer said.

    Where one is open already, that one gets it. Raises IllegalAct on an open ticket.
    """
    ticket.hold()
    following = _open(ticket, by=None, at=at)
    _hear(following, said, at=at)
    return following


def keep_words(ticket: Ticket, said: str, *, at: datetime) -> Message | None:
    """Words from the customer's page as a message; None of no words."""
    if not said.strip() or ticket.customer is None:
        return None
    return Message.objects.create(
        customer=ticket.customer,
        direction=Message.Direction.IN,
        channel=Message.Channel.EMAIL,
        text=said.strip(),
        thread=ticket.thread,
        happened_at=at,
    )


def owner_of(ticket: Ticket, *, at: datetime) -> int:
    """Who takes it up again: the owner, else who stands in for them, else the lead."""
    stand_in = stand_in_for(ticket.assignee, at=at)
    return stand_in.pk if stand_in else ticket.team.lead_id


def _hear(ticket: Ticket, said: Message | str, *, at: datetime) -> None:
    """A message that came by itself was told to the conversation where it came in."""
    if isinstance(said, Message):
        said.thread = ticket.thread
        said.save(update_fields=["thread"])
    elif message := keep_words(ticket, said, at=at):
        customer_wrote(ticket, message, at)


def _open(ticket: Ticket, *, by: User | None, at: datetime) -> Ticket:
    if not ticket.is_resolved:
        raise IllegalAct(_("This ticket is not resolved."))
    already = ticket.follow_ups.exclude(status=Ticket.Status.RESOLVED).first()
    if already is not None:
        return already
    following = _begun(ticket, at=at)
    following.save(force_insert=True)
    following.watchers.set(ticket.watchers.all())
    _promise(following, _resolution_of(ticket).policy, by=by, at=at)
    _record(ticket, following, by=by, at=at)
    _tell(ticket, following, by=by, at=at)
    return following


def _begun(ticket: Ticket, *, at: datetime) -> Ticket:
    return Ticket(
        response_id=ticket.response_id,
        rule_id=ticket.rule_id,
        rule_version=ticket.rule_version,
        follow_up_of=ticket,
        problem_type=ticket.problem_type,
        tags=ticket.tags,
        customer=ticket.customer,
        touchpoint=ticket.touchpoint,
        subject=ticket.subject,
        priority=ticket.priority,
        team=ticket.team,
        assignee_id=owner_of(ticket, at=at),
        opened_at=at,
        # Until the clocks are started, below.
        first_contact_due_at=at,
        resolution_due_at=at,
        region=ticket.region,
        product_line=ticket.product_line,
        tier=ticket.tier,
        # A promise of its own counts among those of the day on which it was made.
        day=local_day(at),
    )


def _promise(
    following: Ticket, policy: SlaPolicy, *, by: User | None, at: datetime
) -> None:
    """Both promises anew, by the policy of the first ticket."""
    targets = targets_for(policy, priority=following.priority, tier=following.tier)
    promised = (
        (Clock.Kind.FIRST_CONTACT, targets.first_contact),
        (Clock.Kind.RESOLUTION, targets.resolution),
    )
    following.save_deadlines(
        clocks.start(following, kind, policy=policy, minutes=minutes, by=by, at=at)
        for kind, minutes in promised
    )


def _resolution_of(ticket: Ticket) -> Clock:
    return (
        ticket.clocks.select_related("policy")
        .filter(kind=Clock.Kind.RESOLUTION)
        .latest("cycle")
    )


def _tell(ticket: Ticket, following: Ticket, *, by: User | None, at: datetime) -> None:
    people = {following.assignee_id, following.team.lead_id} - {by.pk if by else 0}
    for person in sorted(people):
        notify(
            person,
            "ticket_came_back",
            at=at,
            url=following.get_absolute_url(),
            number=following.number,
            before=ticket.number,
        )


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
