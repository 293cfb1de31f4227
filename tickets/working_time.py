"""Working time: when a target is due and how much of it is used, on a team's hours.

Inside, an instant is a whole number of microseconds since 1970 (UTC), so every sum is
exact; outside, every instant returned is an aware datetime in UTC.
"""

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

Shifts = Sequence[tuple[str, str]]
Interval = tuple[datetime, datetime]
Span = tuple[int, int]

HORIZON_DAYS = 36_525
"""due_at() and shift() look for open time this many days ahead or back, no further."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1) // MICROSECOND
BLOCK_DAYS = 8
BLOCK = BLOCK_DAYS * DAY
FIRST_DAY = date.min.toordinal() + 2 - EPOCH.toordinal()
LAST_DAY = date.max.toordinal() - 2 - EPOCH.toordinal()
END_OF_DAY = 24 * 60
REMEMBERED_BLOCKS = 512
STRETCH = 16 * BLOCK
REMEMBERED_STRETCHES = 64
CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


class NeverOpen(ValueError):
    """The calendar has too little open time within the horizon to use up the target."""


@dataclass(frozen=True)
class WorkingCalendar:
    """The hours of one team, in its own time zone.

    `weekly` maps 0 (Monday) to 6 (Sunday) to shifts such as ("09:00", "17:30"): half-open,
    local time, several a day, overlaps united. A close of "24:00", or "23:59" as other
    systems write it, is the end of the day. A holiday closes its whole day; `overrides`
    gives a date its own shifts (none: closed) and wins over both. A local time that a clock
    change skips moves later by the gap; one that happens twice is its first occurrence.

    Raises ValueError for an unknown time zone or weekday, a date with a time, a bad shift.
    """

    time_zone: str
    weekly: Mapping[int, Shifts]
    holidays: frozenset[date] = frozenset()
    overrides: Mapping[date, Shifts] = field(default_factory=dict)
    _hours: "_Hours" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        week = {_weekday(day): _minutes(shifts) for day, shifts in self.weekly.items()}
        dated: dict[int, tuple[Span, ...]] = {
            _ordinal(day): () for day in self.holidays
        }
        for day, shifts in self.overrides.items():
            dated[_ordinal(day)] = _minutes(shifts)
        hours = _hours(
            self.time_zone, tuple(sorted(week.items())), tuple(sorted(dated.items()))
        )
        object.__setattr__(self, "_hours", hours)

    def due_at(
        self,
        start: datetime,
        target: timedelta,
        *,
        pauses: Sequence[Interval] = (),
    ) -> datetime:
        """The instant at which `target` of open, unpaused time since `start` is used up.

        Used up exactly at closing time means due at the closing instant; a zero target is
        due at `start`. Raises NeverOpen where the horizon does not hold enough open time,
        ValueError for a negative target, a naive datetime or a pause that ends before it begins.
        """
        if target < timedelta(0):
            raise ValueError("A target cannot be negative.")
        return self.shift(start, target, pauses=pauses)

    def elapsed(
        self, start: datetime, end: datetime, *, pauses: Sequence[Interval] = ()
    ) -> timedelta:
        """Open, unpaused time in [start, end); zero where `end` is not after `start`."""
        spans = self._hours.between(_instant(start), _instant(end))
        return sum(b - a for a, b in _unpaused(spans, _united(pauses))) * MICROSECOND

    def shift(
        self,
        instant: datetime,
        offset: timedelta,
        *,
        pauses: Sequence[Interval] = (),
    ) -> datetime:
        """Go `offset` of open, unpaused time forward, or back where it is negative.

        The result is the instant nearest to `instant` that fits, so a step back that ends
        exactly at opening time gives the opening instant. Raises as due_at() does.
        """
        at, paused, distance = _instant(instant), _united(pauses), offset // MICROSECOND
        if distance >= 0:
            near = self._hours.near(at, paused, distance)
            if near is None:
                near = _used_up(self._hours.onward(at), paused, at, distance)
            return _datetime(near)
        # Backwards is forwards on the mirrored time line, where every sign is turned.
        mirrored = [(-end, -start) for start, end in reversed(paused)]
        return _datetime(-_used_up(self._hours.backward(at), mirrored, -at, -distance))

    def windows(
        self, start: datetime, end: datetime, *, pauses: Sequence[Interval] = ()
    ) -> Iterator[Interval]:
        """The open, unpaused intervals in [start, end) in order; they add up to elapsed()."""
        spans = self._hours.between(_instant(start), _instant(end))
        for opens, closes in _merged(_unpaused(spans, _united(pauses))):
            yield _datetime(opens), _datetime(closes)


@dataclass(frozen=True)
class Patchwork:
    """Calendars that followed each other: each counts from its instant to the next's.

    What was used up on the older hours stays used up; the rest is counted on the newer.
    The first calendar also counts for what lies before it.
    """

    parts: tuple[tuple[datetime, WorkingCalendar], ...]

    def due_at(
        self,
        start: datetime,
        target: timedelta,
        *,
        pauses: Sequence[Interval] = (),
    ) -> datetime:
        """As WorkingCalendar.due_at()."""
        rest = target
        for calendar, begins, ends in self._stretches(start):
            if ends is None:
                return calendar.due_at(begins, rest, pauses=pauses)
            used = calendar.elapsed(begins, ends, pauses=pauses)
            if used >= rest:
                return calendar.due_at(begins, rest, pauses=pauses)
            rest -= used
        raise ValueError("A patchwork needs at least one calendar.")

    def elapsed(
        self, start: datetime, end: datetime, *, pauses: Sequence[Interval] = ()
    ) -> timedelta:
        """As WorkingCalendar.elapsed()."""
        return sum(
            (
                calendar.elapsed(begins, min(end, ends or end), pauses=pauses)
                for calendar, begins, ends in self._stretches(start)
            ),
            timedelta(),
        )

    def windows(
        self, start: datetime, end: datetime, *, pauses: Sequence[Interval] = ()
    ) -> Iterator[Interval]:
        """As WorkingCalendar.windows()."""
        for calendar, begins, ends in self._stretches(start):
            yield from calendar.windows(begins, min(end, ends or end), pauses=pauses)

    def _stretches(
        self, start: datetime
    ) -> Iterator[tuple[WorkingCalendar, datetime, datetime | None]]:
        """Each calendar with the part of [start, …) that it counts; the last is open."""
        until = [begins for begins, _calendar in self.parts[1:]]
        for (begins, calendar), ends in zip(self.parts, [*until, None], strict=True):
            if ends is None or ends > start:
                first = begins is self.parts[0][0]
                yield calendar, start if first else max(start, begins), ends


def united(pauses: Iterable[Interval]) -> list[Interval]:
    """The same pauses, in UTC and in order, with overlaps and touching ends merged."""
    return [(_datetime(start), _datetime(end)) for start, end in _united(pauses)]


class _Sums:
    """The spans of some stretch with how much open time lies before each of them."""

    def __init__(self, spans: Sequence[Span], end: int) -> None:
        self.opens = [opens for opens, _closes in spans]
        self.closes = [closes for _opens, closes in spans]
        self.used = list(accumulate((b - a for a, b in spans), initial=0))
        self.end = end

    def before(self, instant: int) -> int:
        """Open time from the beginning of the stretch until then."""
        at = bisect_right(self.closes, instant)
        used = self.used[at]
        if at < len(self.opens) and self.opens[at] < instant:
            used += instant - self.opens[at]
        return used

    def when(self, used: int) -> int:
        """The first instant before which that much, more than none, is open."""
        at = bisect_left(self.used, used) - 1
        return self.opens[at] + used - self.used[at]


class _Hours:
    """Open time by block of UTC days, each worked out once and remembered.

    Of UTC days, because a local midnight may be missing or happen twice.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        week: Mapping[int, tuple[Span, ...]],
        dated: Mapping[int, tuple[Span, ...]],
    ) -> None:
        self.zone = zone
        self.week = week
        self.dated = dated
        self.known: dict[int, tuple[Span, ...]] = {}
        self.sums: dict[int, _Sums] = {}

    def near(self, start: int, pauses: Sequence[Span], budget: int) -> int | None:
        """When the budget is used up, by few looks instead of going span by span;
        None where that is too far away to be told so."""
        if budget == 0:
            return start
        sums = self._sums_of(start // STRETCH)
        goal = sums.before(start) + budget
        for paused_from, paused_to in pauses:
            if paused_to <= start:
                continue
            used = sums.before(max(paused_from, start))
            if used >= goal:
                break
            if paused_to > sums.end:
                return None
            goal += sums.before(paused_to) - used
        return sums.when(goal) if goal <= sums.used[-1] else None

    def _sums_of(self, stretch: int) -> _Sums:
        """This stretch and the next, so that much lies ahead of each start."""
        sums = self.sums.get(stretch)
        if sums is None:
            if len(self.sums) >= REMEMBERED_STRETCHES:
                self.sums.clear()
            first, end = stretch * STRETCH, (stretch + 2) * STRETCH
            sums = self.sums[stretch] = _Sums(list(self.between(first, end)), end)
        return sums

    def between(self, start: int, end: int) -> Iterator[Span]:
        if start < end:
            for block in range(start // BLOCK, (end - 1) // BLOCK + 1):
                yield from _clipped(self._of(block), start, end)

    def onward(self, start: int) -> Iterator[Span]:
        for block in self._blocks(start // DAY, start // DAY + HORIZON_DAYS):
            for span in self._of(block):
                if span[0] >= start:
                    yield span
                elif span[1] > start:
                    yield start, span[1]

    def backward(self, end: int) -> Iterator[Span]:
        """From `end` into the past, on the mirrored time line."""
        blocks = self._blocks(end // DAY - HORIZON_DAYS, end // DAY)
        for block in reversed(blocks):
            for opens, closes in reversed(self._of(block)):
                if opens < end:
                    yield -min(closes, end), -opens

    def _blocks(self, first_day: int, last_day: int) -> range:
        if not any(self.week.values()):
            open_days = [day for day, shifts in self.dated.items() if shifts]
            if not open_days:
                return range(0)
            first_day = max(first_day, min(open_days) - 2)
            last_day = min(last_day, max(open_days) + 2)
        return range(first_day // BLOCK_DAYS, last_day // BLOCK_DAYS + 1)

    def _of(self, block: int) -> tuple[Span, ...]:
        spans = self.known.get(block)
        if spans is None:
            if len(self.known) >= REMEMBERED_BLOCKS:
                self.known.clear()
            spans = self.known[block] = self._open_spans(block)
        return spans

    def _open_spans(self, block: int) -> tuple[Span, ...]:
        # Offsets reach from -12 to +14 hours, and a skipped date moves a shift a day later.
        days = range(block * BLOCK_DAYS - 2, (block + 1) * BLOCK_DAYS + 1)
        written = _merged(sorted(span for day in days for span in self._shifts_of(day)))
        return tuple(_clipped(written, block * BLOCK, (block + 1) * BLOCK))

    def _shifts_of(self, local_day: int) -> Iterator[Span]:
        if not FIRST_DAY <= local_day <= LAST_DAY:
            return
        local = date.fromordinal(local_day + EPOCH.toordinal())
        shifts = self.dated.get(local_day, self.week.get(local.weekday(), ()))
        midnight = datetime.combine(local, time())
        for opens, closes in shifts:
            span = self._resolve(midnight, opens), self._resolve(midnight, closes)
            if span[0] < span[1]:
                yield span

    def _resolve(self, midnight: datetime, minutes: int) -> int:
        # zoneinfo with fold=0 is the rule itself: a gap moves later, a fold is its first.
        local = midnight + timedelta(minutes=minutes)
        return _instant(local.replace(tzinfo=self.zone))


@lru_cache(maxsize=512)
def _hours(
    time_zone: str,
    week: tuple[tuple[int, tuple[Span, ...]], ...],
    dated: tuple[tuple[int, tuple[Span, ...]], ...],
) -> _Hours:
    """Equal calendars share the days worked out, however often they are built anew."""
    return _Hours(_zone(time_zone), dict(week), dict(dated))


def _used_up(
    spans: Iterator[Span], pauses: Sequence[Span], start: int, budget: int
) -> int:
    if budget == 0:
        return start
    for opens, closes in _unpaused(spans, pauses):
        if budget <= closes - opens:
            return opens + budget
        budget -= closes - opens
    raise NeverOpen(
        "This calendar has too little open time within a hundred years of the start."
    )


def _unpaused(spans: Iterator[Span], pauses: Sequence[Span]) -> Iterator[Span]:
    """Ascending disjoint spans less ascending disjoint pauses."""
    ahead = deque(pauses)
    for span in spans:
        while ahead and ahead[0][1] <= span[0]:
            ahead.popleft()
        if ahead and ahead[0][0] < span[1]:
            yield from _cut(span, ahead)
        else:
            yield span


def _cut(span: Span, pauses: Iterable[Span]) -> Iterator[Span]:
    start, end = span
    for paused_from, paused_to in pauses:
        if paused_from >= end:
            break
        if paused_from > start:
            yield start, paused_from
        start = paused_to
    if start < end:
        yield start, end


def _united(pauses: Iterable[Interval]) -> list[Span]:
    spans = []
    for start, end in pauses:
        span = _instant(start), _instant(end)
        if span[1] < span[0]:
            raise ValueError("A pause cannot end before it begins.")
        spans.append(span)
    spans.sort()
    return _merged(spans)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Ascending spans: overlapping and touching ones joined, empty ones dropped."""
    merged: list[Span] = []
    for opens, closes in spans:
        if merged and opens <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], closes)
        elif opens < closes:
            merged.append((opens, closes))
    return merged


def _clipped(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    for opens, closes in spans:
        if opens < end and closes > start:
            yield max(opens, start), min(closes, end)


def _instant(moment: datetime) -> int:
    try:
        return (moment - EPOCH) // MICROSECOND
    except TypeError as error:
        raise ValueError("A datetime without a time zone is not an instant.") from error


def _datetime(instant: int) -> datetime:
    return EPOCH + timedelta(microseconds=instant)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"Unknown time zone: {name!r}.") from error


def _weekday(day: int) -> int:
    if type(day) is not int or not 0 <= day <= 6:
        raise ValueError(f"A weekday is 0 (Monday) to 6 (Sunday), not {day!r}.")
    return day


def _ordinal(day: date) -> int:
    if type(day) is not date:
        raise ValueError(f"A holiday or override is a date, not {day!r}.")
    return day.toordinal() - EPOCH.toordinal()


def _minutes(shifts: Shifts) -> tuple[Span, ...]:
    return tuple(_shift_minutes(opens, closes) for opens, closes in shifts)


def _shift_minutes(opens: str, closes: str) -> Span:
    start, end = _minute_of_day(opens), _minute_of_day(closes)
    if closes == "23:59":
        end = END_OF_DAY
    if start >= end:
        raise ValueError(
            f"A shift closes after it opens, on the same day: {opens}-{closes}. "
            "Write 24:00 for midnight, and a night as two shifts."
        )
    return start, end


def _minute_of_day(clock_time: str) -> int:
    if not CLOCK_TIME.fullmatch(clock_time):
        raise ValueError(f"A time of day is written HH:MM, not {clock_time!r}.")
    return int(clock_time[:2]) * 60 + int(clock_time[3:])
