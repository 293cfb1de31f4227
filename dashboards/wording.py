"""Numbers as people read them: whole points, whole percent, hours and minutes."""

import math

from django.utils.formats import number_format
from django.utils.translation import gettext as _

MINUS = "−"


def whole(value: float) -> int:
    """Rounded half away from zero, as people do it; never -0."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def count_text(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def points_text(value: float) -> str:
    """A whole number with its sign: +42, 0, −7."""
    rounded = whole(value)
    if rounded == 0:
        return "0"
    return f"{'+' if rounded > 0 else MINUS}{abs(rounded)}"


def percent_text(value: float) -> str:
    return _("%(percent)d %%") % {"percent": whole(value)}


def minutes_text(minutes: float) -> str:
    """Working time: 45 min, 3 h 20 min, 52 h."""
    hours, rest = divmod(whole(minutes), 60)
    if hours == 0:
        return _("%(minutes)d min") % {"minutes": rest}
    if rest == 0 or hours >= 48:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
