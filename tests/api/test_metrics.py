"""Numbers through the API: each with n, interval and definition."""

from typing import Any

import pytest

from dashboards.registry import METRICS
from events import outbox
from tests.api.client import Caller
from tests.personas import agent_ana, executive_eva, manager_milo, nps_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def eva() -> Caller:
    nps_survey()
    return Caller(executive_eva())


def answer(*scores: int) -> None:
    milo = Caller(manager_milo())
    for score in scores:
        milo.post("/surveys/support-nps/responses/", {"answers": {"score": score}})
    outbox.drain()


def number(caller: Caller, key: str, **query: str) -> dict[str, Any]:
    results = caller.get("/metrics/", **query).json()["results"]
    return next(row for row in results if row["key"] == key)


class TestMetrics:
    def test_name_every_number_of_the_registry(self, eva: Caller) -> None:
        results = eva.get("/metrics/").json()["results"]
        without = {key for key, m in METRICS.items() if m.source != "ratings"}
        assert {row["key"] for row in results} == without

    def test_come_with_n_and_interval(self, eva: Caller) -> None:
        answer(10, 10, 9, 8, 7, 6, 0, 10)
        nps = number(eva, "nps")
        assert (nps["value"], nps["n"], nps["is_hidden"]) == (25.0, 8, False)
        assert nps["low"] < 25 < nps["high"]
        assert nps["is_low_base"] is True
        assert nps["version"] == METRICS["nps"].version

    def test_hide_what_would_tell_on_single_people(self, eva: Caller) -> None:
        answer(10, 0, 5, 7)
        nps = number(eva, "nps")
        assert (nps["value"], nps["low"], nps["high"]) == (None, None, None)
        # Nor how few they are, as on the pages.
        assert (nps["n"], nps["is_hidden"]) == (None, True)

    def test_are_chosen_by_key(self, eva: Caller) -> None:
        results = eva.get("/metrics/", metric=["nps", "responses"]).json()["results"]
        assert [row["key"] for row in results] == ["nps", "responses"]

    def test_say_of_which_definition_they_are(self, eva: Caller) -> None:
        answer(*[10] * 6)
        found = eva.get("/metrics/", metric="nps@1").json()
        assert [row["version"] for row in found["results"]] == [1]
        assert found["as_of"] is not None

    def test_are_narrowed(self, eva: Caller) -> None:
        answer(10)
        for query, count in (
            ({"survey": "support-nps"}, 1),
            ({"touchpoint": "support-call"}, 1),
            ({"region": "North"}, 0),
            ({"region": "-"}, 1),
            ({"channel": "api"}, 1),
            ({"language": "zh-hans"}, 0),
            ({"attribute": "plan:pro"}, 0),
            ({"since": "2020-01-01", "until": "2020-12-31"}, 0),
        ):
            assert number(eva, "responses", **query)["value"] == count

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"survey": "nowhere"}, "survey"),
            ({"touchpoint": "nowhere"}, "touchpoint"),
            ({"metric": "luck"}, "metric"),
            ({"metric": "nps@7"}, "metric"),
            ({"metric": "rating_mean"}, "question"),
            ({"attribute": "plan"}, "attribute"),
            ({"channel": "smoke"}, "channel"),
            ({"period": "eternity"}, "period"),
            ({"since": "2026-01-01"}, "until"),
            ({"since": "2026-02-01", "until": "2026-01-01"}, "until"),
            ({"since": "1800-01-01", "until": "2026-01-01"}, "until"),
            ({"since": "tomorrow", "until": "2026-01-01"}, "since"),
        ],
    )
    def test_refuse_questions_that_mean_nothing(
        self, eva: Caller, query: dict[str, str], field: str
    ) -> None:
        refused = eva.get("/metrics/", **query)
        assert refused.status_code == 400
        assert list(refused.json()["errors"]) == [field]

    def test_need_the_role(self) -> None:
        assert Caller(agent_ana()).get("/metrics/").status_code == 403
