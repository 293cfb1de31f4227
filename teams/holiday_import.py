"""Public holidays of a country and year, with the make-up workdays that go with them.

Only a source to import from: what was imported is edited like what was typed. The
calendars of the world (3 MB) are loaded when somebody asks for them, not before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, to_locale

from teams.models import WorkingHours
from teams.shifts import Shifts

# Whose government moves working days to weekends, and says so only a year at a time.
WITH_MAKE_UP_DAYS = frozenset({"CN"})
OCTOBER = 10


@dataclass(frozen=True)
class PublicDays:
    """Names by day. `is_complete` is False where make-up days are still to be told."""

    holidays: Mapping[date, str]
    workdays: Sequence[date]
    is_complete: bool = True


def countries() -> list[tuple[str, str]]:
    """Codes and names in the active language, by name."""
    import holidays
    from babel import Locale

    names = Locale.parse(to_locale(get_language() or "en")).territories
    codes = (code for code in holidays.list_supported_countries() if len(code) == 2)
    return sorted(
        ((code, str(names.get(code, code))) for code in codes), key=lambda pair: pair[1]
    )


def subdivisions(country: str) -> list[str]:
    """States, provinces or cantons with days of their own."""
    import holidays

    return list(holidays.list_supported_countries().get(country, []))


def public_days(country: str, subdivision: str, year: int) -> PublicDays:
    """Raises ValueError for a country or subdivision that is not known."""
    import holidays

    try:
        found = holidays.country_holidays(
            country,
            subdiv=subdivision or None,
            years=[year],
            language=_language_for(country),
        )
    except NotImplementedError as error:
        raise ValueError(f"{country} {subdivision}") from error
    days = {day: name for day, name in sorted(found.items()) if day.year == year}
    made_up = getattr(found, "weekend_workdays", ())
    workdays = sorted(day for day in made_up if day.year == year)
    return PublicDays(
        days, workdays, bool(workdays) or country not in WITH_MAKE_UP_DAYS
    )


def with_days(
    hours: WorkingHours,
    *,
    closed: Sequence[date],
    workdays: Sequence[date],
    shifts: Shifts,
) -> dict[str, object]:
    """The hours' holidays and special days with these added.

    A day that has special hours already keeps them.
    """
    days = {day.isoformat(): shifts for day in workdays}
    return {
        "holidays": sorted({*hours.holidays, *(day.isoformat() for day in closed)}),
        "overrides": dict(sorted({**days, **hours.overrides}.items())),
    }


def missing_years(hours: WorkingHours, *, today: date) -> list[int]:
    """Years that begin to matter and have no holiday yet: this one, and the next from
    October on. None where every day of the week is worked round the clock."""
    if all(hours.weekly.get(str(day)) == [["00:00", "24:00"]] for day in range(7)):
        return []
    wanted = [today.year, today.year + 1] if today.month >= OCTOBER else [today.year]
    known = {day[:4] for day in (*hours.holidays, *hours.overrides)}
    return [year for year in wanted if str(year) not in known]


def usual_shifts(hours: WorkingHours) -> Shifts:
    """What a make-up workday is like: the first working day of the week."""
    days = (hours.weekly.get(str(day), []) for day in range(7))
    return next((list(shifts) for shifts in days if shifts), [])


def _language_for(country: str) -> str | None:
    """The active language where the country's days have names in it, else English."""
    import holidays

    known = holidays.country_holidays(country).supported_languages
    wanted = "zh_CN" if (get_language() or "").startswith("zh") else "en_US"
    return next((name for name in (wanted, "en_US") if name in known), None)
