"""Code, letters and paper that bring a survey to customers."""

from html import unescape

import pytest
from django.test import Client

from surveys.document import read_document
from surveys.email_snippet import email_html
from surveys.models import Survey
from surveys.print_sheet import words_in
from tests.personas import NPS_DOCUMENT, agent_ana, manager_milo, nps_survey

LINK = "https://cem.example/s/support-nps/"


@pytest.fixture
def survey(db: None) -> Survey:
    return nps_survey()


@pytest.fixture
def milo(client: Client, survey: Survey) -> Client:
    client.force_login(manager_milo())
    return client


def address(survey: Survey, page: str) -> str:
    return f"/surveys/{survey.pk}/{page}/"


class TestTheWebsitePage:
    def test_gives_the_code_of_what_was_chosen(
        self, milo: Client, survey: Survey
    ) -> None:
        page = milo.get(address(survey, "website"), {"mode": "inline", "delay": "5"})
        shown = unescape(page.content.decode())
        assert 'data-mode="inline" data-target="#survey-support-nps"' in shown
        assert 'data-delay="5"' in shown

    def test_says_what_is_wrong_with_an_option(
        self, milo: Client, survey: Survey
    ) -> None:
        page = milo.get(address(survey, "website"), {"mode": "popover", "share": "101"})
        assert page.status_code == 422
        assert b"invalid-feedback" in page.content

    def test_lets_a_manager_try_it_with_answers_that_do_not_count(
        self, milo: Client, survey: Survey
    ) -> None:
        sent = {"mode": "tab", "label": "Tell us"}
        answer = milo.post(address(survey, "website/trial"), sent, follow=True)
        page = answer.content.decode()
        assert 'data-mode="tab"' in page
        assert 'data-label="Tell us"' in page
        token = page.split('data-test="')[1].split('"')[0]
        frame = milo.get(
            "/s/support-nps/",
            {"embed": "tab", "host": "http://127.0.0.1:8000", "test": token},
        )
        assert b"never counted" in frame.content


class TestTheLetter:
    def test_has_the_question_and_a_link_for_each_number(self) -> None:
        html = email_html(read_document(NPS_DOCUMENT), LINK, "en")
        assert "How likely are you to recommend us?" in html
        for score in range(11):
            assert f"{LINK}?lang=en&amp;score={score}" in html

    def test_speaks_chinese(self) -> None:
        html = email_html(read_document(NPS_DOCUMENT), LINK, "zh-hans")
        assert "您有多大可能推荐我们？" in html
        assert "lang=zh-hans" in html

    def test_has_no_style_sheet_and_no_class_for_outlooks_sake(self) -> None:
        html = email_html(read_document(NPS_DOCUMENT), LINK, "en")
        for unknown in ("<style", "class=", "flex", "<div", "<script"):
            assert unknown not in html

    def test_knows_nobody_whom_the_words_could_name(self) -> None:
        document = {**NPS_DOCUMENT, "title": {"en": "Hello {{ customer.name | you }}"}}
        document["pages"] = [
            {
                "id": "page1",
                "elements": [{"id": "why", "type": "long_text", "text": {}}],
            }
        ]
        html = email_html(read_document(document), LINK, "en")
        assert "Hello you" in html
        assert "Open the survey" in html

    def test_is_previewed_with_nothing_allowed_but_its_style(
        self, milo: Client, survey: Survey
    ) -> None:
        page = milo.get(address(survey, "letter/page"))
        assert "sandbox" in page["Content-Security-Policy"]
        assert page["X-Frame-Options"] == "SAMEORIGIN"
        copied = unescape(milo.get(address(survey, "letter")).content.decode())
        assert email_html(read_document(NPS_DOCUMENT), "http", "en")[:60] in copied


class TestTheSheet:
    def test_calls_in_both_languages_unless_told_otherwise(self) -> None:
        both = words_in("both", "", ("en", "zh-hans"))
        assert [block.language for block in both] == ["en", "zh-hans"]
        assert all(block.call and block.steps for block in both)
        assert [b.language for b in words_in("zh-hans", "", ("en", "zh-hans"))] == [
            "zh-hans"
        ]

    def test_says_a_headline_of_ones_own_once(self) -> None:
        both = words_in("both", "Tell us!", ("en", "zh-hans"))
        assert [block.call for block in both] == ["Tell us!", ""]

    def test_speaks_only_what_the_survey_speaks(self) -> None:
        assert [b.language for b in words_in("zh-hans", "", ("en",))] == ["en"]

    def test_is_printed_with_the_code_and_the_link(
        self, milo: Client, survey: Survey
    ) -> None:
        page = milo.get(address(survey, "sheet"), {"lang": "en", "call": "Tell us!"})
        shown = page.content.decode()
        assert "Tell us!" in shown
        assert f"/surveys/{survey.pk}/qr.svg" in shown
        assert "/s/support-nps/" in shown


class TestSharing:
    @pytest.mark.parametrize(
        "page", ["website", "website/sample", "letter", "letter/page", "sheet"]
    )
    def test_is_for_those_who_edit_surveys(
        self, client: Client, survey: Survey, page: str
    ) -> None:
        client.force_login(agent_ana())
        assert client.get(address(survey, page)).status_code == 403

    @pytest.mark.parametrize("page", ["website", "letter", "sheet"])
    def test_is_not_there_for_surveys_that_are_not(
        self, milo: Client, page: str
    ) -> None:
        assert milo.get(f"/surveys/999999/{page}/").status_code == 404

    def test_leads_to_every_way(self, milo: Client, survey: Survey) -> None:
        page = milo.get(address(survey, "share")).content.decode()
        for way in ("website", "letter", "sheet"):
            assert address(survey, way) in page
        assert "/s/support-nps/?kiosk=1" in page
