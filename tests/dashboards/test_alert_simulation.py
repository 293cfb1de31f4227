"""Episodes: opened once, closed once, however often one looks."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.alert_kinds import Condition, Finding, History, Segment, Verdict
from dashboards.alert_rules import next_step
from dashboards.alert_simulation import Episode, looks, rehearse
from tests.personas import MONDAY_NINE

MONDAY = MONDAY_NINE.date()
VERDICTS = st.sampled_from(["raise", "between", "clear", "unknown"])
NO_PAUSE = timedelta(0)


def episodes_of(
    verdicts: Sequence[Verdict], pause: timedelta = NO_PAUSE
) -> list[Episode]:
    seen: dict[date, dict[Segment, Finding]] = {
        MONDAY + timedelta(days=n): {"": Finding(verdict, 30)}
        for n, verdict in enumerate(verdicts)
    }
    return rehearse(seen, pause=pause)


def spans(episodes: Sequence[Episode]) -> list[tuple[int, int | None]]:
    return [
        (
            (e.opened_on - MONDAY).days,
            (e.closed_on - MONDAY).days if e.closed_on else None,
        )
        for e in episodes
    ]


class TestEpisodes:
    @pytest.mark.parametrize(
        ("verdicts", "expected"),
        [
            (["clear", "between", "unknown"], []),
            (["raise"], [(0, None)]),
            (["raise", "between", "raise", "between"], [(0, None)]),
            (["raise", "unknown", "clear", "raise"], [(0, 2), (3, None)]),
            (["between", "raise", "clear", "clear"], [(1, 2)]),
        ],
    )
    def test_open_beyond_one_level_and_close_at_the_other(
        self, verdicts: list[Verdict], expected: list[tuple[int, int | None]]
    ) -> None:
        assert spans(episodes_of(verdicts)) == expected

    def test_do_not_follow_too_soon(self) -> None:
        verdicts: list[Verdict] = ["raise", "clear", "raise", "raise", "raise"]
        assert spans(episodes_of(verdicts, timedelta(hours=48))) == [(0, 1), (3, None)]

    @given(st.lists(VERDICTS, max_size=60))
    def test_never_overlap_and_never_open_twice(self, verdicts: list[Verdict]) -> None:
        found = spans(episodes_of(verdicts))
        for (_opened, closed), (later, _closed) in zip(found, found[1:], strict=False):
            assert closed is not None
            assert closed < later
        for opened, closed in found:
            assert verdicts[opened] == "raise"
            assert closed is None or verdicts[closed] == "clear"
            assert "clear" not in verdicts[opened : closed if closed else len(verdicts)]

    @given(
        st.lists(VERDICTS, min_size=1, max_size=20),
        st.lists(st.integers(1, 5), min_size=20, max_size=20),
        st.lists(st.floats(0, 23), min_size=100, max_size=100),
    )
    def test_are_the_same_however_often_one_looks_at_the_same_answers(
        self, verdicts: list[Verdict], times: list[int], hours: list[float]
    ) -> None:
        """Looks within one state of the answers, at any times of the day."""
        once = _replayed([(n, 12.0, v) for n, v in enumerate(verdicts)])
        often = _replayed(
            [
                (n, hour, verdict)
                for n, verdict in enumerate(verdicts)
                for hour in sorted(hours[5 * n : 5 * n + times[n]])
            ]
        )
        assert often == once


def _replayed(looked: Sequence[tuple[int, float, Verdict]]) -> list[tuple[int, str]]:
    """The days on which something happened."""
    is_open, closed_at = False, None
    happened: list[tuple[int, str]] = []
    for day, hour, verdict in looked:
        at = MONDAY_NINE + timedelta(days=day, hours=hour)
        step = next_step(
            verdict, is_open=is_open, closed_at=closed_at, at=at, pause=NO_PAUSE
        )
        if step != "stay":
            happened.append((day, step))
            is_open = step == "open"
            closed_at = at if step == "close" else closed_at
    return happened


class TestLooks:
    @given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=25))
    def test_see_what_a_look_on_the_day_would_have_seen(
        self, answers: list[tuple[int, int]]
    ) -> None:
        """Answers of later days change nothing about a day."""
        condition = Condition("threshold", "csat", "below", 60, 70, days=3, least=5)
        days = {
            MONDAY + timedelta(days=n): (good + bad, bad, 0, 0, 0, good)
            for n, (good, bad) in enumerate(answers)
        }
        last = MONDAY + timedelta(days=29)
        whole = looks(condition, {"": History("csat", days)}, first=MONDAY, last=last)
        for day in (MONDAY, MONDAY + timedelta(days=10), last):
            known = {d: row for d, row in days.items() if d <= day}
            alone = looks(condition, {"": History("csat", known)}, first=day, last=day)
            assert alone[day] == whole[day]
