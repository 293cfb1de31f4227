"""Looking into a number: told apart, narrowed, down to the answers."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboards.explore_links import crumbs_of, narrowed
from dashboards.exploring import parts_of, size_in, whole_of
from dashboards.periods import Period
from dashboards.selection import Filters
from events import outbox
from surveys.intake import local_day
from surveys.metrics import nps_difference
from teams.models import DataScope, User
from tests.dashboards.answers import MONDAY, give
from tests.dashboards.test_pages import client_of, page
from tests.personas import (
    admin_ada,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    mara_detractor,
    nps_survey,
)
from tests.tickets.answers import answer, submit
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
EXPLORE = "/dashboards/explore/"
WEEK = Period(MONDAY, MONDAY + timedelta(days=6))


def answers_lately(*scores: int, **fields: Any) -> None:
    give(*scores, day=local_day(timezone.now()), opens_tickets=False, **fields)
    outbox.drain()


def answers_of_the_week(*scores: int, **fields: Any) -> None:
    give(*scores, opens_tickets=False, **fields)
    outbox.drain()


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def table_of(html: str) -> str:
    found = re.search(r"explore-table.*?<tbody>(.*?)</tbody>", html, re.DOTALL)
    assert found is not None
    return words_of(found[1])


class TestPartsOf:
    def test_compares_each_with_all_the_others(self) -> None:
        answers_of_the_week(*[10] * 30, region="North")
        answers_of_the_week(*[0] * 20, *[8] * 10, region="South")
        answers_of_the_week(*[9] * 5, *[7] * 5, region="East")
        found = parts_of(executive_eva(), Filters(), WEEK, key="nps", by="region")
        assert [(part.name, part.n) for part in found.parts] == [
            ("North", 30),
            ("South", 30),
            ("East", 10),
        ]
        north = found.parts[0]
        assert north.difference == nps_difference({10: 30}, {0: 20, 8: 10, 9: 5, 7: 5})
        assert [part.stands_out for part in found.parts] == [True, True, False]
        assert north.share == pytest.approx(100 * 30 / 70)

    def test_sums_to_the_whole(self) -> None:
        answers_of_the_week(*range(11), region="North")
        answers_of_the_week(*range(11), region="South")
        answers_of_the_week(3, 4)
        eva = executive_eva()
        found = parts_of(eva, Filters(), WEEK, key="nps", by="region")
        whole = whole_of(eva, Filters(), WEEK, key="nps")
        assert found.n == whole.n == 24
        assert sum(part.n for part in found.parts) == 24

    def test_hides_small_ones_and_what_would_give_them_away(self) -> None:
        answers_of_the_week(*[10] * 3, region="North")
        answers_of_the_week(*[0] * 8, region="South")
        answers_of_the_week(*[9] * 40, region="East")
        found = parts_of(executive_eva(), Filters(), WEEK, key="nps", by="region")
        hidden = {part.name: part.is_hidden for part in found.parts}
        assert hidden == {"East": False, "South": True, "North": True}
        for part in found.parts[1:]:
            assert part.difference is None
            assert part.share is None

    def test_never_counts_a_percentage_of_another_scale(self) -> None:
        answers_of_the_week(*[7] * 6, metric="ces", region="North")
        answers_of_the_week(*[5] * 6, metric="ces5", region="North")
        found = parts_of(executive_eva(), Filters(), WEEK, key="ces", by="region")
        assert found.n == 6

    def test_counts_answers(self) -> None:
        answers_of_the_week(1, 2, region="North")
        found = parts_of(executive_eva(), Filters(), WEEK, key="responses", by="region")
        assert [(part.name, part.n, part.score) for part in found.parts] == [
            ("North", 2, None)
        ]

    def test_finds_values_by_their_name(self) -> None:
        for region in ("North", "South", "Far north"):
            answers_of_the_week(*[10] * 6, region=region)
        found = parts_of(
            executive_eva(), Filters(), WEEK, key="nps", by="region", words="NORTH"
        )
        assert {part.name for part in found.parts} == {"North", "Far north"}
        assert found.n == 18

    def test_knows_only_the_scope(self) -> None:
        answers_of_the_week(*[10] * 6, region="North")
        answers_of_the_week(*[0] * 6, region="South")
        eva = executive_eva()
        DataScope.objects.create(
            user=eva, effect="allow", dimension="region", value="North"
        )
        found = parts_of(eva, Filters(), WEEK, key="nps", by="region")
        assert [part.name for part in found.parts] == ["North"]
        assert size_in("nps", whole_of(eva, Filters(), WEEK, key="nps").counts) == 6


class TestLinks:
    def test_keep_the_order_in_which_filters_were_set(self) -> None:
        query = QueryDict("period=30d&tier=gold&region=North&by=account&page=2")
        filters = Filters(tier="gold", region="North")
        crumbs = crumbs_of(executive_eva(), filters, query)
        assert [(c.label, c.name) for c in crumbs] == [
            ("Tier", "gold"),
            ("Region", "North"),
        ]
        assert crumbs[0].back == f"{EXPLORE}?period=30d&tier=gold"
        assert crumbs[0].without == f"{EXPLORE}?period=30d&region=North&by=tier"

    def test_set_one_filter_more_and_go_on(self) -> None:
        query = QueryDict("metric=csat&by=region&q=no&rows=low")
        url = narrowed(query, Filters(), "region", "North & East", by="region")
        assert url == f"{EXPLORE}?metric=csat&region=North+%26+East&by=product_line"

    def test_ask_for_those_without_a_value_where_they_can(self) -> None:
        query = QueryDict("")
        assert "region=-" in narrowed(query, Filters(), "region", "", by="tier")
        assert narrowed(query, Filters(), "account", "", by="tier") == ""


class TestPage:
    @pytest.mark.parametrize(
        ("persona", "status"),
        [
            (admin_ada, 200),
            (manager_milo, 200),
            (lead_lena, 200),
            (executive_eva, 200),
            (agent_ana, 403),
        ],
    )
    def test_is_for_those_who_may_see_dashboards(
        self, persona: Callable[[], User], status: int
    ) -> None:
        assert client_of(persona()).get(EXPLORE).status_code == status

    def test_shows_value_interval_n_and_difference(self) -> None:
        answers_lately(*[10] * 40, region="North")
        answers_lately(*[0] * 40, region="South")
        html = page(executive_eva(), EXPLORE)
        assert "+100" in table_of(html)
        assert "▲" in table_of(html)
        assert "n = 80" in words_of(html)
        assert "region=North&amp;by=product_line" in html

    def test_says_what_is_hidden_and_shows_no_trace(self) -> None:
        answers_lately(*[10] * 3, region="North")
        answers_lately(*[0] * 30, *[9] * 30, region="South")
        answers_lately(*[5] * 7, region="East")
        words = table_of(page(executive_eva(), EXPLORE))
        assert "North hidden" in words
        assert "&lt; 5" in words
        assert "+100" not in words

    def test_lists_the_answers_for_those_who_may_see_customers(self) -> None:
        answers_lately(
            2, 9, 9, 9, 9, 9, customer=mara_detractor(), comment="Two hours late!"
        )
        html = page(executive_eva(), EXPLORE)
        assert "Two hours late!" in html
        assert reverse("customers:detail", args=[mara_detractor().pk]) in html
        low = page(executive_eva(), f"{EXPLORE}?rows=low")
        assert low.count("Two hours late!") == 1

    def test_leads_from_the_home_to_a_ticket_in_four_clicks(self) -> None:
        answers_lately(*[10] * 30, region="South")
        now = timezone.now()
        with transaction.atomic():
            submit(answer(mara_detractor(), at=now, nps=2), at=now)
        outbox.drain()
        client = client_of(lead_lena())
        first = client.get(EXPLORE).content.decode()
        step = re.search(r'href="([^"]*region=North[^"]*)"', first)
        assert step is not None
        second = client.get(step[1].replace("&amp;", "&")).content.decode()
        ticket = re.search(r'href="(/tickets/\d+/)"', second)
        assert ticket is not None
        assert client.get(ticket[1]).status_code == 200

    def test_says_how_far_a_ticket_is_to_those_who_do_not_work_on_them(self) -> None:
        answers_lately(*[9] * 6)
        now = timezone.now()
        with transaction.atomic():
            submit(answer(mara_detractor(), at=now, nps=2), at=now)
        outbox.drain()
        html = page(executive_eva(), EXPLORE)
        assert "/tickets/" not in html
        status = Ticket.objects.get().get_status_display()
        assert f'data-label="Ticket">{status}</td>' in html

    def test_says_that_there_is_no_data_yet(self) -> None:
        assert "No data yet" in page(executive_eva(), EXPLORE)

    def test_tells_by_every_dimension(self) -> None:
        answers_lately(*[10] * 6, customer=mara_detractor(), region="North")
        for dimension in (
            "product_line",
            "tier",
            "account",
            "touchpoint",
            "channel",
            "survey",
            "journey",
            "stage",
            "team",
            "language",
        ):
            html = page(executive_eva(), f"{EXPLORE}?by={dimension}")
            assert "+100" in table_of(html)

    def test_asks_the_rollup_and_not_for_every_value(
        self, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        answers_lately(*[10] * 6, region="North")
        client = client_of(executive_eva())
        client.get(EXPLORE)
        with django_assert_max_num_queries(22):
            client.get(f"{EXPLORE}?region=North&tier=gold")


class TestBadInput:
    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("metric=happiness", "There is no number"),
            ("by=shoe_size", "cannot be told apart"),
            ("by=%3Cscript%3E", "cannot be told apart"),
            ("metric=nps&version=99", "Version 99 of the definition of NPS"),
            ("metric=nps&version=abc", "is not known here"),
            ("period=forever", "Select a valid choice"),
            (
                "period=custom&since=1926-01-01&until=2026-01-01",
                "30 years long at most",
            ),
        ],
    )
    def test_is_answered_with_a_sentence(self, query: str, words: str) -> None:
        answer = client_of(executive_eva()).get(f"{EXPLORE}?{query}")
        assert answer.status_code == 400
        assert words in answer.content.decode()
        assert "<script>" not in answer.content.decode().split("<main")[1]

    @pytest.mark.parametrize(
        "query",
        ["page=x", "page=999999", "answers=-1", "q=%00%27", "sort=x", "rows=x"],
    )
    def test_that_is_only_odd_shows_the_page(self, query: str) -> None:
        answers_lately(*[10] * 6, region="North")
        assert client_of(executive_eva()).get(f"{EXPLORE}?{query}").status_code == 200

    def test_of_a_number_that_never_was_asked_shows_no_zero(self) -> None:
        answers_lately(*[10] * 6, region="North")
        html = page(executive_eva(), f"{EXPLORE}?metric=csat")
        assert "No data yet" in html
        assert "NaN" not in html

    def test_survives_a_dimension_of_many_values(self) -> None:
        for number in range(60):
            give(10, 9, opens_tickets=False, tier=f"tier {number:03}")
        outbox.drain()
        day = MONDAY.isoformat()
        url = f"{EXPLORE}?by=tier&period=custom&since={day}&until={day}"
        assert "Page 1 of 3" in words_of(page(executive_eva(), url))
        assert nps_survey().responses.count() == 120
