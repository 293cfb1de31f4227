"""The filtered list as rows for a spreadsheet."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tickets.models import Ticket

CHUNK = 1_000


def rows_of(tickets: QuerySet[Ticket]) -> Iterator[list[object]]:
    """A header, then one row per ticket, read in chunks; instants as ISO 8601."""
    yield [
        _("Number"),
        _("Subject"),
        _("Status"),
        _("Priority"),
        _("Customer"),
        pgettext("company", "Account"),
        _("Touchpoint"),
        _("Team"),
        _("Assignee"),
        _("Opened at"),
        _("First contact due"),
        _("First contacted"),
        _("Resolution due"),
        _("Resolved"),
        _("Root cause"),
        _("Outcome"),
        _("Reopened"),
        _("Comment"),
    ]
    related = tickets.select_related(
        "customer__account", "touchpoint", "team", "assignee", "root_cause", "response"
    ).defer("response__answers", "response__attributes", "customer__attributes")
    for ticket in related.iterator(chunk_size=CHUNK):
        yield _row(ticket)


def _row(ticket: Ticket) -> list[object]:
    account = ticket.customer.account if ticket.customer else None
    return [
        ticket.number,
        ticket.subject,
        ticket.get_status_display(),
        ticket.get_priority_display(),
        str(ticket.customer or ""),
        account.name if account else "",
        ticket.touchpoint.name,
        ticket.team.name,
        str(ticket.assignee),
        _instant(ticket.opened_at),
        _instant(ticket.first_contact_due_at),
        _instant(ticket.first_contacted_at),
        _instant(ticket.resolution_due_at),
        _instant(ticket.resolved_at),
        str(ticket.root_cause or ""),
        ticket.outcome,
        ticket.reopened_count,
        ticket.response.comment,
    ]


def _instant(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
