"""Working hours as people type them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teams.shifts import (
    NotWorkingHours,
    dates_from,
    shifts_from,
    special_days_from,
    text_of,
    text_of_special_days,
)


class TestShiftsFrom:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", []),
            ("9:00-18:00", [["09:00", "18:00"]]),
            ("13:00-18:00, 09:00-12:00", [["09:00", "12:00"], ["13:00", "18:00"]]),
            ("00:00-24:00", [["00:00", "24:00"]]),
            ("09:00–12:00；12:00至18:00", [["09:00", "12:00"], ["12:00", "18:00"]]),
            (" 09:00 - 12:00 , ", [["09:00", "12:00"]]),
        ],
    )
    def test_reads(self, text: str, expected: list[list[str]]) -> None:
        assert shifts_from(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "nine to five",
            "09:00",
            "18:00-09:00",
            "09:00-09:00",
            "09:60-10:00",
            "09:00-24:01",
            "09:00-25:00",
            "09:00-12:00, 11:59-13:00",
        ],
    )
    def test_refuses(self, text: str) -> None:
        with pytest.raises(NotWorkingHours):
            shifts_from(text)

    @given(st.lists(st.integers(0, 1440), min_size=2, max_size=8, unique=True))
    def test_reads_back_what_it_shows(self, minutes: list[int]) -> None:
        clocks = [f"{m // 60:02}:{m % 60:02}" for m in sorted(minutes)]
        shifts = [list(pair) for pair in zip(clocks[::2], clocks[1::2], strict=False)]
        assert shifts_from(text_of(shifts)) == shifts

    @given(st.text(max_size=40))
    def test_reads_or_refuses_any_text(self, text: str) -> None:
        with suppress(NotWorkingHours):
            assert shifts_from(text) == shifts_from(text_of(shifts_from(text)))


class TestDatesFrom:
    def test_sorts_and_drops_repetitions_and_empty_lines(self) -> None:
        typed = "2026-12-25\n\n 2026-01-01 \n2026-12-25"
        assert dates_from(typed) == ["2026-01-01", "2026-12-25"]

    @pytest.mark.parametrize("text", ["25.12.2026", "2026-02-30", "Christmas"])
    def test_refuses(self, text: str) -> None:
        with pytest.raises(NotWorkingHours):
            dates_from(text)


class TestSpecialDaysFrom:
    def test_reads_hours_and_closed_days_and_shows_them_again(self) -> None:
        typed = "2026-10-10 09:00-18:00\n2026-12-24 closed\n2026-12-31"
        days = special_days_from(typed)
        assert days == {
            "2026-10-10": [["09:00", "18:00"]],
            "2026-12-24": [],
            "2026-12-31": [],
        }
        assert special_days_from(text_of_special_days(days)) == days

    def test_refuses_a_day_given_twice(self) -> None:
        with pytest.raises(NotWorkingHours, match="twice"):
            special_days_from("2026-10-10 closed\n2026-10-10 09:00-18:00")
