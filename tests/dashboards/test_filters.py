"""The filter form: every dimension from the address, and clear words for bad ones."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from customers.models import Account
from dashboards.forms import FilterForm
from dashboards.selection import Filters, answers
from events import outbox
from teams.models import User
from tests.dashboards.answers import MONDAY, give
from tests.personas import executive_eva, nps_survey

pytestmark = pytest.mark.django_db


def form(query: str, user: User | None = None) -> FilterForm:
    return FilterForm(QueryDict(query), user=user or executive_eva(), today=MONDAY)


def filters(query: str) -> Filters:
    found = form(query)
    assert found.is_valid(), found.errors
    return found.filters


def account(name: str, external_id: str) -> Account:
    return Account.objects.create(name=name, external_id=external_id)


class TestFilterForm:
    def test_reads_every_dimension(self) -> None:
        place = nps_survey().touchpoint
        company = account("Aster Foods", "aster")
        asked: dict[str, Any] = {
            "survey": nps_survey().pk,
            "touchpoint": place.pk,
            "region": "North",
            "product_line": "Jet",
            "tier": "gold",
            "channel": "api",
            "language": "en",
            "journey": place.stage.journey_id,
            "stage": place.stage_id,
            "team": place.team_id,
            "account": company.pk,
        }
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        found = filters(f"{query}&attribute=cabin:first&attribute=since:2016")
        attributes = (("cabin", "first"), ("since", "2016"))
        assert found == Filters(**asked, attributes=attributes)

    def test_leaves_open_what_is_not_asked(self) -> None:
        assert filters("") == Filters()

    @pytest.mark.parametrize("words", ["aster", "ASTER FOODS", "Aster Foods (#{pk})"])
    def test_finds_a_company_by_its_words(self, words: str) -> None:
        company = account("Aster Foods", "a-1")
        account("Birch", "b-1")
        query = QueryDict(mutable=True)
        query["account"] = words.format(pk=company.pk)
        assert filters(query.urlencode()).account == company.pk

    def test_shows_the_name_of_a_company_given_by_number(self) -> None:
        company = account("Aster Foods", "a-1")
        html = form(f"account={company.pk}&attribute=a:1&attribute=b:2")
        assert html["account"].value() == f"Aster Foods (#{company.pk})"
        assert html["attribute"].value() == ["a:1", "b:2"]

    def test_opens_the_rest_when_one_of_it_is_set(self) -> None:
        assert not form("region=North").has_more
        assert form("channel=api").has_more
        assert form("attribute=nonsense").has_more

    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ("channel=carrier-pigeon", "channel"),
            ("journey=99999", "journey"),
            ("stage=x", "stage"),
            ("team=99999", "team"),
            ("account=99999", "account"),
            ("account=nobody", "account"),
            ("account=" + "9" * 30, "account"),
            ("account=a%00", "account"),
            ("attribute=cabin", "attribute"),
            ("attribute=:first", "attribute"),
            ("attribute=a:" + "x" * 300, "attribute"),
            ("attribute=a:%00", "attribute"),
            ("&".join(["attribute=a:b"] * 6), "attribute"),
            ("language=" + "x" * 20, "language"),
        ],
    )
    def test_refuses_what_cannot_be(self, query: str, name: str) -> None:
        assert list(form(query).errors) == [name]

    def test_names_the_companies_that_words_may_mean(self) -> None:
        account("Aster Foods", "a-1")
        account("Aster Media", "a-2")
        [problem] = form("account=aster").errors["account"]
        assert "Aster Foods" in problem
        assert "Aster Media" in problem

    def test_is_answered_with_a_page_of_its_own(self) -> None:
        client = Client()
        client.force_login(executive_eva())
        for query in (
            "channel=carrier-pigeon",
            "attribute=a",
            "period=custom&since=1900-01-01&until=2026-01-01",
        ):
            response = client.get(f"/dashboards/?{query}")
            assert response.status_code == 400
            assert (
                "alert" in response.content.decode()
                or "invalid" in response.content.decode()
            )


class TestAttributes:
    @pytest.mark.parametrize(
        ("asked", "count"),
        [
            ((("cabin", "first"),), 1),
            ((("since", "2016"),), 1),
            ((("vip", "true"),), 1),
            ((("cabin", "first"), ("since", "2016")), 1),
            ((("cabin", "second"),), 0),
            ((("'; DROP TABLE x; --", '"quoted" {}'),), 1),
            ((("rate", "1e5"),), 0),
        ],
    )
    def test_match_texts_numbers_and_truth(self, asked: Any, count: int) -> None:
        attributes = {
            "cabin": "first",
            "since": 2016,
            "vip": True,
            "'; DROP TABLE x; --": '"quoted" {}',
        }
        give(9, attributes=attributes, opens_tickets=False)
        outbox.drain()
        found = answers(executive_eva(), Filters(attributes=asked))
        assert found.count() == count


class TestCompanies:
    def test_are_suggested_by_name(self) -> None:
        client = Client()
        client.force_login(executive_eva())
        company = account("Aster & Sons", "a-1")
        html = client.get("/dashboards/companies/?account=ast").content.decode()
        assert f"Aster &amp; Sons (#{company.pk})" in html
        assert (
            "option"
            not in client.get("/dashboards/companies/?account=a").content.decode()
        )
