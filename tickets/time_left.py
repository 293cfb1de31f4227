"""How long until a deadline, or since, in words short enough for a list."""

from datetime import datetime, timedelta
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def time_left(due_at: datetime, *, at: datetime) -> str:
    """“3 h 20 min left”, “overdue by 2 d”. Whole minutes, rounded down.

    `static/js/behaviours/time_left.js` says the same while the page stays open.
    """
    if at > due_at:
        return _said((at - due_at) // MINUTE, get_language(), is_over=True)
    return _said((due_at - at) // MINUTE, get_language(), is_over=False)


@lru_cache(maxsize=4096)
def _said(minutes: int, _language: str | None, *, is_over: bool) -> str:
    """The same tickets are looked at again and again."""
    time = duration(minutes * MINUTE)
    if is_over:
        return _("overdue by %(time)s") % {"time": time}
    return _("%(time)s left") % {"time": time}


def duration(span: timedelta) -> str:
    """The two largest units; minutes only within ten hours."""
    days, rest = divmod(span, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    if days:
        return _join(_days(days), _hours(hours) if hours and days < 10 else "")
    if hours:
        return _join(_hours(hours), _minutes(minutes) if minutes and hours < 10 else "")
    return _minutes(minutes) if minutes else _("less than a minute")


def working_time(span: timedelta) -> str:
    """Hours and minutes, never days: a working day is not 24 hours long."""
    hours, rest = divmod(span, HOUR)
    minutes = rest // MINUTE
    return _join(_hours(hours) if hours else "", _minutes(minutes) if minutes else "")


def words() -> dict[str, str]:
    """The words for the browser, with %s for the number or the time."""
    return {
        "left": _("%(time)s left") % {"time": "%s"},
        "overdue": _("overdue by %(time)s") % {"time": "%s"},
        "d": _("%(count)s d") % {"count": "%s"},
        "h": _("%(count)s h") % {"count": "%s"},
        "min": _("%(count)s min") % {"count": "%s"},
        "now": _("less than a minute"),
    }


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _days(count: int) -> str:
    return _("%(count)s d") % {"count": count}


def _hours(count: int) -> str:
    return _("%(count)s h") % {"count": count}


def _minutes(count: int) -> str:
    return _("%(count)s min") % {"count": count}
