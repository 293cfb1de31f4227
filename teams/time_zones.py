"""A person's own time zone."""

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.utils import timezone

from teams.models import User


def choices() -> list[tuple[str, str]]:
    """Those with a place in their name."""
    names = (n for n in available_timezones() if "/" in n and not n.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name) for name in sorted(names))]


def zone_of(user: User) -> tzinfo:
    """The one they chose, else the installation's."""
    if not user.time_zone:
        return timezone.get_default_timezone()
    try:
        return ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()
