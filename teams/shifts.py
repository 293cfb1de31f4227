"""Working hours as people type them, and as `WorkingHours` stores them.

A shift is `["09:00", "18:00"]`: local, half-open, `24:00` is the end of the day.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

Shifts = list[list[str]]

_SHIFT = re.compile(r"^(\d{1,2}):(\d{2})\s*[-–—~至]\s*(\d{1,2}):(\d{2})$")
_SEPARATORS = re.compile(r"[,，;；、]")


class NotWorkingHours(ValueError):
    """What was typed cannot be read; carries a sentence for the user."""


def shifts_from(text: str) -> Shifts:
    """`9:00-12:00, 13:00-18:00` → sorted shifts that do not overlap; "" → none.

    Raises NotWorkingHours.
    """
    parts = (part.strip() for part in _SEPARATORS.split(text))
    shifts = sorted(_shift_from(part) for part in parts if part)
    for earlier, later in zip(shifts, shifts[1:], strict=False):
        if later[0] < earlier[1]:
            raise NotWorkingHours(
                _("%(one)s and %(other)s overlap.")
                % {"one": _shown(earlier), "other": _shown(later)}
            )
    return shifts


def text_of(shifts: Sequence[Sequence[str]]) -> str:
    return ", ".join(_shown(shift) for shift in shifts)


def dates_from(text: str) -> list[str]:
    """One date per line → sorted ISO dates, each once. Raises NotWorkingHours."""
    return sorted({_date_from(line) for line in _lines(text)})


def special_days_from(text: str) -> dict[str, Shifts]:
    """`2026-10-10 09:00-18:00` per line; only the date or "closed" = closed that day.

    Raises NotWorkingHours, also for a day that is given twice.
    """
    days: dict[str, Shifts] = {}
    for line in _lines(text):
        day, _space, hours = line.partition(" ")
        day = _date_from(day)
        if day in days:
            raise NotWorkingHours(_("%(day)s is given twice.") % {"day": day})
        is_closed = hours.strip().lower() in {"closed", pgettext("day", "closed")}
        days[day] = [] if is_closed else shifts_from(hours)
    return dict(sorted(days.items()))


def text_of_special_days(days: Mapping[str, Sequence[Sequence[str]]]) -> str:
    return "\n".join(
        f"{day} {text_of(shifts) or pgettext('day', 'closed')}"
        for day, shifts in sorted(days.items())
    )


def _shift_from(text: str) -> list[str]:
    found = _SHIFT.match(text)
    if not found:
        raise NotWorkingHours(
            _("“%(text)s” is not a shift. Write it like 09:00-18:00.") % {"text": text}
        )
    hours = [int(part) for part in found.groups()]
    opens, closes = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if hours[1] > 59 or hours[3] > 59 or not opens < closes <= 24 * 60:
        raise NotWorkingHours(
            _(
                "“%(text)s” must open before it closes, between 00:00 and 24:00. "
                "A shift over midnight is two: one until 24:00, one from 00:00."
            )
            % {"text": text}
        )
    return [_clock(opens), _clock(closes)]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _shown(shift: Sequence[str]) -> str:
    return f"{shift[0]}-{shift[1]}"


def _date_from(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise NotWorkingHours(
            _("“%(text)s” is not a date. Write it like 2026-12-25.") % {"text": text}
        ) from error


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
