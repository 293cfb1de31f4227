"""Tickets through the API."""

from typing import Any

import pytest

from events import outbox
from teams.models import DataScope
from tests.api.client import Caller
from tests.personas import (
    agent_ana,
    executive_eva,
    manager_milo,
    mara_detractor,
    nps_survey,
)

pytestmark = pytest.mark.django_db

PROMISED = {
    "number",
    "response",
    "customer",
    "touchpoint",
    "status",
    "priority",
    "team",
    "assignee",
    "opened_at",
    "first_contact_due_at",
    "first_contacted_at",
    "resolved_at",
}


def low_answer(**more: Any) -> str:
    body = {"answers": {"score": 2}, **more}
    answer = Caller(manager_milo()).post("/surveys/support-nps/responses/", body)
    outbox.drain()
    return str(answer.json()["id"])


@pytest.fixture
def maras_answer() -> str:
    nps_survey()
    return low_answer(customer={"external_id": mara_detractor().external_id})


class TestTickets:
    def test_carry_what_is_promised(self, maras_answer: str) -> None:
        (row,) = Caller(agent_ana()).get("/tickets/").json()["results"]
        assert row.keys() >= PROMISED
        assert row["response"] == maras_answer
        assert row["customer"]["external_id"] == "mara_detractor"
        assert row["assignee"] == "owner_otto@example.test"
        assert (row["team"], row["touchpoint"]) == ("Service", "support-call")

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({"customer": "mara_detractor"}, 1),
            ({"customer": "nobody"}, 0),
            ({"status": "open"}, 1),
            ({"status": "resolved"}, 0),
            ({"assignee": "OWNER_OTTO@example.test"}, 1),
            ({"assignee": "agent_ana@example.test"}, 0),
            ({"overdue": "true"}, 0),
        ],
    )
    def test_are_narrowed(
        self, maras_answer: str, query: dict[str, str], count: int
    ) -> None:
        rows = Caller(agent_ana()).get("/tickets/", **query).json()["results"]
        assert len(rows) == count

    def test_are_found_by_any_answer_they_take_care_of(self, maras_answer: str) -> None:
        second = low_answer(customer={"external_id": "mara_detractor"})
        for answer in (maras_answer, second):
            page = Caller(agent_ana()).get("/tickets/", response=answer).json()
            (row,) = page["results"]
            assert row["answers"] == sorted([maras_answer, second])

    def test_are_hidden_from_people_who_do_not_work_on_them(
        self, maras_answer: str
    ) -> None:
        assert Caller(executive_eva()).get("/tickets/").json()["results"] == []

    def test_outside_of_the_scope_are_not_there(self, maras_answer: str) -> None:
        DataScope.objects.create(
            user=agent_ana(), effect="deny", dimension="region", value="North"
        )
        ana = Caller(agent_ana())
        for query in ({}, {"response": maras_answer}):
            assert ana.get("/tickets/", **query).json()["results"] == []

    @pytest.mark.parametrize(
        "query", [{"response": "1"}, {"status": "lost"}, {"assignee": "ana"}]
    )
    def test_refuse_filters_that_mean_nothing(self, query: dict[str, str]) -> None:
        refused = Caller(agent_ana()).get("/tickets/", **query)
        assert refused.status_code == 400
        assert list(refused.json()["errors"]) == list(query)

    def test_cost_the_same_number_of_queries_however_many(
        self, maras_answer: str, django_assert_num_queries: Any
    ) -> None:
        low_answer()
        low_answer()
        ana = Caller(agent_ana())
        ana.get("/tickets/")
        with django_assert_num_queries(4):  # token, scopes, tickets, their answers
            assert len(ana.get("/tickets/").json()["results"]) == 3
