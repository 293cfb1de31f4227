"""Answers through the API."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from customers.models import Customer
from events.models import Event, IdempotentCall
from surveys.models import Response
from teams.models import DataScope
from tests.api.client import Caller
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    manager_milo,
    mara_detractor,
    nps_survey,
)

pytestmark = pytest.mark.django_db
POST = "/surveys/support-nps/responses/"


@pytest.fixture
def milo() -> Caller:
    nps_survey()
    return Caller(manager_milo())


class TestStoringAnAnswer:
    def test_returns_its_id(self, milo: Caller) -> None:
        answer = milo.post(POST, {"answers": {"score": 3, "comment": "Slow"}})
        assert answer.status_code == 201
        stored = Response.objects.get(id=UUID(answer.json()["id"]))
        assert (stored.nps, stored.comment, stored.channel) == (3, "Slow", "api")

    def test_happens_once_for_one_id(self, milo: Caller) -> None:
        body = {"id": str(uuid4()), "answers": {"score": 3}}
        first, second = milo.post(POST, body), milo.post(POST, body)
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json() == {"id": body["id"]}
        assert Response.objects.count() == 1

    def test_writes_the_event(self, milo: Caller) -> None:
        answer = milo.post(POST, {"answers": {"score": 3}})
        event = Event.objects.get(name="survey.response_submitted")
        assert event.subject_id == answer.json()["id"]

    def test_takes_the_known_customer(self, milo: Caller) -> None:
        mara = mara_detractor()
        reference = {"external_id": mara.external_id}
        milo.post(POST, {"answers": {"score": 2}, "customer": reference})
        stored = Response.objects.get()
        assert (stored.customer, stored.region, stored.tier) == (mara, "North", "gold")

    def test_gets_to_know_an_unknown_customer(self, milo: Caller) -> None:
        body = {
            "answers": {"score": 9},
            "customer": {"external_id": "new-77"},
            "attributes": {"region": "West", "tier": "silver", "seat": "12C"},
        }
        assert milo.post(POST, body).status_code == 201
        customer = Customer.objects.get(external_id="new-77")
        assert (customer.region, customer.tier) == ("West", "silver")
        stored = Response.objects.get()
        assert (stored.customer, stored.region) == (customer, "West")
        assert stored.attributes == {"seat": "12C"}

    def test_leaves_a_test_page_alone(self, milo: Caller) -> None:
        milo.post(POST, {"answers": {"score": 9}})
        assert not Response.objects.get().is_test


class TestRefusing:
    @pytest.mark.parametrize(
        ("answers", "field"),
        [
            ({"score": 11}, "answers.score"),
            ({"score": 3.5}, "answers.score"),
            ({"score": "many"}, "answers.score"),
            ({"score": True}, "answers.score"),
            ({}, "answers.score"),
            ({"score": 3, "nonsense": 1}, "answers.nonsense"),
            ({"score": 3, "comment": "x" * 5_001}, "answers.comment"),
        ],
    )
    def test_names_the_answer_that_is_wrong(
        self, milo: Caller, answers: dict[str, object], field: str
    ) -> None:
        refused = milo.post(POST, {"answers": answers})
        assert refused.status_code == 422
        assert refused["content-type"] == "application/problem+json"
        assert list(refused.json()["errors"]) == [field]
        assert not Response.objects.exists()

    def test_speaks_the_callers_language(self, milo: Caller) -> None:
        body = {"answers": {"score": 11}}
        refused = milo.post(POST, body, **{"accept-language": "zh-hans"})
        assert "请" in refused.json()["errors"]["answers.score"][0]

    @pytest.mark.parametrize(
        "body",
        [
            {"answers": [1]},
            {"id": "no-uuid", "answers": {"score": 1}},
            {"answers": {"score": 1}, "locale": "xx"},
            {"answers": {"score": 1}, "customer": "mara"},
            {"answers": {"score": 1}, "customer": {"external_id": "x" * 81}},
            {"answers": {"score": 1}, "attributes": {"a": {"b": 1}}},
            {"answers": {"score": 1}, "attributes": {"a": "\x00"}},
            {"answers": {"score": 1}, "attributes": {"region": "x" * 81}},
            {"answers": {"score": 1}, "attributes": {"a": "x" * 17_000}},
            {"answers": {"score": 1}, "version": 99},
        ],
    )
    def test_explains_what_a_body_lacks(
        self, milo: Caller, body: dict[str, object]
    ) -> None:
        refused = milo.post(POST, body)
        assert refused.status_code == 400
        assert refused.json()["errors"]

    def test_says_that_a_survey_is_unknown(self, milo: Caller) -> None:
        refused = milo.post("/surveys/nowhere/responses/", {"answers": {}})
        assert refused.status_code == 404

    def test_says_that_a_survey_is_paused(self, milo: Caller) -> None:
        nps_survey().pause(by=manager_milo(), at=MONDAY_NINE)
        refused = milo.post(POST, {"answers": {"score": 3}})
        assert refused.status_code == 409

    def test_says_that_a_survey_is_closed(self, milo: Caller) -> None:
        nps_survey().close(by=manager_milo(), at=MONDAY_NINE)
        refused = milo.post(POST, {"answers": {"score": 3}})
        assert refused.status_code == 410

    def test_needs_the_role(self) -> None:
        nps_survey()
        refused = Caller(agent_ana()).post(POST, {"answers": {"score": 3}})
        assert refused.status_code == 403

    def test_needs_the_scope_to_write(self) -> None:
        nps_survey()
        refused = Caller(manager_milo(), "read").post(POST, {"answers": {"score": 3}})
        assert refused.status_code == 403

    def test_makes_no_customer_that_the_caller_could_not_see(
        self, milo: Caller
    ) -> None:
        DataScope.objects.create(
            user=manager_milo(), effect="allow", dimension="region", value="North"
        )
        body = {
            "answers": {"score": 3},
            "customer": {"external_id": "new-78"},
            "attributes": {"region": "South"},
        }
        assert milo.post(POST, body).status_code == 403
        assert not Customer.objects.exists()

    def test_leaves_no_customer_behind_a_refused_answer(self, milo: Caller) -> None:
        body = {"answers": {"score": 11}, "customer": {"external_id": "new-79"}}
        assert milo.post(POST, body).status_code == 422
        assert not Customer.objects.exists()


class TestAnIdempotencyKey:
    KEY = {"idempotency-key": "order-1"}

    def test_makes_a_repeat_answer_the_same(self, milo: Caller) -> None:
        body = {"answers": {"score": 3}}
        first, second = (milo.post(POST, body, **self.KEY) for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert Response.objects.count() == 1

    def test_refuses_another_call(self, milo: Caller) -> None:
        milo.post(POST, {"answers": {"score": 3}}, **self.KEY)
        refused = milo.post(POST, {"answers": {"score": 4}}, **self.KEY)
        assert refused.status_code == 422
        assert Response.objects.count() == 1

    def test_is_free_again_after_a_failure(self, milo: Caller) -> None:
        nps_survey().pause(by=manager_milo(), at=MONDAY_NINE)
        assert milo.post(POST, {"answers": {"score": 3}}, **self.KEY).status_code == 409
        nps_survey().resume(by=manager_milo(), at=MONDAY_NINE)
        assert milo.post(POST, {"answers": {"score": 3}}, **self.KEY).status_code == 201

    def test_is_free_again_after_a_day(self, milo: Caller) -> None:
        milo.post(POST, {"answers": {"score": 3}}, **self.KEY)
        call = IdempotentCall.objects.get()
        call.created_at -= timedelta(hours=25)
        call.save()
        milo.post(POST, {"answers": {"score": 4}}, **self.KEY)
        assert Response.objects.count() == 2

    def test_belongs_to_one_token(self, milo: Caller) -> None:
        milo.post(POST, {"answers": {"score": 3}}, **self.KEY)
        other = Caller(manager_milo())
        other.post(POST, {"answers": {"score": 3}}, **self.KEY)
        assert Response.objects.count() == 2

    def test_may_not_be_endless(self, milo: Caller) -> None:
        headers = {"idempotency-key": "k" * 201}
        refused = milo.post(POST, {"answers": {"score": 3}}, **headers)
        assert refused.status_code == 400


class TestTheListOfResponses:
    def test_shows_the_answers_newest_first(self, milo: Caller) -> None:
        ids = [
            milo.post(POST, {"answers": {"score": score}}).json()["id"]
            for score in (1, 5, 9)
        ]
        page = milo.get("/responses/").json()
        assert [row["id"] for row in page["results"]] == ids[::-1]
        assert page["next"] is None

    def test_narrows_by_survey_customer_and_time(self, milo: Caller) -> None:
        nps_survey("other")
        reference = {"external_id": mara_detractor().external_id}
        wanted = milo.post(POST, {"answers": {"score": 1}, "customer": reference})
        milo.post("/surveys/other/responses/", {"answers": {"score": 2}})
        for query in (
            {"survey": "support-nps"},
            {"customer": "mara_detractor"},
            {"survey": "support-nps", "since": "2020-01-01"},
        ):
            rows = milo.get("/responses/", **query).json()["results"]
            assert [row["id"] for row in rows] == [wanted.json()["id"]]
        assert milo.get("/responses/", until="2020-01-01").json()["results"] == []

    def test_shows_only_what_the_caller_may_see(self, milo: Caller) -> None:
        milo.post(POST, {"answers": {"score": 1}, "attributes": {"region": "South"}})
        seen = milo.post(
            POST, {"answers": {"score": 1}, "attributes": {"region": "North"}}
        )
        DataScope.objects.create(
            user=agent_ana(), effect="deny", dimension="region", value="South"
        )
        rows = Caller(agent_ana()).get("/responses/").json()["results"]
        assert [row["id"] for row in rows] == [seen.json()["id"]]

    @pytest.mark.parametrize(
        "query", [{"since": "soon"}, {"survey": "a b"}, {"until": "2026-02-30"}]
    )
    def test_refuses_filters_that_mean_nothing(
        self, milo: Caller, query: dict[str, str]
    ) -> None:
        refused = milo.get("/responses/", **query)
        assert refused.status_code == 400
        assert list(refused.json()["errors"]) == list(query)
