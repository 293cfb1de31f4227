"""When mail may reach a person: not in their quiet hours, nor while their team rests."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from teams.models import Team, User, WorkingHours
from teams.time_zones import zone_of

# Hours that do not open within so many days never do: then mail does not wait.
LOOKS_AHEAD = 30
# Quiet hours and working hours that leave no gap for each other: likewise.
TURNS = 60


def mail_leaves_at(user: User, *, at: datetime) -> datetime:
    """The first instant from `at` on that is neither quiet nor outside working hours.

    Several teams count as open while one of them is; a team without working hours
    works day and night.
    """
    zone, teams = zone_of(user), hours_of(user)
    leaves_at = at
    for _turn in range(TURNS):
        awake_at = after_quiet(leaves_at, zone, user.quiet_from, user.quiet_until)
        open_at = min((opening(awake_at, hours) for hours in teams), default=awake_at)
        if open_at == leaves_at:
            return leaves_at
        leaves_at = open_at
    return at


def hours_of(user: User) -> list[WorkingHours]:
    """Of the teams that a person sits in or leads; none where one has no hours."""
    teams = Team.objects.of(user)
    hours = [team.working_hours for team in teams.select_related("working_hours")]
    found = [one for one in hours if one is not None]
    return found if len(found) == len(hours) else []


def after_quiet(
    at: datetime, zone: tzinfo, quiet_from: time | None, quiet_until: time | None
) -> datetime:
    """The end of the quiet hours that `at` lies in, else `at` itself."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return at
    local = at.astimezone(zone)
    now, over_midnight = local.time(), quiet_from > quiet_until
    late, early = now >= quiet_from, now < quiet_until
    if not (late or early if over_midnight else late and early):
        return at
    day = local.date() + timedelta(days=1 if over_midnight and late else 0)
    return datetime.combine(day, quiet_until, zone).astimezone(UTC)


def opening(at: datetime, hours: WorkingHours) -> datetime:
    """`at` while the team works, else when it opens next; `at` too where the machine
    does not know the hours' time zone any more: one odd calendar holds up no mail."""
    try:
        zone = ZoneInfo(hours.time_zone)
    except (KeyError, ValueError, OSError):
        return at
    today = at.astimezone(zone).date()
    for ahead in range(LOOKS_AHEAD):
        day = today + timedelta(days=ahead)
        for opens, closes in _shifts_on(day.isoformat(), day.weekday(), hours):
            midnight = datetime.combine(day, time(), zone)
            if at < _instant(midnight, closes):
                return max(at, _instant(midnight, opens))
    return at


def _shifts_on(day: str, weekday: int, hours: WorkingHours) -> Sequence[Sequence[str]]:
    if day in hours.overrides:
        shifts: Sequence[Sequence[str]] = hours.overrides[day]
        return shifts
    weekly: Sequence[Sequence[str]] = hours.weekly.get(str(weekday), [])
    return [] if day in hours.holidays else weekly


def _instant(midnight: datetime, clock: str) -> datetime:
    hour, minute = (int(part) for part in clock.split(":"))
    # On the clock on the wall, whatever daylight saving does to the day.
    return (midnight + timedelta(hours=hour, minutes=minute)).astimezone(UTC)
