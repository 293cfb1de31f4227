"""What was begun is kept, found again, and gone once it is sent."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from surveys import partials, personal_links, stamps
from surveys.models import Invitation, Partial, Response, Survey
from surveys.views import respond
from tests.personas import mara_detractor, nps_survey
from tests.surveys.visits import Visitor, published, visit_document

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _readers_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(respond, "FASTEST", timedelta(0))


@pytest.fixture
def survey() -> Survey:
    return published(visit_document())


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def visitor(browser: Client, survey: Survey) -> Visitor:
    return Visitor(browser)


def invited(survey: Survey) -> str:
    now = timezone.now()
    asked = Invitation.objects.create(
        survey=survey,
        customer=mara_detractor(),
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    return f"/i/{personal_links.token_for(asked.id, expires_at=asked.expires_at)}/"


class TestAPageTurned:
    def test_keeps_what_was_given_and_where(self, visitor: Visitor) -> None:
        visitor.press("next", score="7")
        kept = Partial.objects.get()
        assert (kept.answers["score"], kept.page) == ("7", "detail_page")
        assert (kept.channel, kept.locale) == ("link", "en")
        assert kept.started_at <= kept.saved_at

    def test_is_gone_once_the_answers_are_sent(self, visitor: Visitor) -> None:
        visitor.press("next", score="9").press("send", mail="a@b.test")
        assert Response.objects.count() == 1
        assert not Partial.objects.exists()

    def test_needs_no_database(
        self, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> bool:
            raise OperationalError("server closed the connection")

        monkeypatch.setattr(partials, "save", fail)
        monkeypatch.setattr(respond.connection, "close", lambda: None)
        assert visitor.press("next", score="7").page == "detail_page"

    def test_is_refused_once_the_answers_were_sent(self, visitor: Visitor) -> None:
        visitor.press("next", score="9")
        sent = visitor.fields
        visitor.press("send", mail="a@b.test")
        late = visitor.browser.post(
            visitor.address, {**sent, "a-score": "9", "act": "back"}
        )
        assert late.status_code == 409
        assert not Partial.objects.exists()


class TestASave:
    def save(self, visitor: Visitor, **sent: Any) -> int:
        fields = {**visitor.fields, "act": "save", **sent}
        return visitor.browser.post(visitor.address, fields).status_code

    def test_keeps_anything_and_judges_nothing(self, visitor: Visitor) -> None:
        assert self.save(visitor, **{"a-score": "99", "a-why": "x\x00y"}) == 204
        kept = Partial.objects.get()
        assert kept.answers == {"score": "99", "why": "xy"}

    def test_wins_over_an_earlier_one(self, visitor: Visitor) -> None:
        self.save(visitor, **{"a-score": "3"})
        self.save(visitor, **{"a-score": "4"})
        assert Partial.objects.get().answers["score"] == "4"

    def test_of_an_intent_never_hides_what_was_begun(self, visitor: Visitor) -> None:
        self.save(visitor, intent="1", **{"a-score": "9"})
        assert Partial.objects.get().is_intent
        self.save(visitor, **{"a-score": "9"})
        self.save(visitor, intent="1", **{"a-score": "9"})
        assert not Partial.objects.get().is_intent

    def test_is_refused_for_another_survey(self, visitor: Visitor) -> None:
        other = nps_survey()
        fields = {**visitor.fields, "act": "save", "a-score": "9"}
        answer = visitor.browser.post(f"/s/{other.slug}/", fields)
        assert answer.status_code == 400
        assert "another survey" in answer.content.decode()
        assert not Partial.objects.exists()

    def test_is_refused_when_the_survey_is_closed(
        self, visitor: Visitor, survey: Survey
    ) -> None:
        survey.close(by=None, at=timezone.now())
        stamps.renew(survey.slug)
        assert self.save(visitor, **{"a-score": "9"}) == 410

    def test_is_refused_when_it_is_enormous(self, visitor: Visitor) -> None:
        assert self.save(visitor, **{"a-why": "x" * 300_000}) == 413

    def test_after_sending_brings_nothing_back(self, visitor: Visitor) -> None:
        fields = visitor.fields
        visitor.press("next", score="9").press("send", mail="a@b.test")
        late = {**fields, "act": "save", "a-score": "9"}
        assert visitor.browser.post(visitor.address, late).status_code == 409
        assert not Partial.objects.exists()


class TestGoingOn:
    def test_shows_what_was_saved(self, browser: Client, survey: Survey) -> None:
        visitor = Visitor(browser, "/s/visit/?shop=Nord").press("next", score="7")
        token = visitor.fields["form"]
        again = Visitor(Client(), f"/s/visit/?resume={token}")
        assert again.page == "detail_page"
        assert again.fields["form"] == token
        assert again.fields["h-shop"] == "Nord"
        assert "You go on where you left off." in again.html
        assert "You gave us" in again.html

    def test_is_in_the_version_in_which_it_was_begun(
        self, browser: Client, survey: Survey
    ) -> None:
        visitor = Visitor(browser).press("next", score="7")
        changed = visit_document()
        changed["pages"] = changed["pages"][:1]
        changed["pages"][0]["branches"] = []
        published(changed)
        again = Visitor(browser, f"/s/visit/?resume={visitor.fields['form']}")
        assert again.page == "detail_page"
        again.press("next", score="7", used=[]).press("send", mail="a@b.test")
        assert Response.objects.get().version == survey.version

    def test_refuses_a_token_of_another_survey(
        self, visitor: Visitor, browser: Client
    ) -> None:
        token = visitor.press("next", score="7").fields["form"]
        other = nps_survey()
        answer = browser.get(f"/s/{other.slug}/?resume={token}")
        assert answer.status_code == 400
        assert "This link belongs to another survey" in answer.content.decode()

    @pytest.mark.parametrize("token", ["x", "", "a" * 90])
    def test_refuses_a_token_that_is_none(
        self, browser: Client, survey: Survey, token: str
    ) -> None:
        answer = browser.get("/s/visit/", {"resume": token})
        assert answer.status_code == (400 if token else 200)

    def test_starts_afresh_where_nothing_was_saved(self, visitor: Visitor) -> None:
        token = visitor.fields["form"]
        again = Visitor(visitor.browser, f"/s/visit/?resume={token}")
        assert again.page == "score_page"
        assert "You go on" not in again.html


class TestAPersonalLink:
    def test_goes_on_on_another_device(self, survey: Survey) -> None:
        link = invited(survey)
        Visitor(Client(), link).press("next", score="7")
        other = Visitor(Client(), link)
        assert other.page == "detail_page"
        assert "You go on where you left off." in other.html
        assert Invitation.objects.get().started_at

    def test_starts_again_when_asked_to(self, survey: Survey) -> None:
        link = invited(survey)
        Visitor(Client(), link).press("next", score="7")
        again = Visitor(Client(), f"{link}?again=1")
        assert again.page == "score_page"
        again.press("next", score="9")
        assert Partial.objects.get().answers["score"] == "9"

    def test_in_two_tabs_keeps_the_last_and_stores_once(self, survey: Survey) -> None:
        link = invited(survey)
        one, two = Visitor(Client(), link), Visitor(Client(), link)
        one.press("next", score="7")
        two.press("next", score="9")
        assert Partial.objects.get().answers["score"] == "9"
        two.press("send", mail="two@b.test")
        one.press("next")
        assert one.response.status_code == 409
        assert Response.objects.get().nps == 9
        assert not Partial.objects.exists()

    def test_is_not_opened_by_another_ones_token(self, survey: Survey) -> None:
        first = Visitor(Client(), invited(survey)).press("next", score="7")
        Invitation.objects.update(completed_at=None)
        open_page = Visitor(Client(), f"/s/visit/?resume={first.fields['form']}")
        assert open_page.page == "score_page"
