"""Versions are listed with their answers, compared in words, and brought back."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from surveys import field
from surveys.document import plain, read_document
from surveys.models import Response, Survey
from surveys.templates import TEMPLATES
from tests.personas import MONDAY_NINE, agent_ana, manager_milo, nps_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def milo(client: Client) -> Client:
    client.force_login(manager_milo())
    return client


@pytest.fixture
def survey() -> Survey:
    """Published twice: the second time it asks the question in other words."""
    survey = nps_survey()
    draft = plain(read_document(survey.draft))
    draft["pages"][0]["elements"][0]["text"]["en"] = "Would you recommend us?"
    survey.draft = draft
    survey.draft_revision = 3
    survey.save()
    field.publish(survey, by=manager_milo(), at=MONDAY_NINE)
    return survey


def page(
    client: Client, name: str, survey: Survey, *more: object, query: str = ""
) -> str:
    response = client.get(reverse(f"surveys:{name}", args=[survey.pk, *more]) + query)
    assert response.status_code == 200
    return response.content.decode()


class TestTheList:
    def test_names_each_version(self, milo: Client, survey: Survey) -> None:
        words = page(milo, "versions", survey)
        assert "Version 1" in words
        assert "Version 2" in words
        assert "Manager Milo" in words

    def test_counts_the_answers_of_each(self, milo: Client, survey: Survey) -> None:
        first = survey.versions.get(number=1)
        for number in range(13):
            Response.objects.create(
                id=UUID(int=number + 1),
                survey=survey,
                version=first,
                touchpoint=survey.touchpoint,
                channel=Response.Channel.LINK,
                locale="en",
                is_test=number == 0,
                submitted_at=MONDAY_NINE,
                day=MONDAY_NINE.date(),
                answers={},
            )
        assert ">12<" in page(milo, "versions", survey)

    def test_asks_as_often_for_many_as_for_one(
        self, milo: Client, survey: Survey, django_assert_max_num_queries: object
    ) -> None:
        for _number in range(3):
            field.publish(survey, by=manager_milo(), at=timezone.now())
        with django_assert_max_num_queries(14):  # type: ignore[operator]
            page(milo, "versions", survey)


class TestComparing:
    def test_tells_what_changed(self, milo: Client, survey: Survey) -> None:
        words = page(milo, "version_changes", survey, query="?from=1&to=2")
        assert "How likely are you to recommend us?" in words
        assert "Would you recommend us?" in words
        assert "1 change" in words

    def test_tells_that_nothing_did(self, milo: Client, survey: Survey) -> None:
        words = page(milo, "version_changes", survey, query="?from=2&to=draft")
        assert "They say the same." in words

    @pytest.mark.parametrize("number", ["9", "x", "-1", "99999999999999", "²"])
    def test_knows_no_other_versions(
        self, milo: Client, survey: Survey, number: str
    ) -> None:
        address = reverse("surveys:version_changes", args=[survey.pk])
        assert milo.get(f"{address}?from={number}").status_code == 404


class TestRestoring:
    def post(self, client: Client, survey: Survey, revision: int = 3) -> int:
        address = reverse("surveys:restore", args=[survey.pk, 1])
        return client.post(address, {"revision": revision}).status_code

    def test_shows_first_what_would_be_replaced(
        self, milo: Client, survey: Survey
    ) -> None:
        assert "Would you recommend us?" in page(milo, "restore", survey, 1)

    def test_changes_the_draft_alone(self, milo: Client, survey: Survey) -> None:
        assert self.post(milo, survey) == 302
        survey.refresh_from_db()
        first = survey.versions.get(number=1)
        assert read_document(survey.draft) == read_document(first.document)
        assert survey.draft_revision == 4
        assert survey.version.number == 2
        event = Event.objects.get(name="survey.version_restored")
        assert event.payload == {"number": 1}

    def test_waits_when_somebody_else_has_changed_the_draft(
        self, milo: Client, survey: Survey
    ) -> None:
        assert self.post(milo, survey, revision=2) == 200
        assert not Event.objects.filter(name="survey.version_restored").exists()

    def test_is_not_for_everybody(self, client: Client, survey: Survey) -> None:
        client.force_login(agent_ana())
        assert self.post(client, survey) == 403


class TestTheFile:
    def test_holds_the_version_that_was_asked_for(
        self, milo: Client, survey: Survey
    ) -> None:
        words = page(milo, "definition", survey, query="?version=1")
        assert "How likely are you to recommend us?" in words

    def test_holds_the_draft_else(self, milo: Client, survey: Survey) -> None:
        survey.draft = plain(TEMPLATES["event"].document)
        survey.save()
        assert "this event" in page(milo, "definition", survey)
