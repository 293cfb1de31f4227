"""Time left in words."""

from datetime import timedelta

import pytest
from django.utils import translation

from tests.personas import MONDAY_NINE
from tickets.time_left import duration, time_left, working_time


class TestTimeLeft:
    @pytest.mark.parametrize(
        ("seconds", "words"),
        [
            (0, "less than a minute left"),
            (59, "less than a minute left"),
            (60, "1 min left"),
            (3 * 3600 + 20 * 60, "3 h 20 min left"),
            (12 * 3600 + 20 * 60, "12 h left"),
            (27 * 3600, "1 d 3 h left"),
            (11 * 86_400 + 3600, "11 d left"),
            (-1, "overdue by less than a minute"),
            (-2 * 3600, "overdue by 2 h"),
        ],
    )
    def test_has_at_most_two_units(self, seconds: int, words: str) -> None:
        due_at = MONDAY_NINE + timedelta(seconds=seconds)
        assert time_left(due_at, at=MONDAY_NINE) == words

    def test_speaks_chinese(self) -> None:
        with translation.override("zh-hans"):
            late = time_left(MONDAY_NINE - timedelta(hours=2), at=MONDAY_NINE)
        assert late == "已超时 2 小时"

    def test_counts_working_time_in_hours_not_in_days(self) -> None:
        assert working_time(timedelta(days=5)) == "120 h"
        assert working_time(timedelta(minutes=90)) == "1 h 30 min"
        assert duration(timedelta(days=5)) == "5 d"
