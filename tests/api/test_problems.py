"""Whatever goes wrong below /api/ is a problem, never a page or a traceback."""

from unittest.mock import patch

import pytest
import redis
from django.db import OperationalError
from django.test import Client

from cem.api import throttle
from teams.models import ApiToken
from tests.api.client import Caller
from tests.personas import MONDAY_NINE, manager_milo, nps_survey

pytestmark = pytest.mark.django_db
POST = "/surveys/support-nps/responses/"


def assert_problem(answer: object, status: int) -> dict[str, object]:
    assert answer.status_code == status  # type: ignore[attr-defined]
    assert answer["content-type"] == "application/problem+json"  # type: ignore[index]
    body: dict[str, object] = answer.json()  # type: ignore[attr-defined]
    assert body["status"] == status
    assert {"type", "title", "detail"} <= body.keys()
    return body


class TestAProblem:
    def test_answers_a_caller_without_a_token(self) -> None:
        answer = Client().get("/api/v1/surveys/")
        assert_problem(answer, 401)
        assert answer["WWW-Authenticate"].startswith("Bearer")

    @pytest.mark.parametrize("secret", ["wrong", "Bearer", "Bearer a b", "Bearer ÿ"])
    def test_answers_a_wrong_token(self, secret: str) -> None:
        answer = Client().get("/api/v1/surveys/", headers={"authorization": secret})
        assert_problem(answer, 401)

    def test_answers_a_revoked_token(self) -> None:
        milo = Caller(manager_milo())
        ApiToken.objects.get().revoke(at=MONDAY_NINE)
        assert_problem(milo.get("/surveys/"), 401)

    def test_answers_a_token_of_somebody_who_left(self) -> None:
        milo = Caller(manager_milo())
        user = manager_milo()
        user.is_active = False
        user.save()
        assert_problem(milo.get("/surveys/"), 401)

    @pytest.mark.parametrize("path", ["/nothing/", "/surveys/nothing/"])
    def test_answers_an_unknown_address(self, path: str) -> None:
        assert_problem(Caller(manager_milo()).get(path), 404)

    def test_answers_a_wrong_method(self) -> None:
        assert_problem(Caller(manager_milo()).post("/tickets/", {}), 405)

    def test_answers_a_format_that_we_do_not_read(self) -> None:
        nps_survey()
        milo = Caller(manager_milo())
        answer = milo.client.post(
            f"/api/v1{POST}", "a=1", content_type="text/csv", headers=milo.headers
        )
        assert_problem(answer, 415)

    def test_answers_a_format_that_we_do_not_write(self) -> None:
        milo = Caller(manager_milo())
        headers = {**milo.headers, "accept": "text/csv"}
        answer = milo.client.get("/api/v1/surveys/", headers=headers)
        assert_problem(answer, 406)

    @pytest.mark.parametrize(
        "body",
        [
            "{",
            "",
            "[1]",
            "3",
            '{"a": NaN}',
            "[" * 100_000,
            '{"answers": {"comment": "\\ud800"}}',
            b"\xff\xfe",
        ],
    )
    def test_answers_a_body_that_is_no_json_object(self, body: str | bytes) -> None:
        nps_survey()
        answer = Caller(manager_milo()).post(POST, body)
        assert_problem(answer, 400)

    @pytest.mark.parametrize("headers", [{}, {"idempotency-key": "k"}])
    def test_answers_a_body_that_is_too_large(self, headers: dict[str, str]) -> None:
        nps_survey()
        body = '{"answers": "' + "x" * 3_000_000 + '"}'
        assert_problem(Caller(manager_milo()).post(POST, body, **headers), 413)

    def test_hides_what_broke(self) -> None:
        milo = Caller(manager_milo())
        with patch("surveys.api.SurveyList.get_queryset", side_effect=KeyError("pw")):
            body = assert_problem(milo.get("/surveys/"), 500)
        assert "pw" not in str(body)

    def test_asks_to_come_back_when_the_database_is_away(self) -> None:
        milo = Caller(manager_milo())
        gone = OperationalError("server closed the connection")
        with patch("surveys.api.SurveyList.get_queryset", side_effect=gone):
            answer = milo.get("/surveys/")
        assert_problem(answer, 503)
        assert int(answer["Retry-After"]) > 0


class TestTheThrottle:
    def test_stops_a_token_that_calls_too_often(self, settings: object) -> None:
        settings.API_CALLS_PER_MINUTE = 2  # type: ignore[attr-defined]
        milo = Caller(manager_milo())
        with patch("cem.api.throttle.time.time", return_value=60_000_000.0):
            answers = [milo.get("/surveys/") for _ in range(3)]
        throttle.valkey().delete(f"cem:api-calls:{ApiToken.objects.get().pk}:1000000")
        assert [a.status_code for a in answers[:2]] == [200, 200]
        assert_problem(answers[2], 429)
        assert 1 <= int(answers[2]["Retry-After"]) <= 60

    def test_lets_calls_through_without_valkey(
        self, settings: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.API_CALLS_PER_MINUTE = 0  # type: ignore[attr-defined]
        closed = redis.Redis.from_url("redis://127.0.0.1:1/0")
        monkeypatch.setattr(throttle, "valkey", lambda: closed)
        monkeypatch.setattr(throttle, "_quiet_until", 0.0)
        assert Caller(manager_milo()).get("/surveys/").status_code == 200
