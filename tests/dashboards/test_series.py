"""The key numbers of a period, against answers that were computed by hand."""

from datetime import date, timedelta

import pytest

from dashboards.home import Overview, overview
from dashboards.periods import Period
from dashboards.results import Counted, Measured, Median
from dashboards.selection import Filters
from events import outbox
from teams.models import User
from tests.dashboards.answers import MONDAY, give, mixed_rows, other_survey, store
from tests.dashboards.test_loop_rollup import cause
from tests.personas import MONDAY_NINE, agent_ana, executive_eva, nps_survey
from tests.tickets.answers import ticket_for

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WEEK = Period(MONDAY, MONDAY + timedelta(days=6))
BEFORE = MONDAY - timedelta(days=1)


def seen(
    *, user: User | None = None, period: Period = WEEK, **filters: int | str
) -> Overview:
    outbox.drain()
    return overview(
        user or executive_eva(),
        period=period,
        filters=Filters(**filters),  # type: ignore[arg-type]
        at=MONDAY_NINE + 30 * HOUR,
    )


class TestScores:
    def test_give_nps_of_a_hand_computed_week(self) -> None:
        # 5 promoters, 2 passives, 3 detractors of 10: 100 x (5 - 3) / 10.
        give(10, 10, 9, 9, 9, 8, 7, 6, 3, 0, opens_tickets=False)
        [nps] = seen().scores
        assert nps.score is not None
        assert (nps.score.value, nps.n) == (20.0, 10)
        assert nps.is_low_base

    def test_give_csat_and_both_kinds_of_effort_apart(self) -> None:
        give(5, 4, 4, 3, 1, metric="csat", opens_tickets=False)
        give(7, 6, 5, 4, 1, metric="ces", opens_tickets=False)
        give(5, 4, 4, 3, 2, metric="ces5", opens_tickets=False)
        shown = {s.metric.key: s.score.value for s in seen().scores if s.score}
        assert shown == {"csat": 60.0, "ces": 60.0, "ces5": 60.0}

    def test_hide_a_value_of_fewer_than_five(self) -> None:
        give(10, 10, 9, 0, opens_tickets=False)
        [nps] = seen().scores
        assert (nps.n, nps.score, nps.is_hidden) == (4, None, True)

    def test_compare_with_the_days_right_before(self) -> None:
        give(*[10] * 40, opens_tickets=False)
        give(*[0] * 40, day=BEFORE, opens_tickets=False)
        give(*[5] * 40, day=MONDAY - timedelta(days=8), opens_tickets=False)
        shown = seen()
        [nps] = shown.scores
        assert nps.change is not None
        assert nps.change.value == 200.0
        assert nps.change.is_significant
        assert (shown.answers.value, shown.answers.before) == (40, 40)

    def test_compare_with_nothing_that_is_hidden(self) -> None:
        give(*[10] * 40, opens_tickets=False)
        give(*[0] * 4, day=BEFORE, opens_tickets=False)
        assert seen().scores[0].change is None

    def test_count_the_first_and_the_last_day(self) -> None:
        give(10, day=WEEK.start, opens_tickets=False)
        give(10, day=WEEK.end, opens_tickets=False)
        give(10, day=WEEK.end + timedelta(days=1), opens_tickets=False)
        assert seen().answers.value == 2

    def test_are_empty_without_any_answer(self) -> None:
        shown = seen()
        assert (shown.scores, shown.answers.value, shown.filled_to) == ((), 0, None)


class TestFilters:
    def test_part_the_answers_without_rest(self) -> None:
        store(mixed_rows(11, 150))
        quarter = Period(MONDAY, MONDAY + timedelta(days=89))
        total = seen(period=quarter).answers.value
        ids = (nps_survey().pk, other_survey().pk)
        parts = {
            "survey": [seen(period=quarter, survey=pk) for pk in ids],
            "region": [seen(period=quarter, region=r) for r in ("", "North", "South")],
            "tier": [seen(period=quarter, tier=t) for t in ("standard", "gold")],
            "two": [
                seen(period=quarter, tier=t, region=r)
                for t in ("standard", "gold")
                for r in ("", "North", "South")
            ],
        }
        assert total > 0
        for found in parts.values():
            assert sum(part.answers.value for part in found) == total

    def test_find_nothing_where_nothing_is(self) -> None:
        give(10, region="North", opens_tickets=False)
        assert seen(region="Atlantis").answers.value == 0


class TestTrend:
    def test_has_a_point_for_every_week(self) -> None:
        give(*[10] * 6, opens_tickets=False)
        give(*[0] * 6, day=date(2026, 3, 18), opens_tickets=False)
        shown = seen(period=Period(date(2026, 2, 25), date(2026, 4, 10)))
        [trend] = shown.trends
        assert trend.grain == "week"
        assert [(str(day), point.n) for day, point in trend.points] == [
            ("2026-02-23", 0),
            ("2026-03-02", 6),
            ("2026-03-09", 0),
            ("2026-03-16", 6),
            ("2026-03-23", 0),
            ("2026-03-30", 0),
            ("2026-04-06", 0),
        ]
        assert trend.points[1][1].score is not None
        assert trend.points[1][1].score.value == 100

    def test_draws_months_over_years(self) -> None:
        give(*[10] * 6, opens_tickets=False)
        [trend] = seen(period=Period(date(2023, 6, 10), date(2026, 4, 10))).trends
        assert [str(day) for day, point in trend.points if point.n] == ["2026-03-01"]

    def test_does_not_give_a_hidden_week_away(self) -> None:
        give(*[10] * 20, opens_tickets=False)
        give(*[9] * 8, day=date(2026, 3, 9), opens_tickets=False)
        give(*[0] * 2, day=date(2026, 3, 16), opens_tickets=False)
        [trend] = seen(period=Period(MONDAY, date(2026, 4, 10))).trends
        hidden = [(str(day), p.n) for day, p in trend.points if p.is_hidden]
        # The two alone would follow from the total less the other weeks.
        assert hidden == [("2026-03-09", 8), ("2026-03-16", 2)]


class TestLoop:
    def test_counts_met_breached_and_waiting(self) -> None:
        for hours in (1, 2, 3, 4, 5):
            ticket = ticket_for()
            at = MONDAY_NINE + hours * HOUR
            ticket.log_contact(channel="phone", summary="Hello", by=agent_ana(), at=at)
            ticket.resolve(root_cause=cause(), outcome="Ok", by=agent_ana(), at=at)
        late = ticket_for()
        late_at = MONDAY_NINE + 25 * HOUR
        late.log_contact(channel="phone", summary="Sorry", by=agent_ana(), at=late_at)
        ticket_for()  # open and, 30 hours later, past due: breached though unnoticed
        ticket_for(at=MONDAY_NINE + 20 * HOUR)  # not due yet
        shown = seen()
        contact = share(shown, "contact_in_sla")
        assert contact.score is not None
        assert contact.n == 7
        assert contact.score.value == pytest.approx(100 * 5 / 7)
        assert contact.waiting == 1
        # 60, 120, 180, 240, 300 and 1,500 minutes: between 180 and 240.
        assert (median(shown, "contact_minutes").value, contacted(shown)) == (210, 6)
        assert median(shown, "resolution_minutes").value == 180
        assert count(shown, "open_tickets") == 3
        assert count(shown, "overdue_tickets") == 1

    def test_belongs_to_the_day_of_the_answer(self) -> None:
        for _ in range(5):
            ticket = ticket_for(at=MONDAY_NINE - 24 * HOUR)
            ticket.log_contact(
                channel="phone", summary="Hi", by=agent_ana(), at=MONDAY_NINE
            )
        assert share(seen(), "contact_in_sla").n == 0
        sunday = Period(BEFORE, BEFORE)
        assert share(seen(period=sunday), "contact_in_sla").n == 5

    def test_hides_shares_and_medians_of_fewer_than_five(self) -> None:
        ticket = ticket_for()
        at = MONDAY_NINE + HOUR
        ticket.log_contact(channel="phone", summary="Hello", by=agent_ana(), at=at)
        shown = seen()
        assert share(shown, "contact_in_sla").is_hidden
        assert median(shown, "contact_minutes").is_hidden


def share(shown: Overview, key: str) -> Measured:
    found = shown.results[key]
    assert isinstance(found, Measured)
    return found


def median(shown: Overview, key: str) -> Median:
    found = shown.results[key]
    assert isinstance(found, Median)
    return found


def contacted(shown: Overview) -> int:
    return median(shown, "contact_minutes").n


def count(shown: Overview, key: str) -> int:
    found = shown.results[key]
    assert isinstance(found, Counted)
    return found.value
