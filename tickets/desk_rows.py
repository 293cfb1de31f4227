"""The lines of the list of tickets, as HTML.

Fifty stand on a page and half of what a page took went into their template: written
here they take a tenth of it.
"""

from collections.abc import Iterator
from datetime import datetime

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tickets.models import Ticket
from tickets.time_left import time_left
from tickets.tones import due_tone, priority_tone, status_tone

WORDS_SHOWN = 120

_ROW = """<tr id="ticket-{number}" data-ticket="{number}"{left}>
  <td class="ticket-box"><input class="form-check-input" type="checkbox" name="numbers" value="{number}" form="bulk" aria-label="{choose}"></td>
  <th scope="row">
    <a href="{url}">#{number} {subject}</a>
    <p class="ticket-who">{who}</p>
    {comment}
    {marks}
  </th>
  <td>{due}</td>
  <td><span class="status-label status-{priority_tone}">{priority}</span></td>
  <td><span class="status-label status-{status_tone}">{status}</span></td>
  <td data-label="{assignee_label}">{assignee}</td>
  <td data-label="{team_label}">{team}</td>
</tr>
"""


def row_of(ticket: Ticket, *, at: datetime, has_left: bool = False) -> SafeString:
    """`has_left`: no longer what this list asks for."""
    return format_html(
        _ROW,
        number=ticket.number,
        left=SafeString(' class="has-left"') if has_left else "",
        choose=_("Choose ticket %(number)s") % {"number": ticket.number},
        url=ticket.get_absolute_url(),
        subject=ticket.subject,
        who=_who(ticket),
        comment=_comment(ticket),
        marks=_marks(ticket, has_left),
        due=_due(ticket, at),
        priority_tone=priority_tone(ticket.priority),
        priority=ticket.get_priority_display(),
        status_tone=status_tone(ticket.status),
        status=ticket.get_status_display(),
        assignee_label=_("Assignee"),
        assignee=ticket.assignee or "",
        team_label=_("Team"),
        team=ticket.team,
    )


def _who(ticket: Ticket) -> str:
    customer = ticket.customer
    if customer is None:
        return _("Unknown customer")
    return f"{customer} · {customer.account}" if customer.account else str(customer)


def _comment(ticket: Ticket) -> SafeString | str:
    comment = ticket.response.comment if ticket.response else ""
    if not comment:
        return ""
    words = Truncator(comment).chars(WORDS_SHOWN)
    return format_html('<p class="ticket-words" dir="auto">{}</p>', words)


def _marks(ticket: Ticket, has_left: bool) -> SafeString | str:
    marks = format_html_join(
        "", '<span class="ticket-mark{}">{}</span>', _marks_of(ticket, has_left)
    )
    return format_html('<p class="ticket-marks">{}</p>', marks) if marks else ""


def _marks_of(ticket: Ticket, has_left: bool) -> Iterator[tuple[str, str]]:
    if has_left:
        yield "", _("No longer in this list")
    if ticket.unanswered_since:
        yield " ticket-mark-warning", _("The customer wrote")
    if ticket.waits_for_owner:
        yield " ticket-mark-warning", _("Waits until somebody is free")
    for tag in ticket.tags:
        yield "", tag


def _due(ticket: Ticket, at: datetime) -> SafeString | str:
    due_at = ticket.next_due_at
    if due_at is None:
        if ticket.is_resolved:
            return "–"
        words = _("stands still")
        return format_html('<span class="text-secondary">{}</span>', words)
    return format_html(
        '<time class="time-left time-left-{}" datetime="{}" title="{}" data-time-left>'
        "{}</time>",
        due_tone(due_at, at=at),
        localtime(due_at).isoformat(),
        date_format(localtime(due_at), "DATETIME_FORMAT"),
        time_left(due_at, at=at),
    )
