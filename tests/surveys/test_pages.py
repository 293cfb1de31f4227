"""A survey of several pages, filled in without a script."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Event
from surveys import fragments, pages, personal_links, promises
from surveys.document import read_document
from surveys.elements import Language
from surveys.models import AllowedSite, Invitation, Partial, Response
from surveys.published import find_published
from surveys.views import respond
from tests.personas import mara_detractor
from tests.surveys.visits import Visitor, published, visit_document, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _readers_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(respond, "FASTEST", timedelta(0))


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def visitor(browser: Client) -> Visitor:
    published(visit_document())
    return Visitor(browser)


class TestTheWay:
    def test_begins_at_the_first_page(self, visitor: Visitor) -> None:
        assert visitor.page == "score_page"
        assert not visitor.shows("why")
        assert "Page 1 of 3" in visitor.html

    def test_goes_from_page_to_page_to_the_end(self, visitor: Visitor) -> None:
        visitor.press("next", score="7")
        assert visitor.page == "detail_page"
        visitor.press("next", used=["lift", "other"], used__other="Boat")
        # Which was best is asked of what was used only now.
        assert (visitor.page, visitor.shows("best")) == ("detail_page", True)
        visitor.press("next", best="lift", rates__clean="5")
        assert visitor.page == "last_page"
        visitor.press("send", mail="mara@customers.test")
        stored = Response.objects.get()
        assert visitor.response.status_code == 200
        assert "Thank you." in visitor.html
        assert stored.answers == {
            "score": 7,
            "used": ["lift", "other"],
            "used.other": "Boat",
            "best": "lift",
            "rates": {"clean": 5},
            "mail": "mara@customers.test",
        }
        assert stored.ending == "passive"

    def test_shows_the_page_again_when_an_answer_asks_for_more(
        self, visitor: Visitor
    ) -> None:
        visitor.press("next", score="3")
        assert visitor.page == "score_page"
        assert visitor.response.status_code == 422
        assert visitor.shows("why")
        visitor.press("next", why="Slow")
        assert visitor.page == "detail_page"

    def test_leaves_out_pages_that_a_branch_leaps(self, visitor: Visitor) -> None:
        assert visitor.press("next", score="9").page == "last_page"
        assert visitor.fields["way"] == "score_page"

    def test_ends_early_where_a_branch_says_so(self, visitor: Visitor) -> None:
        visitor.press("next", score="0", why="All of it")
        assert "We are sorry." in visitor.html
        assert Response.objects.get().ending == "sorry"

    def test_goes_back_and_keeps_everything(self, visitor: Visitor) -> None:
        visitor.press("next", score="7").press("back", used="cafe")
        assert visitor.page == "score_page"
        assert re.search(r'id="a-score-7"[^>]* checked', visitor.html)
        assert re.search(r'id="a-used-cafe"[^>]* checked', visitor.html)

    def test_asks_again_only_for_what_is_wrong_on_the_page(
        self, visitor: Visitor
    ) -> None:
        visitor.press("next")
        assert visitor.response.status_code == 422
        assert 'href="#a-score-field"' in visitor.html
        assert 'href="#a-mail-field"' not in visitor.html

    def test_returns_to_the_page_of_a_problem_at_the_end(
        self, visitor: Visitor
    ) -> None:
        visitor.press("next", score="7").press("next").press("send", score="77")
        assert visitor.page == "score_page"
        assert visitor.response.status_code == 422
        assert not Response.objects.exists()

    def test_goes_on_without_a_named_act(self, visitor: Visitor) -> None:
        assert visitor.press("", score="7").page == "detail_page"

    def test_drops_answers_beside_the_way(self, visitor: Visitor) -> None:
        visitor.press("next", score="5", why="Slow").press("back")
        visitor.press("next", score="10", used=["lift"]).press("send", mail="a@b.test")
        assert Response.objects.get().answers == {"score": 10, "mail": "a@b.test"}

    def test_ends_even_where_the_page_named_is_none_of_ours(
        self, visitor: Visitor
    ) -> None:
        sent = visitor.fields | {"at": "nowhere", "a-score": "9", "a-mail": "a@b.test"}
        assert visitor.browser.post(visitor.address, sent).status_code == 200


class TestWordsWithValues:
    def test_say_what_was_answered(self, visitor: Visitor) -> None:
        visitor.press("next", score="7").press(
            "next", used=["cafe", "lift"], best="cafe"
        )
        assert "about <span" in visitor.html
        assert ">Lift, Café Nord</span>" in visitor.html

    def test_escape_what_was_answered(self, visitor: Visitor) -> None:
        visitor.press("next", score="7")
        visitor.press("next", used=["other"], used__other="<script>x", best="").press(
            "next"
        )
        assert ">&lt;script&gt;x</span>" in visitor.html
        assert "<script>x" not in visitor.html

    def test_use_hidden_fields_of_the_address(self, browser: Client) -> None:
        published(visit_document())
        visitor = Visitor(browser, "/s/visit/?shop=Nord%22%3E&other=x").press(
            "next", score="7"
        )
        assert "at Nord&quot;&gt;." in visitor.html
        visitor.press("next").press("send", mail="a@b.test")
        assert Response.objects.get().attributes == {"shop": 'Nord">'}

    def test_leave_out_hidden_fields_that_are_too_long(self, browser: Client) -> None:
        published(visit_document())
        visitor = Visitor(browser, "/s/visit/?shop=" + "x" * 201)
        assert visitor.fields["h-shop"] == ""

    def test_know_the_customer_of_a_personal_link(self, browser: Client) -> None:
        document = visit_document()
        document["title"] = words("Dear {{ customer.name | guest }}")
        survey = published(document)
        assert "<h1>Dear guest</h1>" in Visitor(browser).html
        assert "<h1>Dear Mara Detractor</h1>" in Visitor(browser, link(survey)).html

    def test_tell_the_promise(
        self, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(promises, "_sources", [lambda _survey: "24 hours"])
        visitor.press("next", score="0", why="All")
        assert "You gave" in visitor.html
        assert "We call within 24 hours." in visitor.html


class TestWhatStandsInstead:
    def test_stays_words_whatever_is_in_it(self) -> None:
        document = visit_document()
        hostile = 'Hi {{ score | x" onmouseover="alert(1) }} {{ hidden.shop | y" z=" }}'
        document["title"] = {"en": hostile}
        document["pages"][0]["title"] = {"en": hostile}
        html = pages.filled_page(read_document(document), "en", pages.Filled())
        assert b'data-else="x&quot; onmouseover=&quot;alert(1)"' in html
        assert b'onmouseover="' not in html
        assert b'z="' not in html


class TestALongEnding:
    def test_has_a_heading_of_its_own(self) -> None:
        document = visit_document()
        document["endings"][1]["text"] = {"en": "<p>One.</p><p>Two.</p>"}
        html = pages.thanks_page(read_document(document), "en", "passive", "")
        assert b"Thank you for your answers!</h1>" in html
        assert b"<p>Two.</p>" in html


class TestTheAddress:
    def test_keeps_the_score_through_a_change_of_language(
        self, browser: Client
    ) -> None:
        published(visit_document())
        visitor = Visitor(browser, "/s/visit/?score=9&shop=A")
        (other,) = re.findall(r'href="\?([^"]+)" lang="zh-hans"', visitor.html)
        html = Visitor(browser, f"/s/visit/?{other.replace('&amp;', '&')}").html
        assert '<html lang="zh-hans">' in html
        assert re.search(r'id="a-score-9"[^>]* checked', html)
        assert 'name="h-shop" value="A"' in html
        assert not Response.objects.exists()
        assert not Partial.objects.exists()

    def test_shows_what_a_preselected_score_asks_for(self, browser: Client) -> None:
        published(visit_document())
        assert Visitor(browser, "/s/visit/?score=2").shows("why")


class TestTheCall:
    def test_is_asked_for_once_and_kept(self, visitor: Visitor) -> None:
        visitor.press("next", score="0", why="All")
        assert "May we call you?" in visitor.html
        for _turn in range(2):
            sent = {**visitor.fields, "act": "call", "call": "+49 30 123456"}
            answer = visitor.browser.post(visitor.address, sent)
            assert "We will call you." in answer.content.decode()
        stored = Response.objects.get()
        assert stored.wants_contact
        assert stored.answers["call.phone"] == "+49 30 123456"
        assert Event.objects.filter(name="survey.contact_requested").count() == 1

    def test_asks_again_for_a_number_that_is_none(self, visitor: Visitor) -> None:
        visitor.press("next", score="0", why="All")
        sent = {**visitor.fields, "act": "call", "call": "soon <b>"}
        answer = visitor.browser.post(visitor.address, sent)
        assert answer.status_code == 422
        assert "soon &lt;b&gt;" in answer.content.decode()
        assert not Response.objects.get().wants_contact

    def test_is_refused_before_anything_was_answered(self, visitor: Visitor) -> None:
        sent = {**visitor.fields, "act": "call", "call": "+49 30 123456"}
        assert visitor.browser.post(visitor.address, sent).status_code == 400


class TestARedirect:
    def leads_to(self, browser: Client, address: str) -> str:
        document = visit_document()
        document["endings"][0]["redirect"] = address
        published(document)
        visitor = Visitor(browser).press("next", score="9")
        return visitor.press("send", mail="a@b.test").html

    def test_leads_to_a_site_that_is_allowed(self, browser: Client) -> None:
        AllowedSite.objects.create(origin="https://shop.test", added_at=timezone.now())
        html = self.leads_to(browser, "https://shop.test/thanks?a=1&b=2")
        assert 'content="0;url=https://shop.test/thanks?a=1&amp;b=2"' in html

    def test_leads_nowhere_else(self, browser: Client) -> None:
        assert "refresh" not in self.leads_to(browser, "https://evil.test/")


class TestOneCopy:
    def document(self) -> Any:
        document = visit_document()
        element = document["pages"][1]["elements"][1]
        element["order"] = "random"
        element["options"] = [
            {"id": f"o{n}", "text": words(f"Option {n}")} for n in range(8)
        ] + [{"id": "none", "kind": "none", "text": words("None of these")}]
        element["wordings"] = [{"id": "b", "text": words("Which did you try?")}]
        return document

    def options(self, html: str) -> list[str]:
        return re.findall(r'name="a-used" value="([^"]+)"', html)

    def test_has_an_order_and_a_wording_that_stay_its_own(
        self, browser: Client
    ) -> None:
        published(self.document())
        seen = set()
        for _turn in range(6):
            visitor = Visitor(browser)
            before = self.options(visitor.html)
            asked = "Which did you try?" in visitor.html
            assert before[-1] == "none"
            visitor.press("next", score="7")
            assert self.options(visitor.html) == before
            assert ("Which did you try?" in visitor.html) == asked
            seen.add(tuple(before))
        assert len(seen) > 1

    def test_differs_in_pieces_that_were_rendered_once(self) -> None:
        survey = published(self.document())
        found = find_published(survey.slug)
        assert found
        assert found.version
        first = pages.form_page(found.version.id, "en", f"{UUID(int=1)}.1.a")
        again = pages.form_page(found.version.id, "en", f"{UUID(int=1)}.1.a")
        assert first == again
        assert b"\x02" not in first


class TestCompressed:
    def test_pages_say_the_same(self, browser: Client) -> None:
        import gzip

        document = visit_document()
        document["hidden_fields"] = []
        document["pages"][1]["elements"].pop(0)
        document["pages"][2]["elements"][0]["text"] = words("Your e-mail")
        survey = published(document)
        found = find_published(survey.slug)
        assert found
        assert found.version
        for language in ("en", "zh-hans"):
            token = f"{UUID(int=7)}.1.abc"
            zipped = pages.zipped_form_page(found.version.id, language, token)
            assert zipped
            plain = pages.form_page(found.version.id, language, token)
            assert gzip.decompress(zipped) == plain


class TestAnyElement:
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_of_five_hundred_is_shown(self, language: Language) -> None:
        document = visit_document()
        document["pages"] = [
            {
                "id": f"p{page}",
                "elements": [
                    {
                        "id": f"q{page}_{n}",
                        "type": "single_choice",
                        "text": words(f"Question {page} {n}"),
                        "options": [{"id": "a", "text": words("A")}],
                    }
                    for n in range(10)
                ],
            }
            for page in range(50)
        ]
        html = pages.filled_page(read_document(document), language, pages.Filled())
        assert html.count(b'class="q"') == 500


class TestMarks:
    def test_of_texts_are_no_marks(self) -> None:
        document = visit_document()
        document["title"]["en"] = f"x{fragments.slot('token')}y"
        html = pages.filled_page(
            read_document(document), "en", pages.Filled(token="secret")
        )
        assert b"<h1>x=token|y</h1>" in html


def link(survey: Any) -> str:
    now = timezone.now()
    asked = Invitation.objects.create(
        survey=survey,
        customer=mara_detractor(),
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    return f"/i/{personal_links.token_for(asked.id, expires_at=asked.expires_at)}/"
