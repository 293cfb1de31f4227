"""Walking a draft's way in the preview: as customers do, and nothing is stored."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from events.models import Event
from surveys import studio
from surveys.document import plain, read_document
from surveys.models import Partial, Response, Survey
from surveys.templates import TEMPLATES
from tests.personas import MONDAY_NINE, manager_milo, support_call

pytestmark = pytest.mark.django_db


@pytest.fixture
def milo(client: Client) -> Client:
    client.force_login(manager_milo())
    return client


@pytest.fixture
def survey() -> Survey:
    """Three pages: a score, a reason that depends on it, details and a contact."""
    return studio.create_survey(
        basics=studio.Basics("After the call", "", support_call()),
        document=TEMPLATES["relationship"].document,
        by=manager_milo(),
        at=MONDAY_NINE,
    )


def address(survey: Survey, query: str = "") -> str:
    return reverse("surveys:preview_page", args=[survey.pk]) + query


def pages_of(survey: Survey) -> list[str]:
    return [page["id"] for page in survey.draft["pages"]]


def send(client: Client, survey: Survey, act: str, at: str, **given: Any) -> str:
    posted = {"act": act, "at": at, "lang": "en", **given}
    response: HttpResponse = client.post(address(survey), posted)
    return response.content.decode()


def open_page(page: str) -> str:
    """The id of the page that is shown."""
    return page.split('name="at" value="', 1)[1].split('"', 1)[0]


class TestWalking:
    def test_goes_on_page_by_page(self, milo: Client, survey: Survey) -> None:
        first, second, third = pages_of(survey)
        page = send(milo, survey, "next", first, **{"a-score": "3"})
        assert open_page(page) == second
        assert (
            open_page(send(milo, survey, "next", second, **{"a-score": "3"})) == third
        )

    def test_goes_back(self, milo: Client, survey: Survey) -> None:
        first, second, _third = pages_of(survey)
        page = send(milo, survey, "back", second, **{"a-score": "3"})
        assert open_page(page) == first

    def test_says_what_is_missing(self, milo: Client, survey: Survey) -> None:
        response = milo.post(address(survey), {"act": "next", "lang": "en"})
        assert response.status_code == 422
        assert "Please answer this question." in response.content.decode()

    def test_ends_where_the_score_leads(self, milo: Client, survey: Survey) -> None:
        last = pages_of(survey)[-1]
        ends = {ending["group"]: ending for ending in survey.draft["endings"]}
        for score, group in (("9", "promoter"), ("2", "detractor")):
            page = send(milo, survey, "send", last, **{"a-score": score})
            assert ends[group]["title"]["en"] in page

    def test_stores_nothing(self, milo: Client, survey: Survey) -> None:
        before = Event.objects.count()
        for act in ("save", "next", "send"):
            send(milo, survey, act, pages_of(survey)[-1], **{"a-score": "9"})
        assert not Response.objects.exists()
        assert not Partial.objects.exists()
        assert Event.objects.count() == before

    def test_waits_for_logic_that_can_be_followed(
        self, milo: Client, survey: Survey
    ) -> None:
        raw = plain(read_document(survey.draft))
        raw["pages"][1]["shown_if"] = {"field": "gone", "op": "eq", "value": 1}
        Survey.objects.filter(pk=survey.pk).update(draft=raw)
        assert milo.get(address(survey)).status_code == 200
        response = milo.post(address(survey), {"act": "next", "lang": "en"})
        assert response.status_code == 422
        assert "cannot be followed yet" in response.content.decode()


class TestOpening:
    def test_shows_everything_on_a_page(self, milo: Client, survey: Survey) -> None:
        second = pages_of(survey)[1]
        page = milo.get(address(survey, f"?at={second}&lang=en")).content.decode()
        assert open_page(page) == second
        inside = page.split(f'data-page="{second}"')[1].split("</section>")[0]
        assert "hidden" not in inside
        assert "only sometimes asked" in page

    def test_shows_an_ending(self, milo: Client, survey: Survey) -> None:
        ending = survey.draft["endings"][-1]
        page = milo.get(address(survey, f"?ending={ending['id']}&lang=zh-hans"))
        assert ending["title"]["zh-hans"] in page.content.decode()

    def test_begins_at_the_start_where_there_is_no_such_place(
        self, milo: Client, survey: Survey
    ) -> None:
        page = milo.get(address(survey, "?at=nowhere&ending=none")).content.decode()
        assert open_page(page) == pages_of(survey)[0]

    def test_may_be_framed_by_ourselves_alone(
        self, milo: Client, survey: Survey
    ) -> None:
        policy = milo.get(address(survey)).headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
        assert "style-src 'sha256-" in policy

    def test_is_no_page_that_keeps_drafts_on_the_device(
        self, milo: Client, survey: Survey
    ) -> None:
        assert 'data-respond="trial"' in milo.get(address(survey)).content.decode()
