"""Each kind of alert, by hand-computed days."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboards.alert_kinds import Condition, Finding, History, Verdict, look

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
THRESHOLD = Condition("threshold", "csat", "below", 60, 70, days=2, least=10)
CHANGE = Condition("change", "csat", "below", 0, 0, days=2, least=10)
RUN = Condition("run", "nps", "below", 4, 1, days=30, least=5)
SILENCE = Condition("silence", "nps", "below", 0, 0, days=1, least=5)
FORECAST = Condition(
    "forecast",
    "csat",
    "below",
    80,
    80,
    days=70,
    least=10,
    until=MONDAY + timedelta(weeks=4),
)


def csat(good: int, bad: int) -> tuple[int, ...]:
    """A day's answers: fives and ones."""
    return (good + bad, bad, 0, 0, 0, good)


def history(days: Mapping[date, tuple[int, ...]]) -> History:
    return History("csat", days)


def seen(condition: Condition, found: History, day: date = MONDAY) -> Finding:
    return look(condition, {"": found}, day=day)[""]


class TestHistory:
    def test_adds_up_the_days_asked_for(self) -> None:
        found = history({MONDAY: csat(3, 1), MONDAY + 3 * DAY: csat(5, 0)})
        assert found.scores(MONDAY, MONDAY)[5] == 3
        assert found.scores(MONDAY, MONDAY + 3 * DAY) == {1: 1, 2: 0, 3: 0, 4: 0, 5: 8}
        assert found.answers(MONDAY + DAY, MONDAY + 2 * DAY) == 0

    @pytest.mark.parametrize(("since", "until"), [(-9, -1), (4, 9), (2, 1)])
    def test_has_nothing_outside(self, since: int, until: int) -> None:
        found = history({MONDAY: csat(3, 1), MONDAY + 3 * DAY: csat(5, 0)})
        assert found.answers(MONDAY + since * DAY, MONDAY + until * DAY) == 0

    def test_may_be_empty(self) -> None:
        assert history({}).answers(MONDAY, MONDAY) == 0


class TestThreshold:
    @pytest.mark.parametrize(
        ("good", "verdict"),
        [(59, "raise"), (60, "between"), (69, "between"), (70, "clear")],
    )
    def test_has_two_levels(self, good: int, verdict: Verdict) -> None:
        found = seen(THRESHOLD, history({MONDAY: csat(good, 100 - good)}))
        assert (found.verdict, found.value, found.n) == (verdict, good, 100)

    @pytest.mark.parametrize(
        ("good", "verdict"), [(81, "raise"), (80, "between"), (70, "clear")]
    )
    def test_can_watch_what_rises(self, good: int, verdict: Verdict) -> None:
        above = replace(THRESHOLD, direction="above", level=80, clear_level=70)
        assert seen(above, history({MONDAY: csat(good, 100 - good)})).verdict == verdict

    def test_measures_its_days_together(self) -> None:
        days = {
            MONDAY: csat(0, 10),
            MONDAY - DAY: csat(20, 0),
            MONDAY - 2 * DAY: csat(0, 99),
        }
        found = seen(THRESHOLD, history(days))
        assert found.n == 30
        assert found.value == pytest.approx(66.7, abs=0.1)

    def test_says_nothing_of_few(self) -> None:
        found = seen(THRESHOLD, history({MONDAY: csat(0, 9)}))
        assert (found.verdict, found.value, found.n) == ("unknown", None, 9)

    def test_never_shows_fewer_than_five(self) -> None:
        few = replace(THRESHOLD, least=1)
        assert seen(few, history({MONDAY: csat(0, 4)})).value is None


class TestChange:
    def test_raises_where_it_is_significant(self) -> None:
        # 80 of 100, then 50 of 100: z = -4.45.
        days = {MONDAY - 2 * DAY: csat(80, 20), MONDAY: csat(50, 50)}
        found = seen(CHANGE, history(days))
        assert found.verdict == "raise"
        assert (found.value, found.against) == (50, 80)
        assert found.change == pytest.approx(-30)
        assert found.p_value is not None
        assert found.p_value < 0.0001

    def test_does_not_where_it_may_be_chance(self) -> None:
        # 80 of 100, then 76 of 100: p = 0.49.
        days = {MONDAY - 2 * DAY: csat(80, 20), MONDAY: csat(76, 24)}
        assert seen(CHANGE, history(days)).verdict == "clear"

    def test_does_not_where_it_got_better(self) -> None:
        days = {MONDAY - 2 * DAY: csat(50, 50), MONDAY: csat(80, 20)}
        assert seen(CHANGE, history(days)).verdict == "clear"

    def test_is_between_while_it_fades(self) -> None:
        # 80 of 100, then 70 of 100: p = 0.10.
        days = {MONDAY - 2 * DAY: csat(80, 20), MONDAY: csat(70, 30)}
        assert seen(CHANGE, history(days)).verdict == "between"

    def test_is_harder_among_many(self) -> None:
        # Alone p = 0.034; among ten others that did not move it is 0.38.
        moved = history({MONDAY - 2 * DAY: csat(80, 20), MONDAY: csat(67, 33)})
        still = history({MONDAY - 2 * DAY: csat(80, 20), MONDAY: csat(80, 20)})
        assert seen(CHANGE, moved).verdict == "raise"
        others: dict[int | str, History] = {f"{n}": still for n in range(10)}
        among = look(CHANGE, {"": moved, **others}, day=MONDAY)
        assert among[""].verdict == "clear"

    def test_can_ask_for_so_many_points(self) -> None:
        days = {MONDAY - 2 * DAY: csat(80, 20), MONDAY: csat(50, 50)}
        assert seen(replace(CHANGE, level=31), history(days)).verdict == "between"

    def test_needs_answers_on_both_sides(self) -> None:
        assert seen(CHANGE, history({MONDAY: csat(0, 99)})).verdict == "unknown"


class TestRun:
    @pytest.mark.parametrize(
        ("scores", "verdict", "bad"),
        [
            ([0, 6, 6, 9, 5], "raise", 4),
            ([10, 10, 10, 6, 0, 3, 2, 9], "raise", 4),
            ([6, 6, 6, 7, 7], "between", 3),
            ([0, 0, 0, 0, 9, 9, 9, 9, 0], "clear", 1),
        ],
    )
    def test_counts_among_the_latest(
        self, scores: Sequence[int], verdict: Verdict, bad: int
    ) -> None:
        latest = [(MONDAY, score) for score in scores]
        found = seen(RUN, History("nps", {}, latest))
        assert (found.verdict, found.value, found.n) == (verdict, bad, 5)

    def test_waits_for_enough(self) -> None:
        found = seen(RUN, History("nps", {}, [(MONDAY, 0)] * 4))
        assert (found.verdict, found.value) == ("unknown", None)

    def test_knows_nothing_of_tomorrow_and_of_long_ago(self) -> None:
        latest = [(MONDAY - 30 * DAY, 0)] * 5
        latest += [(MONDAY, 9)] * 5 + [(MONDAY + DAY, 0)] * 5
        assert seen(RUN, History("nps", {}, latest)).verdict == "clear"
        alone = History("nps", {}, latest[:5])
        assert seen(RUN, alone).verdict == "unknown"


class TestSilence:
    def days(self, *, each: int, weeks: int, last: int) -> History:
        """So many answers on each Sunday, then `last` of them on the last one."""
        sunday = MONDAY - DAY
        days = {sunday - n * timedelta(weeks=1): csat(each, 0) for n in range(1, weeks)}
        return history(days | ({sunday: csat(last, 0)} if last else {}))

    @pytest.mark.parametrize(
        ("came", "verdict"),
        # Poisson of 10: P(3) = 0.0103, P(2) = 0.0028, P(5) = 0.067.
        [(0, "raise"), (2, "raise"), (3, "between"), (5, "clear"), (40, "clear")],
    )
    def test_is_far_fewer_than_usual(self, came: int, verdict: Verdict) -> None:
        found = seen(
            replace(SILENCE, metric="csat"), self.days(each=10, weeks=9, last=came)
        )
        assert (found.verdict, found.n) == (verdict, came)
        assert found.against == pytest.approx(10)

    def test_is_usual_where_few_come(self) -> None:
        found = seen(
            replace(SILENCE, metric="csat"), self.days(each=4, weeks=9, last=0)
        )
        assert found.verdict == "unknown"

    def test_is_not_known_of_a_new_place(self) -> None:
        found = seen(
            replace(SILENCE, metric="csat"), self.days(each=99, weeks=4, last=0)
        )
        assert found.verdict == "unknown"

    def test_compares_with_the_same_weekdays(self) -> None:
        # Ten on workdays, none at weekends; the Sunday before is no silence.
        days = {
            day: csat(10, 0)
            for n in range(2, 70)
            if (day := MONDAY - n * DAY).weekday() < 5
        }
        found = seen(replace(SILENCE, metric="csat"), history(days))
        assert found.against == pytest.approx(0)
        assert found.verdict == "unknown"

    def test_is_the_same_however_far_one_looks_back(self) -> None:
        condition = replace(SILENCE, metric="csat", days=10)
        days = {MONDAY - n * DAY: csat(n % 5 + 3, 0) for n in range(1, 200)}
        near = MONDAY - timedelta(days=condition.lookback - 1)
        lately = {day: row for day, row in days.items() if day >= near}
        assert seen(condition, history(days)) == seen(condition, history(lately))


class TestForecast:
    def weeks(self, *good: int) -> History:
        """Of a hundred answers a week, the last week first."""
        return history(
            {MONDAY - n * 7 * DAY: csat(g, 100 - g) for n, g in enumerate(good)}
        )

    def test_raises_where_the_target_will_surely_be_missed(self) -> None:
        found = seen(FORECAST, self.weeks(*range(60, 70)))
        # A point less each week: 60 now, 56 in four weeks.
        assert found.verdict == "raise"
        assert found.value == pytest.approx(56)
        assert found.n == 1_000

    def test_clears_where_it_leads_there(self) -> None:
        assert seen(FORECAST, self.weeks(*range(79, 69, -1))).verdict == "clear"

    def test_is_between_where_it_may_still_be_reached(self) -> None:
        assert seen(FORECAST, self.weeks(*[65, 85] * 5)).verdict == "between"

    def test_needs_eight_weeks(self) -> None:
        assert seen(FORECAST, self.weeks(*[60] * 7)).verdict == "unknown"

    def test_is_over_with_its_day(self) -> None:
        later = MONDAY + timedelta(weeks=5)
        assert seen(FORECAST, self.weeks(*[60] * 10), later).verdict == "clear"
