"""Time zones by name, and a person's own."""

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
    return zone_called(user.time_zone)


def zone_called(name: str) -> tzinfo:
    """The installation's where there is no name, or none that this machine knows."""
    if not name:
        return timezone.get_default_timezone()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.get_default_timezone()
