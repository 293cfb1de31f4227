"""The dashboard's pages: for whom, with what, in how many queries, and bad input."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from dashboards.registry import METRICS
from dashboards.tiles import Tile
from events import outbox
from surveys.intake import local_day
from teams.models import DataScope, User
from tests.dashboards.answers import give
from tests.personas import (
    admin_ada,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    mara_detractor,
    nps_survey,
)

pytestmark = pytest.mark.django_db
KPIS = "/dashboards/"


def page(user: User, url: str = KPIS, *, language: str = "en") -> str:
    response = client_of(user).get(url, headers={"accept-language": language})
    assert response.status_code == 200
    return str(response.content.decode())


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def answers_of_today(*scores: int, **fields: str) -> None:
    give(*scores, day=local_day(timezone.now()), opens_tickets=False, **fields)
    outbox.drain()


def tile(html: str, metric: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", _tile(html, metric)).split())


def _tile(html: str, metric: str) -> str:
    found = re.search(rf'data-metric="{metric}">(.*?)</article>', html, re.DOTALL)
    assert found is not None
    return found[1]


class TestKpiPage:
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
        for url in (KPIS, "/dashboards/by/region/"):
            assert client_of(persona()).get(url).status_code == status

    def test_asks_strangers_to_sign_in(self) -> None:
        assert Client().get(KPIS).status_code == 302

    def test_shows_value_n_interval_and_definition(self) -> None:
        answers_of_today(10, 10, 9, 8, 7, 6, 0, 10)
        words = tile(page(executive_eva()), "nps")
        for part in ("+25", "n = 8", "95 % interval", "Low base", "version 1"):
            assert part in words
        assert "4 promoters, 2 passives, 2 detractors" in words

    def test_shows_no_trace_of_a_hidden_value(self) -> None:
        answers_of_today(10, 10, 10, 10)
        html = page(executive_eva())
        words = tile(html, "nps")
        assert "hidden" in words
        assert "promoters," not in words
        assert "+100" not in html
        # Nothing to draw, so nothing for the script either.
        assert "application/json" not in html

    def test_draws_an_arrow_only_where_the_change_is_significant(self) -> None:
        today = local_day(timezone.now())
        give(*[10] * 40, day=today, opens_tickets=False)
        give(*[8] * 40, day=today - timedelta(days=100), opens_tickets=False)
        outbox.drain()
        assert "▲ 100 points higher" in tile(page(executive_eva()), "nps")
        give(*[10] * 400, day=today - timedelta(days=100), opens_tickets=False)
        give(*[8] * 4, day=today, opens_tickets=False)
        outbox.drain()
        words = tile(page(executive_eva()), "nps")
        assert "No clear change" in words
        assert "▲" not in words

    def test_says_that_there_is_no_data_yet(self) -> None:
        assert "No data yet" in page(executive_eva())

    def test_speaks_chinese(self) -> None:
        answers_of_today(*[10] * 6)
        eva = executive_eva()
        eva.language = "zh-hans"
        eva.save()
        html = page(eva, language="zh-hans")
        assert "客户怎么说" in html
        assert "95% 置信区间" in tile(html, "nps")

    def test_links_tickets_for_those_who_work_on_them(self) -> None:
        link = f'href="{reverse("tickets:list")}?tab=overdue"'
        assert link in page(lead_lena())
        assert link not in page(executive_eva())

    def test_leads_from_each_number_to_its_cause_at_once(self) -> None:
        answers_of_today(*[9] * 6, region="North")
        html = page(executive_eva(), f"{KPIS}?region=North")
        for metric, cause in {
            "nps": "explore/?metric=nps&amp;region=North",
            "overdue_tickets": "closed-loop/?region=North",
        }.items():
            assert f'<a href="/dashboards/{cause}">' in _tile(html, metric)
        for metric, name in {
            "coverage": "closed_loop",
            "response_rate": "reach",
            "churn_rate": "value",
        }.items():
            tile = Tile(METRICS[metric], "", "")
            assert tile.cause_url == reverse(f"dashboards:{name}")

    def test_counts_only_what_the_scope_allows(self) -> None:
        answers_of_today(*[10] * 6, region="North")
        answers_of_today(*[0] * 6, region="South")
        eva = executive_eva()
        DataScope.objects.create(
            user=eva, effect="allow", dimension="region", value="North"
        )
        html = page(eva)
        assert "+100" in tile(html, "nps")
        assert "South" not in html

    def test_has_a_table_with_the_chart(self) -> None:
        answers_of_today(*[10] * 6)
        html = page(executive_eva())
        assert "The numbers as a table" in html
        assert html.count("<caption") == html.count("data-figure=") == 1

    def test_needs_no_inline_script_or_style(self) -> None:
        answers_of_today(*[10] * 6)
        html = page(executive_eva())
        assert " style=" not in html
        scripts = re.findall(r"<script([^>]*)>", html)
        assert all("src=" in s or "application/json" in s for s in scripts)

    @pytest.mark.parametrize(
        ("query", "most"),
        [
            # Session and person are among them, and what the shell shows.
            ("", 12),
            ("?period=365d&survey={survey}", 12),
            ("?region=North", 12),
            ("?team={team}", 12),
            ("?account={account}", 12),
            ("?attribute=plan:pro", 12),
            # Packed months, packed days, and what is not packed yet.
            ("?region=North&tier=gold", 14),
        ],
    )
    def test_takes_few_queries(
        self,
        query: str,
        most: int,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        answers_of_today(*[10] * 6)
        client = client_of(executive_eva())
        survey = nps_survey()
        url = KPIS + query.format(
            survey=survey.pk,
            team=survey.touchpoint.team_id,
            account=mara_detractor().account_id,
        )
        client.get(url)
        with django_assert_max_num_queries(most):
            assert client.get(url).status_code == 200


class TestWhatFollows:
    """Reach, loyalty and the week's changes: what no rollup counts comes afterwards."""

    REST = "/dashboards/rest/"

    def test_is_fetched_by_the_page_with_its_selection(self) -> None:
        answers_of_today(*[10] * 6)
        html = page(executive_eva(), f"{KPIS}?period=30d&tier=gold")
        assert f'hx-get="{self.REST}?period=30d&amp;tier=gold"' in html
        assert 'data-metric="response_rate"' not in html

    def test_is_a_part_where_a_page_asks_and_a_page_where_a_person_does(self) -> None:
        client = client_of(executive_eva())
        whole = client.get(self.REST).content.decode()
        part = client.get(self.REST, headers={"HX-Request": "true"}).content.decode()
        for html in (whole, part):
            assert "response" in tile(html, "response_rate").lower()
            assert tile(html, "churn_rate")
        assert "<html" in whole
        assert "<html" not in part

    def test_is_not_for_agents_and_refuses_impossible_days(self) -> None:
        assert client_of(agent_ana()).get(self.REST).status_code == 403
        days = "?period=custom&since=2026-02-01&until=2026-01-01"
        assert client_of(executive_eva()).get(self.REST + days).status_code == 400


class TestFilters:
    def test_show_what_was_chosen(self) -> None:
        answers_of_today(*[10] * 6, region="North & East")
        query = f"period=30d&survey={nps_survey().pk}&region=North+%26+East"
        html = page(executive_eva(), f"{KPIS}?{query}")
        chosen = re.findall(r'<option value="([^"]*)" selected>', html)
        common = ["30d", str(nps_survey().pk), "", "North &amp; East", "", ""]
        assert chosen[: len(common)] == common

    def test_name_the_field_that_is_wrong(self) -> None:
        url = f"{KPIS}?period=custom&since=2026-02-30&until=2026-03-01&survey=0"
        html = client_of(executive_eva()).get(url).content.decode()
        assert 'name="since" value="2026-02-30"' in html
        for field in ("since", "survey"):
            assert f'aria-describedby="id_{field}_error" aria-invalid="true"' in html
            assert f'<div id="id_{field}_error" class="invalid-feedback">' in html
        assert html.count('aria-invalid="true"') == 2

    def test_have_labels(self) -> None:
        html = page(executive_eva())
        labelled = re.findall(r'<label for="(id_\w+)"', html)
        assert len(labelled) >= 8
        assert all(f' id="{field}"' in html for field in labelled)


class TestBadInput:
    @pytest.mark.parametrize(
        ("query", "words"),
        [
            (
                "period=custom&since=2026-03-02&until=2026-03-01",
                "lies before the first",
            ),
            (
                "period=custom&since=1926-01-01&until=2026-01-01",
                "30 years long at most",
            ),
            ("period=custom&since=0001-01-01&until=0001-01-05", "start before 1970"),
            ("period=custom&since=2026-03-02", "needs a first day and a last day"),
            ("period=custom&since=2026-02-30&until=x", "Enter a valid date"),
            ("period=forever", "Select a valid choice"),
            ("survey=999999999999999999999999", "Select a valid choice"),
            ("survey=abc", "Select a valid choice"),
            ("touchpoint=-1", "Select a valid choice"),
            ("region=%00", "Null characters are not allowed"),
            (f"region={'x' * 81}", "at most 80 characters"),
        ],
    )
    @pytest.mark.parametrize("url", [KPIS, "/dashboards/by/tier/"])
    def test_is_answered_with_a_sentence(
        self, url: str, query: str, words: str
    ) -> None:
        answer = client_of(executive_eva()).get(f"{url}?{query}")
        assert answer.status_code == 400
        assert words in answer.content.decode()

    @pytest.mark.parametrize(
        "query",
        [
            "period=custom&since=9999-12-01&until=9999-12-31",
            "region=%F0%9F%98%80%E2%80%AE<b>",
            "region=Atlantis&nonsense=1",
        ],
    )
    def test_that_is_only_odd_finds_nothing(self, query: str) -> None:
        for url in (KPIS, "/dashboards/by/region/"):
            html = page(executive_eva(), f"{url}?{query}")
            assert "<b>" not in html

    def test_of_an_unknown_dimension_is_not_found(self) -> None:
        answer = client_of(executive_eva()).get("/dashboards/by/shoe-size/")
        assert answer.status_code == 404


class TestByDimension:
    def test_links_each_group_to_its_filter(self) -> None:
        answers_of_today(*[10] * 6, region="North & East")
        html = page(executive_eva(), "/dashboards/by/region/?period=30d")
        assert "period=30d&amp;region=North+%26+East" in html
        answers_of_today(*[10] * 6)
        assert "region=-" in page(executive_eva(), "/dashboards/by/region/")

    def test_sets_a_filter_that_shows_the_same_number(self) -> None:
        answers_of_today(*[10] * 6)
        answers_of_today(*[0] * 6, region="North")
        assert "+100" in tile(page(executive_eva(), f"{KPIS}?region=-"), "nps")

    def test_takes_few_queries(
        self, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        answers_of_today(*[10] * 6)
        client = client_of(executive_eva())
        with django_assert_max_num_queries(16):
            client.get("/dashboards/by/touchpoint/?tier=gold")

    def test_offer_what_answers_had_lately_and_what_was_asked(self) -> None:
        give(*[10] * 6, day=date(2020, 1, 6), opens_tickets=False, region="Old")
        answers_of_today(*[10] * 6, region="North")
        html = page(executive_eva(), f"{KPIS}?region=Gone")
        offered = re.findall(r'<option value="(\w+)"', html)
        assert {"North", "Gone"} <= set(offered)
        assert "Old" not in offered
