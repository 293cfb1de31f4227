"""Numbers as people read them: whole points, whole percent, hours and minutes."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from surveys.number_words import whole


def count_text(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


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
