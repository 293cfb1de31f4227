"""As many complete answers as there are places, and not one more."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client

from events.models import Event
from surveys import quotas
from surveys.intake import Receipt, Submission, submit_response
from surveys.models import Partial, QuotaCount, Response
from surveys.published import Version, find_published
from surveys.views import respond
from tests.personas import MONDAY_NINE
from tests.surveys.visits import Visitor, published, visit_document

QUOTA = {
    "id": "unhappy",
    "name": "Unhappy visitors",
    "when": {"field": "score", "op": "lte", "value": 8},
    "limit": 2,
    "ending": "full",
}
BY_MAIL = {
    "id": "staff",
    "name": "Staff",
    "when": {"field": "mail", "op": "contains", "value": "@b.test"},
    "limit": 1,
    "ending": "full",
}


def version_with(*wanted: dict[str, Any]) -> Version:
    survey = published({**visit_document(), "quotas": list(wanted)})
    found = find_published(survey.slug)
    assert found
    assert found.version
    return found.version


def send(version: Version, score: int, response_id: UUID | None = None) -> Receipt:
    answers = {"score": score, "why": "Slow", "mail": "a@b.test"}
    if score > 6:
        answers.pop("why")
    submission = Submission(
        response_id=response_id or uuid4(),
        answers=answers,
        locale="en",
        channel=Response.Channel.LINK,
    )
    return submit_response(version=version, submission=submission, at=MONDAY_NINE)


@pytest.mark.django_db
class TestAPlace:
    def test_is_taken_by_a_complete_answer(self) -> None:
        version = version_with(QUOTA)
        assert send(version, 7).ending == "passive"
        assert QuotaCount.objects.get().count == 1

    def test_is_not_taken_by_an_answer_beside_the_condition(self) -> None:
        send(version_with(QUOTA), 10)
        assert not QuotaCount.objects.exists()

    def test_is_not_taken_twice_by_a_replay(self) -> None:
        version, response_id = version_with(QUOTA), uuid4()
        first = send(version, 7, response_id)
        again = send(version, 7, response_id)
        assert (first.is_new, again.is_new) == (True, False)
        assert again.ending == "passive"
        assert QuotaCount.objects.get().count == 1

    def test_that_is_missing_turns_away_but_keeps_the_answer(self) -> None:
        version = version_with(QUOTA)
        for _turn in range(2):
            send(version, 7)
        response_id = uuid4()
        assert send(version, 7, response_id).ending == "full"
        late = Response.objects.get(id=response_id)
        assert (late.state, late.ending) == (Response.State.OVER_QUOTA, "full")
        assert QuotaCount.objects.get().count == 2
        names = Counter(Event.objects.values_list("name", flat=True))
        assert names["survey.response_submitted"] == 2
        assert names["survey.over_quota"] == 1

    def test_is_taken_in_every_quota_or_in_none(self) -> None:
        version = version_with(QUOTA, BY_MAIL)
        send(version, 7)
        assert send(version, 7).ending == "full"
        counts = dict(QuotaCount.objects.values_list("quota", "count"))
        assert counts == {"unhappy": 1, "staff": 1}


@pytest.mark.django_db
class TestFindFull:
    def test_does_not_judge_what_was_not_asked_yet(self) -> None:
        version = version_with({**BY_MAIL, "when": {"not": BY_MAIL["when"]}})
        QuotaCount.objects.create(survey_id=version.survey_id, quota="staff", count=1)
        assert quotas.find_full(version, {"score": 7}, {}) is None
        assert quotas.find_full(version, {"score": 7, "mail": "x@y.test"}, {})


@pytest.mark.django_db
class TestOnTheWay:
    @pytest.fixture(autouse=True)
    def _readers_are_quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(respond, "FASTEST", timedelta(0))

    def test_nobody_is_asked_on_in_vain(self) -> None:
        version = version_with(QUOTA)
        QuotaCount.objects.create(survey_id=version.survey_id, quota="unhappy", count=2)
        visitor = Visitor(Client()).press("next", score="8")
        assert "We have enough answers." in visitor.html
        stored = Response.objects.get()
        assert (stored.state, stored.nps) == (Response.State.OVER_QUOTA, 8)
        assert not Partial.objects.exists()

    def test_others_go_on(self) -> None:
        version = version_with(QUOTA)
        QuotaCount.objects.create(survey_id=version.survey_id, quota="unhappy", count=2)
        assert Visitor(Client()).press("next", score="9").page == "last_page"


@pytest.mark.django_db(transaction=True)
class TestFiftyAtOnce:
    def test_for_the_last_places_exactly_so_many_are_complete(self) -> None:
        version = version_with({**QUOTA, "limit": 7})

        def answer(_number: int) -> str:
            try:
                return send(version, 7).ending
            finally:
                connection.close()

        with ThreadPoolExecutor(10) as crowd:
            endings = Counter(crowd.map(answer, range(50)))
        states = Counter(Response.objects.values_list("state", flat=True))
        assert endings == {"passive": 7, "full": 43}
        assert states == {"complete": 7, "over_quota": 43}
        assert QuotaCount.objects.get().count == 7
