"""Periods: presets, the span before, buckets, and what cannot be one."""

from datetime import date

import pytest

from dashboards.periods import ImpossiblePeriod, Period, Preset, period_for

TODAY = date(2026, 5, 14)  # a Thursday


def days(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


class TestPeriodFor:
    @pytest.mark.parametrize(
        ("preset", "start", "end"),
        [
            (Preset.DAYS_7, "2026-05-08", "2026-05-14"),
            (Preset.DAYS_30, "2026-04-15", "2026-05-14"),
            (Preset.DAYS_90, "2026-02-14", "2026-05-14"),
            (Preset.DAYS_365, "2025-05-15", "2026-05-14"),
            (Preset.THIS_QUARTER, "2026-04-01", "2026-05-14"),
            (Preset.LAST_QUARTER, "2026-01-01", "2026-03-31"),
            (Preset.THIS_YEAR, "2026-01-01", "2026-05-14"),
        ],
    )
    def test_ends_today_or_with_the_last_quarter(
        self, preset: Preset, start: str, end: str
    ) -> None:
        assert period_for(preset, today=TODAY) == days(start, end)

    def test_finds_the_last_quarter_in_the_year_before(self) -> None:
        found = period_for(Preset.LAST_QUARTER, today=date(2026, 2, 1))
        assert found == days("2025-10-01", "2025-12-31")


class TestPeriod:
    def test_is_compared_with_as_many_days_right_before(self) -> None:
        period = days("2026-05-08", "2026-05-14")
        assert (period.preceding_start, period.preceding_end) == (
            date(2026, 5, 1),
            date(2026, 5, 7),
        )

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("2026-05-14", "2026-05-13"),
            ("1926-01-01", "2026-01-01"),
            ("1969-12-31", "1970-01-05"),
            ("0001-01-01", "0001-01-02"),
        ],
    )
    def test_refuses_what_is_no_period(self, start: str, end: str) -> None:
        with pytest.raises(ImpossiblePeriod):
            days(start, end)

    @pytest.mark.parametrize(
        ("start", "end", "grain", "first", "buckets"),
        [
            ("2026-05-08", "2026-05-14", "day", "2026-05-08", 7),
            ("2026-05-14", "2026-05-14", "day", "2026-05-14", 1),
            # 14 February is a Saturday: its week began on the 9th.
            ("2026-02-14", "2026-05-14", "week", "2026-02-09", 14),
            ("2025-11-10", "2026-05-14", "week", "2025-11-10", 27),
            ("2025-11-09", "2026-05-14", "month", "2025-11-01", 7),
            ("2023-01-15", "2026-05-14", "month", "2023-01-01", 41),
        ],
    )
    def test_is_drawn_by_days_weeks_or_months(
        self, start: str, end: str, grain: str, first: str, buckets: int
    ) -> None:
        period = days(start, end)
        found = list(period.buckets())
        assert period.grain == grain
        assert (found[0], len(found)) == (date.fromisoformat(first), buckets)
