"""When regular mails are due: by hand-computed tables."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from dashboards.due_times import Every, Rhythm

BERLIN, SHANGHAI = "Europe/Berlin", "Asia/Shanghai"
instants = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001  the zone is given beside
    datetime(2035, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


class TestNextAfter:
    @pytest.mark.parametrize(
        ("rhythm", "after", "expected"),
        [
            (Rhythm("day", 8, BERLIN), at(3, 2, 6), at(3, 2, 7)),
            (Rhythm("day", 8, BERLIN), at(3, 2, 7), at(3, 3, 7)),
            (Rhythm("day", 8, SHANGHAI), at(3, 2, 1), at(3, 3, 0)),
            # 2 March 2026 is a Monday.
            (Rhythm("week", 8, "UTC", weekday=4), at(3, 2, 9), at(3, 6, 8)),
            (Rhythm("week", 8, "UTC", weekday=0), at(3, 2, 9), at(3, 9, 8)),
            (Rhythm("month", 8, "UTC", month_day=31), at(2, 1, 9), at(2, 28, 8)),
            (Rhythm("month", 8, "UTC", month_day=31), at(2, 28, 9), at(3, 31, 8)),
            (Rhythm("month", 8, "UTC", month_day=1), at(3, 1, 8), at(4, 1, 8)),
            # 02:00 does not exist on 29 March: 03:00 summer time, 01:00 UTC.
            (Rhythm("day", 2, BERLIN), at(3, 28, 12), at(3, 29, 1)),
            # 02:00 comes twice on 25 October: the first, in summer time.
            (Rhythm("day", 2, BERLIN), at(10, 24, 12), at(10, 25, 0)),
            # Summer time begins: the same local hour is an hour earlier in UTC.
            (Rhythm("day", 8, BERLIN), at(3, 28, 12), at(3, 29, 6)),
        ],
    )
    def test_is_the_first_one_later(
        self, rhythm: Rhythm, after: datetime, expected: datetime
    ) -> None:
        assert rhythm.next_after(after) == expected

    @given(
        after=instants,
        every=st.sampled_from(["day", "week", "month"]),
        hour=st.integers(0, 23),
        weekday=st.integers(0, 6),
        month_day=st.integers(1, 31),
        zone=st.sampled_from([BERLIN, SHANGHAI, "America/St_Johns"]),
    )
    def test_is_always_later_and_never_skips_one(
        self,
        after: datetime,
        every: Every,
        hour: int,
        weekday: int,
        month_day: int,
        zone: str,
    ) -> None:
        rhythm = Rhythm(every, hour, zone, weekday, month_day)
        due = rhythm.next_after(after)
        assert due > after
        longest = {"day": 2, "week": 8, "month": 32}[every]
        assert (due - after).days < longest
        assert rhythm.next_after(due) > due

    def test_is_by_the_company_where_the_zone_is_known_no_more(self) -> None:
        gone, own = (
            Rhythm("day", 7, zone) for zone in ("Mars/Olympus", settings.TIME_ZONE)
        )
        now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        assert gone.next_after(now) == own.next_after(now)


class TestNewestUntil:
    def test_is_the_last_of_the_missed_ones(self) -> None:
        daily = Rhythm("day", 8, "UTC")
        assert daily.newest_until(at(3, 2, 8), at(3, 9, 7)) == at(3, 8, 8)

    def test_is_the_first_one_where_no_more_were_missed(self) -> None:
        daily = Rhythm("day", 8, "UTC")
        assert daily.newest_until(at(3, 2, 8), at(3, 2, 9)) == at(3, 2, 8)
