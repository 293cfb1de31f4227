"""Logic in a real browser: conditions by keyboard, findings, the preview, the picture."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, FrameLocator, Page, expect

from surveys import studio
from surveys.document import Document, plain, read_document
from surveys.models import Response, Survey
from surveys.templates import TEMPLATES
from teams.models import User
from tests.e2e.conftest import DESK, PHONE, People, Person
from tests.personas import manager_milo, support_call
from tests.processes import Installation

AT_THE_START = """() => {
  const { contentWindow: page } = document.querySelector("[data-preview] iframe:not([data-coming])");
  return page.document.readyState === "complete" && !page.location.search.includes("at=");
}"""


@pytest.fixture(scope="module")
def running(installation: Installation) -> Installation:
    support_call()
    manager_milo()
    installation.web.start()
    return installation


@pytest.fixture(params=["en", "zh-hans"])
def people(
    request: pytest.FixtureRequest, running: Installation, browser: Browser
) -> People:
    User.objects.update(language=request.param)
    return People(browser, running.address, request.param)


@pytest.fixture
def milo(running: Installation, browser: Browser) -> Iterator[Person]:
    User.objects.update(language="en")
    with People(browser, running.address, "en").at(DESK) as milo:
        milo.sign_in(manager_milo())
        yield milo
        assert milo.wrong == []


def survey_of(document: Document) -> Survey:
    return studio.create_survey(
        basics=studio.Basics("Logic", "", support_call()),
        document=document,
        by=manager_milo(),
        at=timezone.now(),
    )


def relationship(**changes: Any) -> Survey:
    raw = {**plain(TEMPLATES["relationship"].document), **changes}
    return survey_of(read_document(raw))


def with_loop() -> Survey:
    """The last page leads back to the first."""
    pages = plain(TEMPLATES["relationship"].document)["pages"]
    last = {**pages[-1], "branches": [{"when": {}, "to": pages[0]["id"]}]}
    return relationship(pages=[*pages[:-1], last])


def open_studio(person: Person, survey: Survey, place: str = "") -> Page:
    person.open(f"/surveys/{survey.pk}/questions/{place}")
    expect(person.page.locator("[data-outline] [data-place]").first).to_be_visible()
    return person.page


def saved(page: Page) -> None:
    expect(page.locator("[data-save-state]")).to_have_attribute(
        "data-save-state", "saved"
    )


def preview_in(page: Page) -> FrameLocator:
    return page.frame_locator("[data-preview] iframe:not([data-coming])")


def tab_to(page: Page, selector: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("(one) => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"cannot be reached by Tab: {selector}")


class TestConditionEditor:
    def open_branch(self, page: Page) -> None:
        """A first branch of the first page, its condition still empty."""
        page.locator("[data-panel] summary").last.click()
        page.locator("[data-panel] details").last.locator(
            "button:not(.condition *)"
        ).last.click()
        expect(page.locator(".studio-part .condition")).to_be_visible()

    def test_makes_a_condition_by_keyboard(self, milo: Person) -> None:
        survey = relationship()
        first = survey.draft["pages"][0]["id"]
        page = open_studio(milo, survey, f"#page={first}")
        self.open_branch(page)
        page.locator(".studio-part .condition-acts button").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".condition-test select").first).to_be_focused()
        tab_to(page, ".condition-asked > select")
        page.keyboard.type("is at least")
        tab_to(page, ".condition-test input[type=number]")
        page.keyboard.type("9")
        expect(page.locator(".studio-part .condition-sentence")).to_contain_text(
            "is at least 9"
        )
        saved(page)
        survey.refresh_from_db()
        [branch] = survey.draft["pages"][0]["branches"]
        score = survey.draft["pages"][0]["elements"][0]["id"]
        test = {"field": score, "op": "gte", "value": 9}
        assert branch["when"] == {"all": [test]}

    def test_asks_only_about_what_is_answered_before(self, milo: Person) -> None:
        survey = relationship()
        first, second = (page["elements"] for page in survey.draft["pages"][:2])
        page = open_studio(milo, survey, f"#element={second[1]['id']}")
        page.locator("[data-panel] details", has=page.locator(".condition")).evaluate(
            "(details) => { details.open = true }"
        )
        options = page.locator(".condition-test select").first.locator("option")
        asked = options.evaluate_all("(all) => all.map((one) => one.value)")
        assert first[0]["id"] in asked
        assert second[0]["id"] in asked
        assert second[1]["id"] not in asked
        assert "language" in asked

    def test_keeps_groups_and_leaves_out_what_is_unfinished(self, milo: Person) -> None:
        page = self.mounted(
            milo,
            {
                "not": {
                    "any": [
                        {"field": "score", "op": "between", "value": [3, 5]},
                        {"all": [{"field": "why", "op": "in", "value": ["a"]}]},
                    ]
                }
            },
        )
        joins = page.locator("#here .condition-group > select")
        assert joins.first.input_value() == "not_any"
        page.locator("#here .condition-ticks input").nth(1).check()
        inner = page.locator("#here .condition-inner .condition-acts button").first
        inner.click()
        page.locator("#here .condition-inner .condition-test select").nth(2).focus()
        assert page.evaluate("window.given") == {
            "not": {
                "any": [
                    {"field": "score", "op": "between", "value": [3, 5]},
                    {
                        "all": [
                            {"field": "why", "op": "in", "value": ["a", "b"]},
                        ]
                    },
                ]
            }
        }

    def test_gives_the_focus_on_when_a_part_goes(self, milo: Person) -> None:
        tests = [{"field": "score", "op": "lte", "value": n} for n in (3, 6)]
        page = self.mounted(milo, {"any": tests})
        page.locator("#here .condition-remove").first.press("Enter")
        assert page.evaluate("window.given") == {"any": [tests[1]]}
        assert page.evaluate("document.activeElement.closest('#here') !== null")
        page.locator("#here .condition-remove").first.press("Enter")
        assert page.evaluate("window.given") == {}

    def mounted(self, milo: Person, value: dict[str, Any]) -> Page:
        """The editor alone, with a number and a list to ask about."""
        page = open_studio(milo, relationship())
        page.evaluate(
            """async (value) => {
              const { mountConditionEditor } = await import("/static/js/behaviours/condition_editor.js");
              const { wordsFor } = await import("/static/js/studio/words.js");
              const node = document.createElement("div");
              node.id = "here";
              document.querySelector("main").prepend(node);
              const fields = [
                { key: "score", label: "Score", kind: "number", choices: [] },
                { key: "why", label: "Why", kind: "list", choices: [["a", "A"], ["b", "B"]] },
                { key: "words", label: "Words", kind: "text", choices: [] },
              ];
              window.given = value;
              const onChange = (given) => { window.given = given; };
              mountConditionEditor(node, { value, fields, words: wordsFor("condition"), onChange });
            }""",
            value,
        )
        return page


class TestFindings:
    def test_lead_to_their_place_and_go_when_it_is_mended(self, milo: Person) -> None:
        survey = with_loop()
        page = open_studio(milo, survey)
        panel = page.locator("[data-lint]")
        expect(panel).to_contain_text("Has to be mended 1")
        panel.locator("summary").click()
        link = panel.locator(".findings-error a")
        expect(panel.locator(".findings-error")).to_contain_text("leads back to page 1")
        link.click()
        expect(page.locator("#panel-heading")).to_contain_text("3")
        page.locator(".studio-part select").last.select_option(index=0)
        saved(page)
        expect(panel.locator(".findings-error")).to_have_count(0)

    def test_keep_errors_from_being_published(self, milo: Person) -> None:
        survey = with_loop()
        milo.open(f"/surveys/{survey.pk}/publication/")
        expect(milo.page.locator("button", has_text="Publish")).to_have_count(0)
        milo.page.locator(".findings-error a").click()
        expect(milo.page.locator("#panel-heading")).to_contain_text("3")


class TestPreview:
    def test_follows_what_is_written(self, milo: Person) -> None:
        survey = relationship()
        element = survey.draft["pages"][0]["elements"][0]["id"]
        page = open_studio(milo, survey, f"#element={element}")
        page.locator("[data-panel] textarea").first.fill("Would you tell a friend?")
        legend = preview_in(page).get_by_text("Would you tell a friend?")
        expect(legend).to_be_visible()

    def test_follows_the_open_page_and_the_language(self, milo: Person) -> None:
        survey = relationship()
        second, last = survey.draft["pages"][1]["id"], survey.draft["endings"][-1]
        page = open_studio(milo, survey, f"#page={second}")
        section = preview_in(page).locator(f"[data-page='{second}']")
        expect(section).to_be_visible()
        page.click("[data-preview-language=zh-hans]")
        expect(preview_in(page).locator("html")).to_have_attribute("lang", "zh-hans")
        expect(section).to_be_visible()
        page.evaluate("(id) => { location.hash = `ending=${id}` }", last["id"])
        heading = preview_in(page).locator("h1")
        expect(heading).to_contain_text(last["title"]["zh-hans"])

    def test_is_as_wide_as_a_desk_where_asked(self, milo: Person) -> None:
        page = open_studio(milo, relationship())
        page.click("[data-width='1080']")
        inside = "document.querySelector('[data-preview] iframe:not([data-coming])').contentWindow"
        page.wait_for_function(f"{inside}.innerWidth === 1080")
        box = page.locator("[data-preview] iframe:not([data-coming])").bounding_box()
        assert box is not None
        assert box["width"] < 420

    def test_can_be_answered_to_the_end_and_stores_nothing(self, milo: Person) -> None:
        survey = relationship()
        page = open_studio(milo, survey)
        page.click("[data-preview-start]")
        page.wait_for_function(AT_THE_START)
        inside = preview_in(page)
        inside.locator("[data-element] label").nth(10).click()
        for following in survey.draft["pages"][1:]:
            inside.locator("[name=act][value=next]").click()
            section = inside.locator(f"[data-page='{following['id']}']")
            expect(section).to_be_visible()
        inside.locator("[name=act][value=send]").click()
        ending = survey.draft["endings"][0]["title"]["en"]
        expect(inside.locator("h1")).to_contain_text(ending)
        assert not Response.objects.filter(survey=survey).exists()


class TestHowItLooks:
    @pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
    def test_every_page_is_accessible_and_fits(self, people: People, size: Any) -> None:
        faulty, sound = with_loop(), relationship()
        with people.at(size) as milo:
            milo.sign_in(manager_milo())
            complaints = []
            for path in (
                f"{faulty.pk}/logic/",
                f"{faulty.pk}/publication/",
                f"{sound.pk}/publication/",
                f"{sound.pk}/preview/",
            ):
                milo.open(f"/surveys/{path}")
                complaints += milo.complaints()
            assert complaints == []
