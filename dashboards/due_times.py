"""When a regular mail is due next. Pure but for the zone's own rules."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from teams.time_zones import zone_called

Every = Literal["day", "week", "month"]


@dataclass(frozen=True)
class Rhythm:
    """`weekday` (0 = Monday) counts for weekly ones, `month_day` for monthly ones: the
    last day of a month that is shorter. `hour` is local; where that hour does not exist
    it is the one after the gap, where it comes twice the first."""

    every: Every
    hour: int
    time_zone: str
    weekday: int = 0
    month_day: int = 1

    def next_after(self, instant: datetime) -> datetime:
        """The first due time later than `instant`, in UTC."""
        zone = zone_called(self.time_zone)
        day = instant.astimezone(zone).date() - timedelta(days=1)
        while True:
            day += timedelta(days=1)
            if not self._is_on(day):
                continue
            due = datetime.combine(day, time(self.hour), tzinfo=zone).astimezone(UTC)
            if due > instant:
                return due

    def newest_until(self, first: datetime, until: datetime) -> datetime:
        """The last due time not later than `until`, from `first` on, which is one."""
        newest = first
        while (following := self.next_after(newest)) <= until:
            newest = following
        return newest

    def _is_on(self, day: date) -> bool:
        if self.every == "week":
            return day.weekday() == self.weekday
        if self.every == "month":
            _first, length = calendar.monthrange(day.year, day.month)
            return day.day == min(self.month_day, length)
        return True
