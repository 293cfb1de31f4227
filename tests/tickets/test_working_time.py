"""Working time by hand-computed tables, by properties, and against a minute-by-minute count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.working_time import NeverOpen, WorkingCalendar, united

Interval = tuple[datetime, datetime]
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ROUND_THE_CLOCK = dict.fromkeys(range(7), [("00:00", "24:00")])


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def spans(*texts: str) -> list[Interval]:
    return [(utc(text[:16]), utc(text[17:])) for text in texts]


def weekdays(*shifts: tuple[str, str]) -> dict[int, list[tuple[str, str]]]:
    return dict.fromkeys(range(5), list(shifts))


NINE_TO_FIVE = WorkingCalendar("UTC", weekdays(("09:00", "17:00")))
SHANGHAI_DESK = (
    WorkingCalendar(  # the Spring Festival of 2026 with its make-up Saturdays
        "Asia/Shanghai",
        weekdays(("09:00", "12:00"), ("13:30", "18:00")),
        holidays=frozenset(date(2026, 2, day) for day in range(15, 24)),
        overrides={
            date(2026, 2, 14): [("09:00", "12:00"), ("13:30", "18:00")],
            date(2026, 2, 28): [("09:00", "12:00")],
        },
    )
)
BERLIN_ALWAYS = WorkingCalendar("Europe/Berlin", ROUND_THE_CLOCK)
BERLIN_NIGHT = WorkingCalendar(
    "Europe/Berlin", dict.fromkeys(range(7), [("00:00", "06:00")])
)
LATE_BAR = WorkingCalendar("UTC", {4: [("20:00", "24:00")], 5: [("00:00", "02:00")]})


class TestDueAt:
    @pytest.mark.parametrize(
        ("calendar", "start", "hours", "pauses", "due"),
        [
            # 2026-01-05 is a Monday. Inside the hours, before them, after them, at the weekend.
            (NINE_TO_FIVE, "2026-01-05T10:00", 2, [], "2026-01-05T12:00"),
            (NINE_TO_FIVE, "2026-01-05T06:00", 2, [], "2026-01-05T11:00"),
            (NINE_TO_FIVE, "2026-01-05T19:00", 2, [], "2026-01-06T11:00"),
            (NINE_TO_FIVE, "2026-01-10T12:00", 2, [], "2026-01-12T11:00"),
            # 1 h on Friday, 8 h on Monday, 8 h on Tuesday, 7 h on Wednesday.
            (NINE_TO_FIVE, "2026-01-09T16:00", 24, [], "2026-01-14T16:00"),
            # Used up exactly at closing time: due then, not at the next opening.
            (NINE_TO_FIVE, "2026-01-05T15:00", 2, [], "2026-01-05T17:00"),
            (NINE_TO_FIVE, "2026-01-05T09:00", 40, [], "2026-01-09T17:00"),
            # A zero target is used up at once, also while closed.
            (NINE_TO_FIVE, "2026-01-10T12:00", 0, [], "2026-01-10T12:00"),
            # The lunch break does not count: 11:30-12:00 and 13:30-14:00 in Shanghai.
            (SHANGHAI_DESK, "2026-01-05T03:30", 1, [], "2026-01-05T06:00"),
            # Fri 17-18, then the make-up Saturday 9-12 ends it at closing.
            (SHANGHAI_DESK, "2026-02-13T09:00", 4, [], "2026-02-14T04:00"),
            # Fri 1 h, Sat 7.5 h, nine holidays, Tue 24 Feb 09:00-10:00.
            (SHANGHAI_DESK, "2026-02-13T09:00", 9.5, [], "2026-02-24T02:00"),
            # The short Saturday: Fri 27 Feb 17-18, Sat 28 Feb 9-12, Mon 9-10.
            (SHANGHAI_DESK, "2026-02-27T09:00", 5, [], "2026-03-02T02:00"),
            # 24:00 meets 00:00: no minute is lost at midnight.
            (LATE_BAR, "2026-01-09T23:00", 2, [], "2026-01-10T01:00"),
            (BERLIN_ALWAYS, "2026-01-05T10:00", 72, [], "2026-01-08T10:00"),
            # Real hours count: the night of 29 March has 5 of them, of 25 October 7.
            (BERLIN_NIGHT, "2026-03-28T23:00", 5, [], "2026-03-29T04:00"),
            (BERLIN_NIGHT, "2026-03-28T23:00", 6, [], "2026-03-29T23:00"),
            (BERLIN_NIGHT, "2026-10-24T22:00", 7, [], "2026-10-25T05:00"),
            # A pause inside the hours, across closing time, before the start, from the start.
            (
                NINE_TO_FIVE,
                "2026-01-05T10:00",
                4,
                spans("2026-01-05T11:00/2026-01-05T12:30"),
                "2026-01-05T15:30",
            ),
            (
                NINE_TO_FIVE,
                "2026-01-05T10:00",
                4,
                spans("2026-01-05T13:00/2026-01-06T10:00"),
                "2026-01-06T11:00",
            ),
            (
                NINE_TO_FIVE,
                "2026-01-05T10:00",
                4,
                spans("2026-01-05T08:00/2026-01-05T09:30"),
                "2026-01-05T14:00",
            ),
            (
                NINE_TO_FIVE,
                "2026-01-05T10:00",
                1,
                spans("2026-01-05T09:00/2026-01-05T11:00"),
                "2026-01-05T12:00",
            ),
            # Overlapping pauses count once: 11:00-13:00 in all.
            (
                NINE_TO_FIVE,
                "2026-01-05T10:00",
                4,
                spans(
                    "2026-01-05T11:30/2026-01-05T13:00",
                    "2026-01-05T11:00/2026-01-05T12:00",
                ),
                "2026-01-05T16:00",
            ),
            # A pause that begins when the target is used up comes too late to move it.
            (
                NINE_TO_FIVE,
                "2026-01-05T10:00",
                1,
                spans("2026-01-05T11:00/2026-01-05T12:00"),
                "2026-01-05T11:00",
            ),
        ],
    )
    def test_uses_up_only_open_unpaused_time(
        self,
        calendar: WorkingCalendar,
        start: str,
        hours: float,
        pauses: list[Interval],
        due: str,
    ) -> None:
        target = hours * HOUR
        assert calendar.due_at(utc(start), target, pauses=pauses) == utc(due)

    def test_one_second_more_than_closing_time_is_due_after_the_next_opening(
        self,
    ) -> None:
        due = NINE_TO_FIVE.due_at(utc("2026-01-05T15:00"), 2 * HOUR + SECOND)
        assert due == utc("2026-01-06T09:00:01")

    def test_keeps_microseconds(self) -> None:
        start = utc("2026-01-05T16:59:59.999999")
        due = NINE_TO_FIVE.due_at(start, timedelta(microseconds=3))
        assert due == utc("2026-01-06T09:00:00.000002")

    def test_answers_in_utc(self) -> None:
        start = datetime(2026, 1, 5, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
        assert SHANGHAI_DESK.due_at(start, HOUR).tzinfo is UTC

    def test_serves_a_calendar_of_dated_shifts_alone(self) -> None:
        fair = WorkingCalendar(
            "UTC", {}, overrides={date(2030, 5, 4): [("10:00", "12:00")]}
        )
        assert fair.due_at(utc("2026-01-05T10:00"), HOUR) == utc("2030-05-04T11:00")

    @pytest.mark.parametrize(
        "calendar",
        [
            WorkingCalendar("UTC", {}),
            WorkingCalendar("UTC", {0: []}, overrides={date(2026, 1, 6): []}),
            WorkingCalendar(
                "UTC", {}, overrides={date(2026, 1, 6): [("09:00", "09:30")]}
            ),
        ],
    )
    def test_refuses_a_target_that_never_comes(self, calendar: WorkingCalendar) -> None:
        with pytest.raises(NeverOpen):
            calendar.due_at(utc("2026-01-05T10:00"), HOUR)

    def test_ends_at_the_horizon_instead_of_searching_for_ever(self) -> None:
        with pytest.raises(NeverOpen):
            NINE_TO_FIVE.due_at(utc("2026-01-05T10:00"), timedelta.max)

    def test_a_zero_target_needs_no_open_time(self) -> None:
        start = utc("2026-01-05T10:00")
        assert WorkingCalendar("UTC", {}).due_at(start, timedelta(0)) == start

    def test_refuses_a_negative_target(self) -> None:
        with pytest.raises(ValueError, match="negative"):
            NINE_TO_FIVE.due_at(utc("2026-01-05T10:00"), -SECOND)

    def test_refuses_a_naive_start(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            NINE_TO_FIVE.due_at(datetime(2026, 1, 5, 10), HOUR)  # noqa: DTZ001 - the point

    def test_refuses_a_naive_pause(self) -> None:
        naive = datetime(2026, 1, 5, 10)  # noqa: DTZ001 - the point
        with pytest.raises(ValueError, match="time zone"):
            NINE_TO_FIVE.due_at(
                utc("2026-01-05T10:00"), HOUR, pauses=[(naive, naive + HOUR)]
            )

    def test_refuses_a_pause_that_ends_before_it_begins(self) -> None:
        start = utc("2026-01-05T10:00")
        with pytest.raises(ValueError, match="before it begins"):
            NINE_TO_FIVE.due_at(start, HOUR, pauses=[(start + HOUR, start)])


class TestElapsed:
    @pytest.mark.parametrize(
        ("calendar", "start", "end", "hours"),
        [
            (NINE_TO_FIVE, "2026-01-05T10:00", "2026-01-05T12:00", 2),
            (NINE_TO_FIVE, "2026-01-05T00:00", "2026-01-12T00:00", 40),
            (NINE_TO_FIVE, "2026-01-09T16:00", "2026-01-12T10:00", 2),
            (NINE_TO_FIVE, "2026-01-10T00:00", "2026-01-12T00:00", 0),
            (SHANGHAI_DESK, "2026-02-13T00:00", "2026-02-24T01:00", 15),
            (LATE_BAR, "2026-01-05T00:00", "2026-01-12T00:00", 6),
            (BERLIN_ALWAYS, "2026-03-28T23:00", "2026-03-29T22:00", 23),
            (BERLIN_ALWAYS, "2026-10-24T22:00", "2026-10-25T23:00", 25),
            # A sum has no horizon: 40,177 days.
            (BERLIN_ALWAYS, "1900-01-01T00:00", "2010-01-01T00:00", 40_177 * 24),
        ],
    )
    def test_counts_open_time(
        self, calendar: WorkingCalendar, start: str, end: str, hours: int
    ) -> None:
        assert calendar.elapsed(utc(start), utc(end)) == hours * HOUR

    def test_is_zero_where_the_end_is_not_after_the_start(self) -> None:
        start, end = utc("2026-01-05T12:00"), utc("2026-01-05T10:00")
        assert NINE_TO_FIVE.elapsed(start, end) == timedelta(0)
        assert NINE_TO_FIVE.elapsed(start, start) == timedelta(0)

    def test_leaves_out_pauses_once(self) -> None:
        pauses = spans(
            "2026-01-05T11:00/2026-01-05T13:00",
            "2026-01-05T12:00/2026-01-05T14:00",
            "2026-01-05T14:00/2026-01-05T14:00",
            "2026-01-05T20:00/2026-01-06T08:00",
        )
        elapsed = NINE_TO_FIVE.elapsed(
            utc("2026-01-05T10:00"), utc("2026-01-06T10:00"), pauses=pauses
        )
        assert elapsed == 5 * HOUR


class TestClockChanges:
    """Local times that do not exist move later by the gap; double ones are their first."""

    @pytest.mark.parametrize(
        ("zone", "day", "shift", "opens", "closes"),
        [
            # Berlin, 29 March 2026: 02:00-03:00 is skipped.
            ("Europe/Berlin", date(2026, 3, 29), ("02:30", "05:00"), "01:30", "03:00"),
            ("Europe/Berlin", date(2026, 3, 29), ("01:30", "02:30"), "00:30", "01:30"),
            # Berlin, 25 October 2026: 02:00-03:00 comes twice.
            ("Europe/Berlin", date(2026, 10, 25), ("02:30", "05:00"), "00:30", "04:00"),
            ("Europe/Berlin", date(2026, 10, 25), ("01:00", "02:30"), "23:00", "00:30"),
            # New York, 8 March 2026; Lord Howe moves by half an hour on 4 October 2026.
            (
                "America/New_York",
                date(2026, 3, 8),
                ("02:15", "04:00"),
                "07:15",
                "08:00",
            ),
            (
                "Australia/Lord_Howe",
                date(2026, 10, 4),
                ("02:15", "04:00"),
                "15:45",
                "17:00",
            ),
            # Sao Paulo, 17 October 2015: 24:00 does not exist and is 01:00 of the Sunday.
            (
                "America/Sao_Paulo",
                date(2015, 10, 17),
                ("20:00", "24:00"),
                "23:00",
                "03:00",
            ),
            # Apia skipped the whole of 30 December 2011.
            ("Pacific/Apia", date(2011, 12, 30), ("09:00", "17:00"), "19:00", "03:00"),
        ],
    )
    def test_move_the_ends_of_a_shift(
        self, zone: str, day: date, shift: tuple[str, str], opens: str, closes: str
    ) -> None:
        calendar = WorkingCalendar(zone, {}, overrides={day: [shift]})
        around = datetime(day.year, day.month, day.day, tzinfo=UTC)
        [window] = calendar.windows(around - 36 * HOUR, around + 72 * HOUR)
        assert tuple(f"{instant:%H:%M}" for instant in window) == (opens, closes)

    def test_drop_a_shift_that_lies_in_the_gap(self) -> None:
        calendar = WorkingCalendar(
            "Europe/Berlin", {}, overrides={date(2026, 3, 29): [("02:00", "03:00")]}
        )
        start = utc("2026-03-28T00:00")
        assert list(calendar.windows(start, start + 72 * HOUR)) == []

    def test_do_not_count_time_twice_where_a_moved_shift_meets_the_next_day(
        self,
    ) -> None:
        # Nuuk skips the last hour of 28 March 2026, so Saturday's 23:30 is 00:30 on Sunday.
        nuuk = WorkingCalendar(
            "America/Nuuk",
            {},
            overrides={
                date(2026, 3, 28): [("22:00", "23:30")],
                date(2026, 3, 29): [("00:00", "01:00")],
            },
        )
        start = utc("2026-03-28T00:00")
        assert nuuk.elapsed(start, start + 72 * HOUR) == 2 * HOUR


class TestShift:
    @pytest.mark.parametrize(
        ("start", "hours", "end"),
        [
            ("2026-01-05T10:00", 2, "2026-01-05T12:00"),
            ("2026-01-05T10:00", 0, "2026-01-05T10:00"),
            ("2026-01-05T12:00", -2, "2026-01-05T10:00"),
            ("2026-01-06T10:00", -2, "2026-01-05T16:00"),
            ("2026-01-12T10:00", -2, "2026-01-09T16:00"),
            ("2026-01-10T12:00", -1, "2026-01-09T16:00"),
            # A step back that ends at opening time gives the opening, not the closing before.
            ("2026-01-06T10:00", -1, "2026-01-06T09:00"),
            ("2026-01-14T16:00", -24, "2026-01-09T16:00"),
        ],
    )
    def test_goes_both_ways_in_working_time(
        self, start: str, hours: int, end: str
    ) -> None:
        assert NINE_TO_FIVE.shift(utc(start), hours * HOUR) == utc(end)

    def test_steps_back_over_a_pause(self) -> None:
        pauses = spans(
            "2026-01-05T11:00/2026-01-05T12:00", "2026-01-05T13:00/2026-01-05T13:30"
        )
        warning = NINE_TO_FIVE.shift(utc("2026-01-05T14:00"), -2 * HOUR, pauses=pauses)
        assert warning == utc("2026-01-05T10:30")

    def test_refuses_to_go_back_where_it_was_never_open(self) -> None:
        with pytest.raises(NeverOpen):
            WorkingCalendar("UTC", {}).shift(utc("2026-01-05T10:00"), -HOUR)


class TestWindows:
    def test_explain_a_deadline(self) -> None:
        start = utc("2026-01-09T16:00")
        pauses = spans("2026-01-12T10:00/2026-01-12T11:00")
        due = NINE_TO_FIVE.due_at(start, 5 * HOUR, pauses=pauses)
        assert list(NINE_TO_FIVE.windows(start, due, pauses=pauses)) == spans(
            "2026-01-09T16:00/2026-01-09T17:00",
            "2026-01-12T09:00/2026-01-12T10:00",
            "2026-01-12T11:00/2026-01-12T14:00",
        )

    def test_run_through_midnight_where_the_team_never_closes(self) -> None:
        start = utc("2026-03-20T10:00")
        end = start + 20 * 24 * HOUR
        assert list(BERLIN_ALWAYS.windows(start, end)) == [(start, end)]

    def test_unite_overlapping_and_touching_shifts(self) -> None:
        calendar = WorkingCalendar(
            "UTC", {0: [("12:00", "15:00"), ("09:00", "12:00"), ("10:00", "13:00")]}
        )
        windows = calendar.windows(utc("2026-01-05T00:00"), utc("2026-01-06T00:00"))
        assert list(windows) == spans("2026-01-05T09:00/2026-01-05T15:00")


class TestWorkingCalendar:
    @pytest.mark.parametrize(
        "shift",
        [
            ("9:00", "17:00"),
            ("09:00", "25:00"),
            ("09:00", "24:01"),
            ("09:60", "10:00"),
            ("17:00", "09:00"),
            ("09:00", "09:00"),
            ("24:00", "24:00"),
            ("", "09:00"),
            ("09:00:00", "17:00"),
        ],
    )
    def test_refuses_a_bad_shift(self, shift: tuple[str, str]) -> None:
        with pytest.raises(ValueError, match="time of day|closes after"):
            WorkingCalendar("UTC", {0: [shift]})

    @pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
    def test_refuses_an_unknown_time_zone(self, zone: str) -> None:
        with pytest.raises(ValueError, match="Unknown time zone"):
            WorkingCalendar(zone, {})

    @pytest.mark.parametrize("day", [-1, 7, True])
    def test_refuses_an_unknown_weekday(self, day: int) -> None:
        with pytest.raises(ValueError, match="weekday"):
            WorkingCalendar("UTC", {day: [("09:00", "17:00")]})

    def test_refuses_a_holiday_that_is_a_datetime(self) -> None:
        with pytest.raises(ValueError, match="is a date"):
            WorkingCalendar("UTC", {}, holidays=frozenset({utc("2026-01-05T00:00")}))

    def test_reads_23_59_as_the_end_of_the_day(self) -> None:
        calendar = WorkingCalendar("UTC", dict.fromkeys(range(7), [("00:00", "23:59")]))
        start = utc("2026-01-05T10:00")
        assert calendar.due_at(start, 72 * HOUR) == start + 72 * HOUR

    def test_lets_an_override_win_over_a_holiday_and_the_week(self) -> None:
        monday = date(2026, 1, 5)
        calendar = WorkingCalendar(
            "UTC",
            weekdays(("09:00", "17:00")),
            holidays=frozenset({monday}),
            overrides={monday: [("14:00", "15:00")], date(2026, 1, 6): []},
        )
        assert list(
            calendar.windows(utc("2026-01-05T00:00"), utc("2026-01-08T00:00"))
        ) == spans(
            "2026-01-05T14:00/2026-01-05T15:00", "2026-01-07T09:00/2026-01-07T17:00"
        )

    def test_does_not_change_when_what_it_was_built_from_does(self) -> None:
        weekly = weekdays(("09:00", "17:00"))
        calendar = WorkingCalendar("UTC", weekly)
        weekly[0].clear()
        start = utc("2026-01-05T10:00")
        assert calendar.due_at(start, HOUR) == start + HOUR


class TestUnited:
    def test_merges_overlapping_and_touching_pauses(self) -> None:
        assert united(
            spans(
                "2026-01-05T12:00/2026-01-05T13:00",
                "2026-01-05T10:00/2026-01-05T11:00",
                "2026-01-05T10:30/2026-01-05T12:00",
                "2026-01-05T15:00/2026-01-05T15:00",
                "2026-01-05T16:00/2026-01-05T17:00",
            )
        ) == spans(
            "2026-01-05T10:00/2026-01-05T13:00", "2026-01-05T16:00/2026-01-05T17:00"
        )


# Random calendars, in zones with gaps, folds, half hours and skipped midnights, near the
# clock changes of 2026. Whole minutes, so that the count by minutes is exact.
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Nuuk",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
]
ANCHORS = [
    "2026-03-07T00:00",
    "2026-03-28T00:00",
    "2026-04-24T00:00",
    "2026-10-24T00:00",
]


def clock_time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def shift_lists(draw: st.DrawFn) -> list[tuple[str, str]]:
    ends = st.integers(0, 95)
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=3))
    return [
        (clock_time(15 * min(pair)), clock_time(15 * (max(pair) + 1))) for pair in pairs
    ]


@dataclass(frozen=True)
class Scene:
    calendar: WorkingCalendar
    start: datetime
    end: datetime
    target: timedelta
    pauses: list[Interval]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    anchor = utc(draw(st.sampled_from(ANCHORS)))
    dates = st.integers(-3, 8).map(lambda day: anchor.date() + timedelta(days=day))
    minutes = st.integers(-2 * 1440, 6 * 1440)
    instants = minutes.map(lambda minute: anchor + minute * MINUTE)
    intervals = st.tuples(instants, instants).map(lambda pair: (min(pair), max(pair)))
    start, end = draw(intervals)
    weekly = draw(st.dictionaries(st.integers(0, 6), shift_lists(), max_size=7))
    weekly[draw(st.integers(0, 6))] = [("10:00", "12:30"), ("23:00", "24:00")]
    return Scene(
        WorkingCalendar(
            draw(st.sampled_from(ZONES)),
            weekly,
            draw(st.frozensets(dates, max_size=3)),
            draw(st.dictionaries(dates, shift_lists(), max_size=3)),
        ),
        start,
        end,
        draw(st.integers(1, 3000)) * MINUTE,
        draw(st.lists(intervals, max_size=4)),
    )


unhurried = settings(deadline=None, max_examples=60)


class TestProperties:
    @unhurried
    @given(scenes())
    def test_elapsed_until_due_is_the_target(self, scene: Scene) -> None:
        calendar, start, pauses = scene.calendar, scene.start, scene.pauses
        due = calendar.due_at(start, scene.target, pauses=pauses)
        just_before = due - timedelta(microseconds=1)
        assert calendar.elapsed(start, due, pauses=pauses) == scene.target
        assert calendar.elapsed(start, just_before, pauses=pauses) < scene.target

    @unhurried
    @given(scenes(), st.integers(0, 3000))
    def test_a_longer_pause_never_makes_due_earlier(
        self, scene: Scene, longer: int
    ) -> None:
        due = partial(scene.calendar.due_at, scene.start, scene.target)
        pause_longer = (scene.start, scene.end + longer * MINUTE)
        short = due(pauses=[(scene.start, scene.end), *scene.pauses])
        assert due(pauses=[pause_longer, *scene.pauses]) >= short

    @unhurried
    @given(scenes(), st.floats(0, 1))
    def test_splitting_a_pause_changes_nothing(
        self, scene: Scene, share: float
    ) -> None:
        begins, ends = scene.start, scene.end
        middle = begins + share * (ends - begins)
        due = partial(scene.calendar.due_at, begins - 5 * HOUR, scene.target)
        assert due(pauses=[(middle, ends), (begins, middle)]) == due(
            pauses=[(begins, ends)]
        )

    @unhurried
    @given(scenes(), st.sampled_from(ZONES))
    def test_the_zone_that_writes_the_start_changes_nothing(
        self, scene: Scene, zone: str
    ) -> None:
        written = scene.start.astimezone(ZoneInfo(zone))
        due = scene.calendar.due_at(scene.start, scene.target)
        assert scene.calendar.due_at(written, scene.target) == due

    @unhurried
    @given(scenes())
    def test_there_and_back_again(self, scene: Scene) -> None:
        # From closed time the way back ends at the edge of it, from open time at the start.
        shift = partial(scene.calendar.shift, pauses=scene.pauses)
        there = shift(scene.start, scene.target)
        back = shift(there, -scene.target)
        between = scene.calendar.elapsed(scene.start, back, pauses=scene.pauses)
        assert back >= scene.start
        assert between == timedelta(0)
        assert shift(shift(back, scene.target), -scene.target) == back

    @unhurried
    @given(scenes(), st.floats(0, 1))
    def test_elapsed_adds_up(self, scene: Scene, share: float) -> None:
        middle = scene.start + share * (scene.end - scene.start)
        elapsed = partial(scene.calendar.elapsed, pauses=scene.pauses)
        parts = elapsed(scene.start, middle) + elapsed(middle, scene.end)
        assert elapsed(scene.start, scene.end) == parts

    @unhurried
    @given(scenes())
    def test_windows_are_apart_and_add_up_to_elapsed(self, scene: Scene) -> None:
        between = scene.start, scene.end
        windows = list(scene.calendar.windows(*between, pauses=scene.pauses))
        total = sum((closes - opens for opens, closes in windows), timedelta(0))
        edges = [edge for window in windows for edge in window]
        assert total == scene.calendar.elapsed(*between, pauses=scene.pauses)
        assert edges == sorted(set(edges))

    @unhurried
    @given(scenes())
    def test_elapsed_agrees_with_counting_minutes(self, scene: Scene) -> None:
        counted = open_minutes(scene.calendar, scene.start, scene.end)
        for pause in scene.pauses:
            counted -= set(minutes_between(*pause))
        elapsed = scene.calendar.elapsed(scene.start, scene.end, pauses=scene.pauses)
        assert elapsed == len(counted) * MINUTE


def open_minutes(
    calendar: WorkingCalendar, start: datetime, end: datetime
) -> set[datetime]:
    """The open minutes of [start, end), found the slow way."""
    counted: set[datetime] = set()
    day = start.date() - timedelta(days=3)
    while day <= end.date() + timedelta(days=2):
        for opens, closes in shifts_on(calendar, day):
            first = resolved(calendar.time_zone, day, opens)
            last = resolved(calendar.time_zone, day, closes)
            counted |= set(minutes_between(max(first, start), min(last, end)))
        day += timedelta(days=1)
    return counted


def shifts_on(calendar: WorkingCalendar, day: date) -> Sequence[tuple[str, str]]:
    if day in calendar.overrides:
        return calendar.overrides[day]
    return () if day in calendar.holidays else calendar.weekly.get(day.weekday(), ())


def resolved(time_zone: str, day: date, clock: str) -> datetime:
    """Without `fold`: try the offsets in force a day before and a day after."""
    hours, minutes = int(clock[:2]), int(clock[3:])
    wall = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
        hours=hours, minutes=minutes
    )
    zone = ZoneInfo(time_zone)
    offsets = [
        (wall + days * timedelta(days=1)).astimezone(zone).utcoffset()
        for days in (-1, 1)
    ]
    guesses = [wall - offset for offset in offsets if offset is not None]
    real = [
        guess for guess in guesses if guess.astimezone(zone).replace(tzinfo=UTC) == wall
    ]
    return min(real, default=guesses[0])


def minutes_between(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE
