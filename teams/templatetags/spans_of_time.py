"""Differences between deadlines, in words."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _

register = template.Library()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@register.filter
def signed_time(delta: timedelta) -> str:
    """“+1 h 30 min”, “−20 min”; seconds are rounded to minutes."""
    sign = "−" if delta < timedelta() else "+"
    minutes = round(abs(delta) / MINUTE)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [
        _("%(count)s d") % {"count": days} if days else "",
        _("%(count)s h") % {"count": hours} if hours else "",
        _("%(count)s min") % {"count": minutes} if minutes else "",
    ]
    shown = " ".join([part for part in parts if part][:2])
    return f"{sign}{shown}" if shown else _("unchanged")
