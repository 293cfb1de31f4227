"""Surveys through the API, and who sees which."""

import pytest

from teams.models import DataScope
from tests.api.client import Caller
from tests.personas import (
    NPS_DOCUMENT,
    agent_ana,
    manager_milo,
    nps_survey,
    service_team,
)

pytestmark = pytest.mark.django_db


class TestSurveys:
    def test_are_listed_without_their_documents(self) -> None:
        nps_survey()
        (row,) = Caller(manager_milo()).get("/surveys/").json()["results"]
        assert row["slug"] == "support-nps"
        assert (row["state"], row["version"]) == ("published", 1)
        assert (row["touchpoint"], "document" in row) == ("support-call", False)

    def test_come_with_the_document_in_the_field(self) -> None:
        survey = nps_survey()
        survey.draft = {**NPS_DOCUMENT, "title": {"en": "New", "zh-hans": "新"}}
        survey.save()
        row = Caller(manager_milo()).get("/surveys/support-nps/").json()
        assert row["document"]["title"]["en"] == "Support"

    def test_have_no_document_before_the_first_publication(self) -> None:
        survey = nps_survey()
        survey.version = None
        survey.save()
        row = Caller(manager_milo()).get("/surveys/support-nps/").json()
        assert (row["document"], row["version"]) == (None, None)

    def test_of_a_denied_team_are_not_there(self) -> None:
        nps_survey()
        DataScope.objects.create(
            user=agent_ana(), effect="deny", dimension="team", value=service_team().pk
        )
        ana = Caller(agent_ana())
        assert ana.get("/surveys/").json()["results"] == []
        assert ana.get("/surveys/support-nps/").status_code == 404
