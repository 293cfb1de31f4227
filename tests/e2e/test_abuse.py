"""What keeps bulk answers out, as a customer's own browser meets it: hardly at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from surveys import stamps, suspicion
from surveys.document import plain, read_document
from surveys.models import Response, Survey, Upload
from tests.e2e.conftest import PATIENCE, PHONE, close, violations
from tests.personas import nps_survey
from tests.processes import Installation

PAGE = "/s/support-nps/?lang=en"
READING = 1_100
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture(scope="module")
def running(installation: Installation) -> Installation:
    nps_survey()
    installation.web.start()
    return installation


@pytest.fixture
def phone(running: Installation, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    close(context)
    Response.objects.all().delete()
    Upload.objects.all().delete()


def republish(**settings: object) -> Survey:
    survey = nps_survey()
    survey.draft = plain(read_document(survey.draft))
    survey.draft["settings"] = settings
    first = survey.draft["pages"][0]["elements"]
    survey.draft["pages"] = [{"id": "page1", "elements": first[:3]}]
    return survey


def publish(survey: Survey) -> None:
    survey.save()
    survey.publish(by=None, at=timezone.now())
    stamps.renew(survey.slug)


def answer(page: Page, score: int) -> None:
    page.get_by_role("radio", name=str(score), exact=True).check()
    page.wait_for_timeout(READING)
    page.get_by_role("button", name="Send").click()


def expect_thanks(page: Page) -> None:
    expect(page.locator("[data-ending]")).to_be_visible()


class TestASurveyThatAsksForAProof:
    @pytest.fixture(autouse=True)
    def survey(self, running: Installation) -> None:
        publish(republish(asks_proof_of_work=True))

    def test_has_it_worked_out_while_somebody_answers(
        self, phone: Page, running: Installation
    ) -> None:
        phone.goto(f"{running.address}{PAGE}")
        answer(phone, 9)
        expect_thanks(phone)
        assert Response.objects.get().flags == []

    def test_shows_and_asks_nothing_more(
        self, phone: Page, running: Installation
    ) -> None:
        phone.goto(f"{running.address}{PAGE}")
        expect(phone.locator("[name=altcha]")).to_be_hidden()
        expect(phone.get_by_role("status")).to_have_text([""])
        assert violations(phone) == []

    def test_takes_answers_without_a_script(
        self, running: Installation, browser: Browser
    ) -> None:
        context = browser.new_context(java_script_enabled=False, locale="en-GB")
        page = context.new_page()
        page.goto(f"{running.address}{PAGE}")
        page.get_by_role("radio", name="9", exact=True).check()
        page.wait_for_timeout(READING)
        page.get_by_role("button", name="Send").click()
        expect_thanks(page)
        close(context)
        stored = Response.objects.get()
        assert stored.flags == [suspicion.NO_PROOF]
        stored.delete()


class TestASurveyThatAsksEachDeviceOnce:
    def test_tells_who_has_answered_and_leads_on(
        self, phone: Page, running: Installation
    ) -> None:
        publish(republish(once_per="device"))
        phone.goto(f"{running.address}{PAGE}")
        answer(phone, 9)
        expect_thanks(phone)
        phone.goto(f"{running.address}{PAGE}")
        expect(phone.get_by_text("You have already answered")).to_be_visible()
        expect(phone.locator("form[data-respond]")).to_be_hidden()
        assert violations(phone) == []
        phone.get_by_role("button", name="Answer once more").click()
        answer(phone, 3)
        expect_thanks(phone)
        flags = Response.objects.order_by("submitted_at").values_list("flags")
        assert [found for (found,) in flags] == [[], [suspicion.SAME_DEVICE]]
        assert phone.context.cookies() == []

    def test_does_not_take_a_mistake_for_an_answer(
        self, phone: Page, running: Installation
    ) -> None:
        publish(republish(once_per="device"))
        phone.goto(f"{running.address}{PAGE}")
        phone.wait_for_timeout(READING)
        phone.get_by_role("button", name="Send").click()
        expect(phone.get_by_role("alert")).to_be_visible()
        expect(phone.locator("form[data-respond]")).to_be_visible()
        phone.goto(f"{running.address}{PAGE}")
        expect(phone.locator("form[data-respond]")).to_be_visible()


class TestAFile:
    @pytest.fixture(autouse=True)
    def survey(self, running: Installation) -> None:
        survey = republish()
        ask = {"id": "proof", "type": "file", "text": {"en": "Show us a picture"}}
        survey.draft["pages"].insert(0, {"id": "files", "elements": [ask]})
        publish(survey)

    def test_is_sent_with_its_page_and_kept_to_the_end(
        self, phone: Page, running: Installation, tmp_path: Path
    ) -> None:
        disguised, picture = tmp_path / "tap.png", tmp_path / "real.png"
        disguised.write_bytes(b"%PDF-1.7 and so on")
        picture.write_bytes(PNG)
        phone.goto(f"{running.address}{PAGE}")
        phone.get_by_label("Show us a picture").set_input_files(disguised)
        phone.get_by_role("button", name="Next").click()
        expect(phone.get_by_role("alert")).to_contain_text("not what its name says")
        assert violations(phone) == []
        phone.get_by_label("Show us a picture").set_input_files(picture)
        phone.get_by_role("button", name="Next").click()
        answer(phone, 9)
        expect_thanks(phone)
        upload = Upload.objects.get()
        assert Response.objects.get().answers["proof"] == str(upload.pk)
        assert upload.name == "real.png"
