"""Into the field: what is refused, what needs a second look, what changed."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from surveys import field, studio
from surveys.document import plain, read_document
from surveys.models import Survey
from surveys.readiness import NotReady
from surveys.templates import TEMPLATES
from teams.models import DataScope
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    manager_milo,
    support_call,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def milo(client: Client) -> Client:
    client.force_login(manager_milo())
    return client


def draft(**changes: Any) -> Survey:
    survey = studio.create_survey(
        basics=studio.Basics("After the call", "", support_call()),
        document=TEMPLATES["relationship"].document,
        by=manager_milo(),
        at=MONDAY_NINE,
    )
    if changes:
        change(survey, **changes)
    return survey


def change(survey: Survey, **changes: Any) -> None:
    raw = {**plain(read_document(survey.draft)), **changes}
    survey.draft = plain(read_document(raw))
    survey.draft_revision += 1
    survey.save(update_fields=["draft", "draft_revision"])


def dim() -> dict[str, str]:
    return {"accent": "#1d4ed8", "background": "#ffffff", "text": "#bbbbbb"}


def with_warning() -> Survey:
    """A page to which no way leads."""
    survey = draft()
    raw = dict(survey.draft)
    first, *others = raw["pages"]
    to_the_end = {"when": {}, "to": f"ending:{raw['endings'][0]['id']}"}
    change(survey, pages=[{**first, "branches": [to_the_end]}, *others])
    return survey


def publish(client: Client, survey: Survey, **given: Any) -> HttpResponse:
    address = reverse("surveys:publish", args=[survey.pk])
    return client.post(address, {"revision": survey.draft_revision, **given})


def look(client: Client, name: str, survey: Survey) -> HttpResponse:
    return client.get(reverse(f"surveys:{name}", args=[survey.pk]))


def state_of(survey: Survey) -> str:
    survey.refresh_from_db()
    return survey.state


class TestPublishing:
    def test_takes_one_press_where_nothing_speaks_against_it(
        self, milo: Client
    ) -> None:
        survey = draft()
        assert publish(milo, survey).status_code == 302
        assert state_of(survey) == "published"

    def test_is_refused_with_errors(self, milo: Client) -> None:
        survey = draft(theme=dim())
        response = publish(milo, survey, anyway="1")
        assert response.status_code == 422
        assert "hard to read" in response.content.decode()
        assert state_of(survey) == "draft"

    def test_is_refused_with_errors_whoever_asks(self) -> None:
        survey = draft(theme=dim())
        with pytest.raises(NotReady, match="low_contrast"):
            field.publish(survey, by=manager_milo(), at=MONDAY_NINE)
        assert state_of(survey) == "draft"

    def test_asks_for_a_second_look_at_warnings(self, milo: Client) -> None:
        survey = with_warning()
        assert publish(milo, survey).status_code == 422
        assert state_of(survey) == "draft"
        assert publish(milo, survey, anyway="1").status_code == 302
        assert state_of(survey) == "published"

    def test_never_publishes_a_draft_that_was_not_looked_at(self, milo: Client) -> None:
        survey = draft()
        seen = survey.draft_revision
        change(survey, title={"en": "Anew", "zh-hans": "重来"})
        assert publish(milo, survey, revision=seen).status_code == 302
        assert state_of(survey) == "draft"

    def test_says_what_changes_for_customers(self, milo: Client) -> None:
        survey = draft()
        field.publish(survey, by=manager_milo(), at=MONDAY_NINE)
        change(survey, title={"en": "A new title", "zh-hans": "新标题"})
        assert "A new title" in look(milo, "publish", survey).content.decode()

    def test_has_nothing_to_do_where_nothing_changed(self, milo: Client) -> None:
        survey = draft()
        field.publish(survey, by=manager_milo(), at=MONDAY_NINE)
        assert "Nothing to publish" in look(milo, "publish", survey).content.decode()
        assert publish(milo, survey).status_code == 422
        assert survey.versions.count() == 1


class TestFindingsPanel:
    def test_leads_to_the_place(self, milo: Client) -> None:
        survey = with_warning()
        page = look(milo, "lint", survey).content.decode()
        unreached = survey.draft["pages"][1]["id"]
        assert f"#page={unreached}" in page
        assert "No way leads to this page." in page

    def test_says_so_where_there_are_none(self, milo: Client) -> None:
        assert "Nothing speaks against" in look(milo, "lint", draft()).content.decode()

    def test_speaks_chinese(self, milo: Client) -> None:
        milo.post("/language/", {"language": "zh-hans", "next": "/surveys/"})
        assert "没有" in look(milo, "lint", with_warning()).content.decode()


class TestWhoMaySeeIt:
    @pytest.mark.parametrize("name", ["lint", "publish"])
    def test_is_403_without_the_right(self, client: Client, name: str) -> None:
        client.force_login(agent_ana())
        assert look(client, name, draft()).status_code == 403

    @pytest.mark.parametrize("name", ["lint", "logic", "publish"])
    def test_is_404_outside_the_scope(self, client: Client, name: str) -> None:
        survey = draft()
        DataScope.objects.create(
            user=manager_milo(),
            effect=DataScope.Effect.DENY,
            dimension=DataScope.Dimension.TEAM,
            value=str(survey.touchpoint.team_id),
        )
        client.force_login(manager_milo())
        assert look(client, name, survey).status_code == 404


class TestLogicPage:
    def test_tells_the_way_in_words(self, milo: Client) -> None:
        page = look(milo, "logic", draft()).content.decode()
        assert "From Page 1 page by page to Page 3." in page
        assert "is shown only if" in page

    def test_may_be_read_by_who_may_not_edit(self, client: Client) -> None:
        client.force_login(agent_ana())
        response = look(client, "logic", draft())
        assert response.status_code == 200
        assert "#element=" not in response.content.decode()
