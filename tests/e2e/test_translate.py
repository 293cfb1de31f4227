"""Translating, theming, comparing and importing in a real browser."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from surveys import field, studio
from surveys.document import plain, read_document
from surveys.models import Survey
from surveys.templates import TEMPLATES
from teams.models import User
from tests.e2e.conftest import DESK, People, Person
from tests.personas import manager_milo, support_call
from tests.processes import Installation
from tests.surveys import pictures
from tests.surveys.test_formbricks import survey as formbricks_survey

SCORE = "pages.effort.elements.score.text"


@pytest.fixture(scope="module")
def running(installation: Installation) -> Installation:
    support_call()
    manager_milo()
    installation.web.start()
    return installation


@pytest.fixture(scope="module", params=["en", "zh-hans"])
def milo(
    request: pytest.FixtureRequest, running: Installation, browser: Browser
) -> Iterator[Person]:
    User.objects.update(language=request.param)
    with People(browser, running.address, request.param).at(DESK) as milo:
        milo.sign_in(manager_milo())
        yield milo


@pytest.fixture
def survey(running: Installation) -> Survey:
    """Published, then changed; its leading question is not in Chinese any more."""
    survey = studio.create_survey(
        basics=studio.Basics("Help", "", support_call()),
        document=TEMPLATES["support"].document,
        by=manager_milo(),
        at=timezone.now(),
    )
    field.publish(survey, by=manager_milo(), at=timezone.now())
    draft = plain(read_document(survey.draft))
    del draft["pages"][0]["elements"][0]["text"]["zh-hans"]
    draft["pages"][1]["elements"].pop()
    studio.replace_draft(
        survey,
        revision=survey.draft_revision,
        document=read_document(draft),
        by=manager_milo(),
        at=timezone.now(),
    )
    return survey


def open_page(person: Person, survey: Survey, path: str) -> None:
    person.open(f"/surveys/{survey.pk}/{path}")


def check_at_both_sizes(person: Person) -> None:
    assert person.complaints_at_both_sizes() == []


class TestPages:
    @pytest.mark.parametrize(
        "path",
        [
            "translations/",
            "translations/?missing=on&to=en",
            "look/",
            "versions/",
            "versions/changes/?from=1&to=draft",
            "versions/1/restoration/",
            "import/",
        ],
    )
    def test_are_accessible_and_fit_a_phone(
        self, milo: Person, survey: Survey, path: str
    ) -> None:
        open_page(milo, survey, path)
        check_at_both_sizes(milo)


class TestTranslating:
    def test_saves_each_line_as_it_is_left(self, milo: Person, survey: Survey) -> None:
        open_page(milo, survey, "translations/")
        words = milo.page.locator(f"[name='t:{SCORE}']")
        words.fill("是否轻松？")
        words.press("Tab")
        state = milo.page.locator(f"[id='state-{SCORE}']")
        saved = milo.page.locator("[data-save-lines]").get_attribute("data-saved")
        expect(state).to_have_text(str(saved))
        open_page(milo, survey, "translations/")
        expect(words).to_have_value("是否轻松？")

    def test_tells_when_somebody_else_was_faster(
        self, milo: Person, survey: Survey
    ) -> None:
        open_page(milo, survey, "translations/")
        survey.refresh_from_db()
        change = {
            "op": "set",
            "path": [*SCORE.split("."), "zh-hans"],
            "value": "容易吗？",
        }
        studio.change_draft(
            survey,
            revision=survey.draft_revision,
            changes=[change],
            by=manager_milo(),
            at=timezone.now(),
        )
        words = milo.page.locator(f"[name='t:{SCORE}']")
        words.fill("是否轻松？")
        words.press("Tab")
        expect(milo.page.locator(f"[id='state-{SCORE}']")).to_contain_text("容易吗？")
        # The browser says so of every answer that is no success.
        milo.wrong.clear()
        survey.refresh_from_db()
        score = read_document(survey.draft).score
        assert score is not None
        assert score.text["zh-hans"] == "容易吗？"

    def test_works_without_a_script(
        self, survey: Survey, running: Installation, browser: Browser
    ) -> None:
        User.objects.update(language="en")
        people = People(browser, running.address, "en")
        with people.at(DESK, java_script_enabled=False) as milo:
            milo.sign_in(manager_milo())
            open_page(milo, survey, "translations/")
            milo.page.locator(f"[name='t:{SCORE}']").fill("是否轻松？")
            milo.press("Save these translations")
        survey.refresh_from_db()
        score = read_document(survey.draft).score
        assert score is not None
        assert score.text["zh-hans"] == "是否轻松？"


class TestTheLook:
    def test_is_refused_where_it_cannot_be_read(
        self, milo: Person, survey: Survey
    ) -> None:
        open_page(milo, survey, "look/")
        milo.page.locator("[name=text]").fill("#aaaaaa")
        expect(milo.page.locator("[data-theme-ratio]")).to_contain_text("2.3 : 1")
        milo.page.locator("[data-theme-form] button.btn-primary").click()
        expect(milo.page.locator(".invalid-feedback").first).to_contain_text("2.3 : 1")
        milo.wrong.clear()
        # The sample shows just what was refused.
        milo.page.locator("[data-theme-sample]").evaluate("it => { it.hidden = true }")
        check_at_both_sizes(milo)
        survey.refresh_from_db()
        assert read_document(survey.draft).theme.text == "#1f2937"

    def test_shows_a_sample_and_a_logo(
        self, milo: Person, survey: Survey, tmp_path: Path
    ) -> None:
        logo = tmp_path / "logo.png"
        logo.write_bytes(pictures.png(40, 20))
        open_page(milo, survey, "look/")
        milo.page.locator("[name=accent]").fill("#aa0000")
        button = milo.page.locator(".sample-button")
        expect(button).to_have_css("background-color", "rgb(170, 0, 0)")
        milo.page.locator("[name=logo]").set_input_files(logo)
        expect(milo.page.locator("[data-theme-logo]")).to_be_visible()
        milo.page.locator("[name=alt_en]").fill("Acme")
        milo.page.locator("[data-theme-form] button.btn-primary").click()
        image = milo.page.locator("[data-theme-form] img.look-logo")
        expect(image).to_have_js_property("naturalWidth", 40)
        check_at_both_sizes(milo)


class TestImporting:
    def test_shows_the_report_and_makes_the_survey(
        self, milo: Person, tmp_path: Path
    ) -> None:
        file = tmp_path / "survey.json"
        name = f"From a file {milo.language}"
        file.write_text(json.dumps(formbricks_survey(name=name)), encoding="utf-8")
        milo.open("/surveys/import/")
        milo.page.locator("[type=file]").set_input_files(file)
        milo.page.locator("main form button.btn-primary").click()
        expect(milo.page.locator("h1")).to_have_text(name)
        check_at_both_sizes(milo)
        milo.page.locator("[name=touchpoint]").select_option(index=1)
        milo.page.locator("main form button.btn-primary").click()
        milo.page.wait_for_url("**/questions/")
        survey = Survey.objects.get(name=name)
        assert read_document(survey.draft).score is not None


class TestRestoring:
    def test_brings_a_version_back(self, milo: Person, survey: Survey) -> None:
        open_page(milo, survey, "versions/1/restoration/")
        milo.page.locator("main form button.btn-primary").click()
        milo.page.wait_for_url("**/questions/")
        survey.refresh_from_db()
        first = survey.versions.get(number=1)
        assert read_document(survey.draft) == read_document(first.document)
