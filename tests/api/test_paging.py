"""Pages: nothing skipped, nothing twice, whatever shares an instant."""

from uuid import UUID

import pytest

from events.ids import uuid7
from surveys import intake
from surveys.models import Response
from surveys.published import get_version
from tests.api.client import Caller
from tests.personas import MONDAY_NINE, manager_milo, nps_survey

pytestmark = pytest.mark.django_db


def answers_of_one_instant(count: int) -> set[str]:
    survey = nps_survey()
    version = get_version(survey.version_id or 0)
    for _ in range(count):
        intake.submit_response(
            version=version,
            submission=intake.Submission(
                response_id=uuid7(),
                answers={"score": 5},
                locale="en",
                channel=Response.Channel.API,
            ),
            at=MONDAY_NINE,
        )
    return {str(pk) for pk in Response.objects.values_list("id", flat=True)}


class TestPages:
    def test_hold_every_row_once(self) -> None:
        expected = answers_of_one_instant(7)
        milo = Caller(manager_milo())
        seen: list[str] = []
        page = milo.get("/responses/", limit=3).json()
        while True:
            seen += [row["id"] for row in page["results"]]
            if page["next"] is None:
                break
            assert page["next"].startswith("http://testserver/api/v1/responses/?")
            page = milo.client.get(page["next"], headers=milo.headers).json()
        assert len(seen) == 7
        assert {str(UUID(pk)) for pk in seen} == expected

    def test_keep_the_filters(self) -> None:
        answers_of_one_instant(3)
        page = Caller(manager_milo()).get("/responses/", limit=2, survey="support-nps")
        assert "survey=support-nps" in page.json()["next"]

    @pytest.mark.parametrize(
        "query",
        [
            {"limit": "0"},
            {"limit": "201"},
            {"limit": "-1"},
            {"limit": "many"},
            {"limit": "²"},
            {"cursor": "x"},
            {"cursor": "WyJub3ciLCAieCJd"},
            {"cursor": "WzEsIDJd"},
            {"cursor": "é"},
        ],
    )
    def test_refuse_forged_places(self, query: dict[str, str]) -> None:
        refused = Caller(manager_milo()).get("/responses/", **query)
        assert refused.status_code == 400
        assert list(refused.json()["errors"]) == list(query)

    def test_cost_the_same_number_of_queries_however_long(
        self, django_assert_num_queries: object
    ) -> None:
        answers_of_one_instant(5)
        milo = Caller(manager_milo())
        milo.get("/responses/")
        with django_assert_num_queries(3):  # type: ignore[operator]  # token, scopes, rows
            milo.get("/responses/")
