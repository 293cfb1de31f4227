"""A number proves itself: its parts, what was left out, and the rows behind it."""

import re

import pytest
from django.test import Client

from dashboards.models import AnswerCell
from events import outbox
from surveys.models import Response
from teams.models import DataScope, User
from tests.dashboards.answers import give, store
from tests.personas import agent_ana, executive_eva, lead_lena
from tests.tickets.answers import ticket_for

pytestmark = pytest.mark.django_db
SPAN = "period=custom&since=2026-03-02&until=2026-03-08"


def page(user: User, url: str, *, status: int = 200) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def told(key: str, query: str = SPAN) -> str:
    return page(executive_eva(), f"/dashboards/maths/{key}/?{query}")


class TestMaths:
    def test_says_parts_exclusions_and_definition(self) -> None:
        give(10, 10, 9, 8, 0, opens_tickets=False)
        give(5, metric="csat", opens_tickets=False)
        store([{"is_test": True, "nps": 3}, {"state": "over_quota", "nps": 3}])
        store([{"state": "held", "nps": 3}] * 2)
        outbox.drain()
        words = told("nps")
        for part in (
            "+40",
            "n = 5",
            "3 promoters, 1 passives, 1 detractors",
            "adjusted Wald",
            "version 1",
            "Test answers 1",
            "Held back until somebody has looked at them 2",
            "Over a full quota 1",
            "Complete, without an answer to this question 1",
            "the same",
            "Data as of",
        ):
            assert part in words

    def test_says_where_a_recount_differs(self) -> None:
        give(*[10] * 6, opens_tickets=False)
        outbox.drain()
        AnswerCell.objects.all().delete()
        give(*[10] * 6, opens_tickets=False)
        assert "on their way into the number" in told("nps")

    def test_tells_no_parts_of_a_hidden_number(self) -> None:
        give(10, 0, 0, opens_tickets=False)
        outbox.drain()
        words = told("nps")
        assert "hidden" in words
        assert "Score by score" not in words

    @pytest.mark.parametrize("key", ["luck", "nps-1"])
    def test_of_an_unknown_number_is_not_found(self, key: str) -> None:
        page(executive_eva(), f"/dashboards/maths/{key}/", status=404)

    def test_of_an_impossible_period_is_refused_with_a_sentence(self) -> None:
        query = "period=custom&since=1800-01-01&until=2026-01-01"
        words = page(executive_eva(), f"/dashboards/maths/nps/?{query}", status=400)
        assert "This cannot be shown" in words

    @pytest.mark.parametrize("name", ["maths", "rows"])
    def test_of_another_version_is_refused_with_a_sentence(self, name: str) -> None:
        url = f"/dashboards/{name}/nps/?{SPAN}"
        page(executive_eva(), f"{url}&version=1")
        words = page(executive_eva(), f"{url}&version=999", status=400)
        assert "Version 999 of the definition of NPS is not known here" in words

    def test_is_for_those_who_may_see_dashboards(self) -> None:
        page(agent_ana(), "/dashboards/maths/nps/", status=403)


class TestRows:
    def test_are_as_many_as_n(self) -> None:
        give(10, 9, 8, 1, 2, opens_tickets=False)
        give(5, 4, metric="csat", opens_tickets=False)
        outbox.drain()
        assert "5 rows" in page(executive_eva(), f"/dashboards/rows/nps/?{SPAN}")
        assert "7 rows" in page(executive_eva(), f"/dashboards/rows/responses/?{SPAN}")

    def test_are_those_of_the_persons_scope(self) -> None:
        give(10, 9, 8, region="North", opens_tickets=False)
        give(10, 9, region="South", opens_tickets=False)
        outbox.drain()
        DataScope.objects.create(
            user=executive_eva(), effect="allow", dimension="region", value="South"
        )
        assert "2 rows" in page(executive_eva(), f"/dashboards/rows/nps/?{SPAN}")

    def test_of_the_loop_are_tickets(self) -> None:
        number = ticket_for().number
        outbox.drain()
        words = page(lead_lena(), f"/dashboards/rows/coverage/?{SPAN}")
        assert f"#{number}" in words
        assert "1 row" in words

    def test_that_are_none_are_not_found(self) -> None:
        page(executive_eva(), "/dashboards/rows/churn_rate/", status=404)
        assert not Response.objects.exists()
