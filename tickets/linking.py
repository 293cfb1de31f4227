"""Tickets that have to do with each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from teams.models import User
from tickets.models import IllegalAct, Ticket, TicketLink

Kind = TicketLink.Kind
# What the other ticket is to this one, read from either end.
TO_IT: dict[str, Promise] = {
    Kind.RELATED: gettext_lazy("related"),
    Kind.DUPLICATE: gettext_lazy("duplicate of"),
    Kind.SPLIT: gettext_lazy("split off from it"),
}
FROM_IT: dict[str, Promise] = {
    Kind.RELATED: gettext_lazy("related"),
    Kind.DUPLICATE: gettext_lazy("has the duplicate"),
    Kind.SPLIT: gettext_lazy("it was split off from"),
}


@dataclass(frozen=True)
class Linked:
    """`how` says what the other one is to the ticket asked about."""

    link: TicketLink
    other: Ticket
    how: Promise


def linked_with(ticket: Ticket, user: User) -> Sequence[Linked]:
    """Links from and to the ticket, as far as the reader may see the other end."""
    ends = (
        *((link, link.other_id, TO_IT) for link in ticket.links.all()),
        *((link, link.ticket_id, FROM_IT) for link in ticket.linked_from.all()),
    )
    seen = Ticket.objects.visible_to(user).select_related("assignee")
    others = seen.in_bulk([number for _link, number, _words in ends])
    return [
        Linked(link, others[number], words[link.kind])
        for link, number, words in ends
        if number in others
    ]


@transaction.atomic
def link(
    ticket: Ticket, *, other: Ticket, kind: str, by: User, at: datetime
) -> TicketLink:
    """Two tickets are linked once, whichever way round. Raises IllegalAct."""
    ticket.hold()
    if other.pk == ticket.pk:
        raise IllegalAct(_("A ticket cannot be linked with itself."))
    if (
        ticket.links.filter(other=other).exists()
        or ticket.linked_from.filter(ticket=other).exists()
    ):
        raise IllegalAct(_("These two tickets are linked already."))
    made = TicketLink.objects.create(
        ticket=ticket, other=other, kind=kind, created_by=by, created_at=at
    )
    ticket.record("ticket.linked", by=by, at=at, other=other.number, kind=kind)
    other.record("ticket.linked", by=by, at=at, other=ticket.number, kind=kind)
    return made


@transaction.atomic
def unlink(ticket: Ticket, *, link: TicketLink, by: User, at: datetime) -> None:
    """That it was split off stays, because the story of both tells of it."""
    ticket.hold()
    if link.kind == Kind.SPLIT:
        raise IllegalAct(_("That a ticket was split off cannot be undone here."))
    ends = link.ticket, link.other
    link.delete()
    for this, other in (ends, ends[::-1]):
        this.record("ticket.unlinked", by=by, at=at, other=other.number)
