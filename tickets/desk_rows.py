"""The lines of the list of tickets, as HTML.

Fifty stand on a page and half of what a page took went into their template: written
here, with the words that recur looked up once, they take a tenth of it.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from html import escape

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.timezone import get_current_timezone_name, localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tickets.desk_lines import Line
from tickets.models import Rule, Ticket
from tickets.time_left import time_left
from tickets.tones import due_tone, priority_tone, status_tone

WORDS_SHOWN = 120


def rows_of(
    lines: Iterable[Line], *, at: datetime, left: Collection[int] = ()
) -> dict[int, SafeString]:
    """By number; those in `left` are no longer what this list asks for."""
    rows = _Rows(at)
    return {
        line.number: SafeString(rows.row_of(line, has_left=line.number in left))
        for line in lines
    }


class _Rows:
    """Everything that is put together here is escaped where it comes in."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.language, self.zone = get_language() or "", get_current_timezone_name()
        self.assignee, self.team = escape(_("Assignee")), escape(_("Team"))
        self.choose = escape(_("Choose ticket %(number)s"))
        self.unknown = escape(_("Unknown customer"))
        self.stands_still = escape(_("stands still"))
        self.gone = escape(_("No longer in this list"))
        self.wrote = escape(_("The customer wrote"))
        self.waits = escape(_("Waits until somebody is free"))
        self.priorities = {
            value: _label(priority_tone(value), label)
            for value, label in Rule.Priority.choices
        }
        self.statuses = {
            value: _label(status_tone(value), label)
            for value, label in Ticket.Status.choices
        }

    def row_of(self, line: Line, *, has_left: bool) -> str:
        number = line.number
        marks = self._marks(line, has_left)
        return f"""<tr id="ticket-{number}" data-ticket="{number}"{' class="has-left"' if has_left else ""}>
  <td class="ticket-box"><input class="form-check-input" type="checkbox" name="numbers" value="{number}" form="bulk" aria-label="{self.choose % {"number": number}}"></td>
  <th scope="row">
    <a href="/tickets/{number}/">#{number} {escape(line.subject)}</a>
    <p class="ticket-who">{self._who(line)}</p>
    {_comment(line.comment)}
    {f'<p class="ticket-marks">{marks}</p>' if marks else ""}
  </th>
  <td>{self._due(line)}</td>
  <td>{self.priorities[line.priority]}</td>
  <td>{self.statuses[line.status]}</td>
  <td data-label="{self.assignee}">{escape(line.assignee)}</td>
  <td data-label="{self.team}">{escape(line.team)}</td>
</tr>
"""

    def _who(self, line: Line) -> str:
        if line.customer is None:
            return self.unknown
        if line.account is None:
            return escape(line.customer)
        return f"{escape(line.customer)} · {escape(line.account)}"

    def _marks(self, line: Line, has_left: bool) -> str:
        marks = [_mark(self.gone)] if has_left else []
        if line.unanswered_since:
            marks.append(_mark(self.wrote, " ticket-mark-warning"))
        if line.waits_for_owner:
            marks.append(_mark(self.waits, " ticket-mark-warning"))
        return "".join([*marks, *(_mark(escape(tag)) for tag in line.tags)])

    def _due(self, line: Line) -> str:
        due_at = line.next_due_at
        if due_at is None:
            if line.is_resolved:
                return "–"
            return f'<span class="text-secondary">{self.stands_still}</span>'
        tone, words = due_tone(due_at, at=self.at), time_left(due_at, at=self.at)
        return (
            f'<time class="time-left time-left-{tone}"'
            f" {_instant(due_at, self.language, self.zone)} data-time-left>"
            f"{escape(words)}</time>"
        )


@lru_cache(maxsize=4096)
def _instant(at: datetime, language: str, zone: str) -> str:
    """As attributes; deadlines move seldom, and the same lists are read all day."""
    local = localtime(at)
    title = escape(date_format(local, "DATETIME_FORMAT"))
    return f'datetime="{local.isoformat()}" title="{title}"'


def _label(tone: str, words: object) -> str:
    return f'<span class="status-label status-{tone}">{escape(str(words))}</span>'


def _mark(words: str, look: str = "") -> str:
    return f'<span class="ticket-mark{look}">{words}</span>'


def _comment(comment: str) -> str:
    if not comment:
        return ""
    words = comment
    if len(comment) > WORDS_SHOWN:
        words = Truncator(comment).chars(WORDS_SHOWN)
    return f'<p class="ticket-words" dir="auto">{escape(words)}</p>'
