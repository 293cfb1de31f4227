"""Spans of days that numbers are asked for, and the span each is compared with."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.db import models
from django.utils.translation import gettext_lazy as _

Grain = Literal["day", "week", "month"]

LONGEST_DAYS = 30 * 366
EARLIEST = date(1970, 1, 1)


class Preset(models.TextChoices):
    DAYS_7 = "7d", _("Last 7 days")
    DAYS_30 = "30d", _("Last 30 days")
    DAYS_90 = "90d", _("Last 90 days")
    THIS_QUARTER = "quarter", _("This quarter")
    LAST_QUARTER = "last_quarter", _("Last quarter")
    THIS_YEAR = "year", _("This year")
    DAYS_365 = "365d", _("Last 365 days")
    CUSTOM = "custom", _("Custom range")


class ImpossiblePeriod(ValueError):
    """The days cannot be a period; a sentence fit for the user."""


@dataclass(frozen=True)
class Period:
    """Company days from `start` to `end`, both included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ImpossiblePeriod(_("The last day lies before the first day."))
        if self.days > LONGEST_DAYS:
            raise ImpossiblePeriod(_("A period can be 30 years long at most."))
        if self.start < EARLIEST:
            raise ImpossiblePeriod(_("A period cannot start before 1970."))

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def preceding_start(self) -> date:
        """The first day of the equally long period that ends right before this one."""
        return self.start - timedelta(days=self.days)

    @property
    def preceding_end(self) -> date:
        return self.start - timedelta(days=1)

    @property
    def grain(self) -> Grain:
        """How finely a trend over this period is drawn: a table of no more lines than
        one reads, about 30."""
        if self.days <= 31:
            return "day"
        return "week" if self.days <= 186 else "month"

    def buckets(self) -> Iterator[date]:
        """First days of the period's days, weeks (from Monday) or months."""
        bucket = bucket_of(self.start, self.grain)
        while bucket <= self.end:
            yield bucket
            bucket = bucket_of(bucket + _STRIDES[self.grain], self.grain)


# The bucket of a period that is compared with: earlier than any day.
BEFORE = date.min


@dataclass(frozen=True)
class Slice:
    """Days from `first` to `last` of a month that ends at `end`."""

    month: date
    first: date
    last: date
    end: date
    is_one_bucket: bool

    def rest(self) -> Iterator[tuple[date, date]]:
        """The month's other days: from, to."""
        if self.month < self.first:
            yield self.month, self.first - timedelta(days=1)
        if self.last < self.end:
            yield self.last + timedelta(days=1), self.end


@dataclass(frozen=True)
class Stretch:
    """Company days to be counted, `since` and `until` included.

    In buckets where a grain is given. With `before`, the days from it to `since` are
    counted too, all of them in the bucket BEFORE.
    """

    since: date
    until: date
    grain: Grain | None = None
    before: date | None = None

    @property
    def first(self) -> date:
        return self.before or self.since

    @property
    def has_buckets(self) -> bool:
        return self.grain is not None or self.before is not None

    def bucket(self, day: date) -> date | None:
        """The first day of its bucket; None without buckets."""
        if self.before and day < self.since:
            return BEFORE
        return bucket_of(day, self.grain) if self.grain else None

    def slices(self) -> Iterator[Slice]:
        """All days, month by month; where the bucket BEFORE ends, a month is cut."""
        for number in range(_month_number(self.first), _month_number(self.until) + 1):
            year, month = divmod(number, 12)
            _weekday, days = monthrange(year, month + 1)
            first, last = date(year, month + 1, 1), date(year, month + 1, days)
            start, end = max(first, self.first), min(last, self.until)
            if start < self.since <= end:
                yield self._slice(first, start, self.since - timedelta(days=1), last)
                start = self.since
            yield self._slice(first, start, end, last)

    def _slice(self, month: date, first: date, last: date, end: date) -> Slice:
        is_one_bucket = last < self.since or self.grain in (None, "month")
        return Slice(month, first, last, end, is_one_bucket)


def _month_number(day: date) -> int:
    return 12 * day.year + day.month - 1


# A step from a bucket's first day that surely ends in the next bucket.
_STRIDES = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
}


def day_after(day: date) -> date:
    """The next day, as far as the calendar goes: whoever asks up to its end asks for
    nothing there."""
    return min(day, _LAST) + timedelta(days=1)


# Instants of the very last days have no time in other zones.
_LAST = date.max - timedelta(days=3)


def bucket_of(day: date, grain: Grain) -> date:
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def period_for(preset: str, *, today: date) -> Period:
    """The period of a preset, up to and with `today`. ValueError for a custom one."""
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    before = quarter - timedelta(days=1)
    starts = {
        Preset.DAYS_7: today - timedelta(days=6),
        Preset.DAYS_30: today - timedelta(days=29),
        Preset.DAYS_90: today - timedelta(days=89),
        Preset.DAYS_365: today - timedelta(days=364),
        Preset.THIS_QUARTER: quarter,
        Preset.THIS_YEAR: date(today.year, 1, 1),
    }
    if preset == Preset.LAST_QUARTER:
        return Period(date(before.year, before.month - 2, 1), before)
    return Period(starts[Preset(preset)], today)
