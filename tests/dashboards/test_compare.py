"""Two groups side by side, and what must not be compared."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from dashboards.compare_query import side_query
from dashboards.comparing import Side, bands, difference, overlap, rest_of
from dashboards.counting import NOTHING
from dashboards.periods import Period
from dashboards.selection import Filters
from events import outbox
from surveys.intake import local_day
from surveys.metrics import nps_difference
from tests.dashboards.answers import MONDAY, give
from tests.dashboards.test_explore import words_of
from tests.dashboards.test_pages import client_of, page
from tests.personas import agent_ana, executive_eva

pytestmark = pytest.mark.django_db
COMPARE = "/dashboards/compare/"
WEEK = Period(MONDAY, MONDAY + timedelta(days=6))
NEXT_WEEK = Period(MONDAY + timedelta(days=7), MONDAY + timedelta(days=13))


def answers_lately(*scores: int, **fields: Any) -> None:
    give(*scores, day=local_day(timezone.now()), opens_tickets=False, **fields)
    outbox.drain()


class TestOverlap:
    @pytest.mark.parametrize(
        ("one", "two", "may_share"),
        [
            (Filters(region="North"), Filters(region="South"), False),
            (Filters(region="North"), Filters(tier="gold"), True),
            (Filters(region="North"), Filters(), True),
            (Filters(region="North"), Filters(region="North"), True),
            (Filters(region=""), Filters(region="North"), False),
            (
                Filters(region="North", tier="gold"),
                Filters(region="North", tier="silver"),
                False,
            ),
            (
                Filters(attributes=(("seat", "1A"),)),
                Filters(attributes=(("seat", "2B"),)),
                False,
            ),
        ],
    )
    def test_is_ruled_out_by_a_filter_they_differ_in(
        self, one: Filters, two: Filters, may_share: bool
    ) -> None:
        assert overlap(Side(one, WEEK), Side(two, WEEK)) is may_share
        assert overlap(Side(two, WEEK), Side(one, WEEK)) is may_share

    def test_is_ruled_out_by_periods_apart(self) -> None:
        assert not overlap(Side(Filters(), WEEK), Side(Filters(), NEXT_WEEK))


class TestDifference:
    def test_is_that_of_the_metrics(self) -> None:
        one, two = NOTHING | {"nps_10": 20}, NOTHING | {"nps_0": 10, "nps_10": 20}
        assert difference("nps", one, two) == nps_difference({10: 20}, {0: 10, 10: 20})

    @pytest.mark.parametrize("n", [0, 4])
    def test_is_none_where_a_side_is_too_small(self, n: int) -> None:
        one, two = NOTHING | {"csat_5": 20}, NOTHING | {"csat_1": n}
        assert difference("csat", one, two) is None
        assert difference("csat", two, one) is None

    def test_of_a_part_and_its_complement_counts_nobody_twice(self) -> None:
        whole = NOTHING | {"responses": 9, "nps_10": 9}
        part = NOTHING | {"responses": 4, "nps_10": 4}
        rest = rest_of(whole, part)
        assert (rest["responses"], rest["nps_10"]) == (5, 5)

    def test_shows_how_many_gave_which_score(self) -> None:
        one, two = NOTHING | {"csat_5": 15, "csat_1": 5}, NOTHING | {"csat_3": 4}
        found = bands("csat", one, two)
        assert [band.first for band in found] == [25, 0, 0, 0, 75]
        assert {band.second for band in found} == {None}


class TestQuery:
    def test_takes_common_filters_to_both_sides(self) -> None:
        query = QueryDict("period=30d&tier=gold&a.region=North&b.region=South")
        assert side_query(query, "a").dict() == {
            "period": "30d",
            "tier": "gold",
            "region": "North",
        }
        assert side_query(query, "b")["region"] == "South"
        assert "region" not in side_query(query, "")

    def test_takes_no_common_day_into_a_period_of_its_own(self) -> None:
        query = QueryDict("period=custom&since=2026-01-01&until=2026-02-01&a.period=7d")
        assert side_query(query, "a").dict() == {"period": "7d"}


class TestPage:
    def test_is_for_those_who_may_see_dashboards(self) -> None:
        assert client_of(agent_ana()).get(COMPARE).status_code == 403

    def test_shows_both_with_difference_interval_and_p(self) -> None:
        answers_lately(*[10] * 40, region="North")
        answers_lately(*[0] * 20, *[9] * 20, region="South")
        html = page(
            executive_eva(), f"{COMPARE}?a.region=North&b.region=South&against=group"
        )
        words = words_of(html)
        assert "more than chance (p &lt; 0.001)" in words
        assert "▲ +100" in words
        assert html.count("data-figure=") == 2

    def test_compares_a_part_with_all_the_others(self) -> None:
        answers_lately(*[10] * 40, region="North")
        answers_lately(*[0] * 30, region="South")
        words = words_of(page(executive_eva(), f"{COMPARE}?a.region=North"))
        assert "+200" in words
        assert "n = 30" in words

    def test_compares_with_the_period_before(self) -> None:
        today = local_day(timezone.now())
        give(*[0] * 40, day=today - timedelta(days=10), opens_tickets=False)
        answers_lately(*[10] * 40)
        words = words_of(page(executive_eva(), f"{COMPARE}?a.period=7d&against=before"))
        assert "+200" in words

    def test_refuses_groups_that_share_answers(self) -> None:
        answers_lately(*[10] * 40, region="North", tier="gold")
        html = page(executive_eva(), f"{COMPARE}?a.region=North&b.tier=gold")
        assert "An answer can be in both groups" in html
        assert "p &lt;" not in words_of(html)

    def test_refuses_everybody_against_nobody(self) -> None:
        answers_lately(*[10] * 6)
        assert "holds all answers" in page(executive_eva(), COMPARE)

    def test_hides_a_side_that_is_too_small(self) -> None:
        answers_lately(*[10] * 40, region="North")
        answers_lately(*[0] * 4, region="South")
        words = words_of(page(executive_eva(), f"{COMPARE}?a.region=North"))
        assert "hidden" in words
        assert "n = &lt; 5" in words

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("metric=x", "There is no number"),
            ("metric=responses", "choose a score"),
            ("a.period=never", "Select a valid choice"),
            ("b.survey=abc&a.region=x", "Select a valid choice"),
            ("metric=nps&version=9", "is not known here"),
        ],
    )
    def test_answers_bad_input_with_a_sentence(self, query: str, words: str) -> None:
        answer = client_of(executive_eva()).get(f"{COMPARE}?{query}")
        assert answer.status_code == 400
        assert words in answer.content.decode()
