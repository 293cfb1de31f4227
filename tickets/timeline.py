"""A customer's tickets, for the timeline on their page."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.timeline import Entry, register
from teams.models import User
from tickets.models import Ticket


@register
def opened_tickets(
    customer: Customer, user: User, *, before: datetime | None, limit: int
) -> Sequence[Entry]:
    found = Ticket.objects.visible_to(user).filter(customer=customer)
    if before:
        found = found.filter(opened_at__lte=before)
    newest = found.select_related("assignee").order_by("-opened_at", "-number")
    return [_opened(ticket) for ticket in newest[:limit]]


@register
def resolved_tickets(
    customer: Customer, user: User, *, before: datetime | None, limit: int
) -> Sequence[Entry]:
    found = Ticket.objects.visible_to(user).resolved().filter(customer=customer)
    if before:
        found = found.filter(resolved_at__lte=before)
    newest = found.order_by("-resolved_at", "-number")
    return [_resolved(ticket) for ticket in newest[:limit]]


def _opened(ticket: Ticket) -> Entry:
    return Entry(
        at=ticket.opened_at,
        kind="ticket",
        title=_("Ticket %(number)d opened: %(subject)s")
        % {"number": ticket.number, "subject": ticket.subject},
        text=_("%(status)s, owned by %(owner)s")
        % {"status": ticket.get_status_display(), "owner": ticket.assignee},
        url=reverse("tickets:detail", args=[ticket.number]),
        tone="" if ticket.status == Ticket.Status.RESOLVED else "warning",
    )


def _resolved(ticket: Ticket) -> Entry:
    assert ticket.resolved_at is not None
    return Entry(
        at=ticket.resolved_at,
        kind="ticket",
        title=_("Ticket %(number)d resolved") % {"number": ticket.number},
        text=ticket.outcome,
        url=reverse("tickets:detail", args=[ticket.number]),
        tone="good",
    )
