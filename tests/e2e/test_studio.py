"""The studio in a real browser: by keyboard alone, by mouse, by two people at once."""

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from surveys import studio
from surveys.blanks import blanks
from surveys.document import Document, plain
from surveys.draft_changes import applied
from surveys.drafts import blank_document, new_document
from surveys.models import Survey
from surveys.templates import TEMPLATES
from teams.models import User
from tests.e2e.conftest import DESK, PHONE, TOO_WIDE, People, Person
from tests.personas import admin_ada, manager_milo, support_call
from tests.processes import Installation

# Under five minutes: at a calm two keys a second, without what is typed as text.
MOST_KEYS = 300


@pytest.fixture(scope="module")
def running(installation: Installation) -> Installation:
    support_call()
    admin_ada()
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


class Keys:
    """A person without a mouse, who counts what they press."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def tab_to(self, selector: str) -> None:
        for _ in range(80):
            if self.page.evaluate(
                "(selector) => document.activeElement.matches(selector)", selector
            ):
                return
            self.press("Tab")
        raise AssertionError(f"cannot be reached by Tab: {selector}")

    def activate(self, selector: str) -> None:
        self.tab_to(selector)
        self.press("Enter")


def survey_of(document: Document, name: str = "Studio") -> Survey:
    return studio.create_survey(
        basics=studio.Basics(name, "", support_call()),
        document=document,
        by=manager_milo(),
        at=timezone.now(),
    )


def open_studio(person: Person, survey: Survey, place: str = "") -> Page:
    person.open(f"/surveys/{survey.pk}/questions/{place}")
    expect(person.page.locator("[data-outline] [data-place]").first).to_be_visible()
    return person.page


def saved(page: Page) -> None:
    expect(page.locator("[data-save-state]")).to_have_attribute(
        "data-save-state", "saved"
    )


def types_in(survey: Survey) -> list[list[str]]:
    survey.refresh_from_db()
    return [[e["type"] for e in page["elements"]] for page in survey.draft["pages"]]


def names_in(page: Page) -> list[str]:
    return page.locator("[data-place=element] .outline-name").all_inner_texts()


class TestByKeyboardAlone:
    def test_a_survey_is_built_and_published(self, milo: Person) -> None:
        milo.open("/surveys/new/")
        keys = Keys(milo.page)
        self.begin(keys)
        self.ask(keys)
        self.publish(keys)
        survey = Survey.objects.latest("pk")
        expect(milo.page.get_by_text("The survey is live.")).to_be_visible()
        assert types_in(survey) == [["nps", "single_choice"], ["long_text"]]
        milo.open(f"/s/{survey.slug}/")
        assert keys.count <= MOST_KEYS

    def begin(self, keys: Keys) -> None:
        keys.tab_to("[name=name]")
        keys.type("By keyboard")
        keys.tab_to("[name=touchpoint]")
        keys.press("ArrowDown")
        keys.tab_to("[name=start]")
        for _ in TEMPLATES:
            keys.press("ArrowDown")
        keys.activate("form.card button.btn-primary")
        keys.page.wait_for_url("**/questions/")

    def ask(self, keys: Keys) -> None:
        keys.page.locator("#outline-add-question").wait_for()
        keys.activate("#outline-add-question")
        keys.activate("[data-kind=nps]")
        keys.press("Control+Enter")
        keys.activate("[data-kind=single_choice]")
        keys.type("Which of our shops?")
        keys.tab_to("[data-panel] .studio-part-fields input")
        keys.type("Centre")
        keys.press("Enter")
        keys.type("Harbour")
        keys.press("F6", "p")
        keys.type("In your words")
        keys.press("F6", "n")
        keys.activate("[data-kind=long_text]")
        saved(keys.page)

    def publish(self, keys: Keys) -> None:
        # As whoever comes back to it the next day.
        keys.page.reload()
        keys.page.locator("[data-place=element]").first.wait_for()
        keys.activate(".page-actions a.btn-primary")
        keys.page.wait_for_url("**/publication/")
        if keys.page.locator("[name=anyway]").count():
            keys.tab_to("[name=anyway]")
            keys.press("Space")
        keys.activate("form[method=post] .form-acts button.btn-primary")


class TestChanging:
    def test_what_is_undone_was_never_there(self, milo: Person) -> None:
        survey = survey_of(new_document("nps"))
        page = open_studio(milo, survey)
        page.click("#outline-add-question")
        page.click("[data-kind=statement]")
        page.keyboard.type("Welcome")
        saved(page)
        assert types_in(survey)[0][-1] == "statement"
        for _ in range(2):
            page.keyboard.press("Control+z")
        saved(page)
        assert types_in(survey) == [["nps", "long_text", "contact_request"]]
        page.keyboard.press("Control+Shift+z")
        saved(page)
        assert types_in(survey)[0][-1] == "statement"

    def test_typing_in_one_field_is_one_step(self, milo: Person) -> None:
        survey = survey_of(new_document("nps"))
        page = open_studio(milo, survey, "#element=comment")
        field = page.locator("[data-panel] textarea").first
        field.fill("")
        field.press_sequentially("Tell us more")
        field.press("Control+z")
        expect(field).to_have_value("What is the main reason for your answer?")
        expect(field).to_be_focused()

    def test_keys_move_a_question_over_the_end_of_its_page(self, milo: Person) -> None:
        survey = survey_of(TEMPLATES["relationship"].document)
        before = types_in(survey)
        page = open_studio(milo, survey)
        item = page.locator("[data-place=element]").first
        item.focus()
        item.press("Alt+ArrowDown")
        saved(page)
        assert types_in(survey)[:2] == [[], [before[0][0], *before[1]]]
        expect(page.locator("[data-announce]")).to_contain_text("Place 1 of")

    def test_a_question_is_dragged(self, milo: Person) -> None:
        survey = survey_of(new_document("nps"))
        page = open_studio(milo, survey)
        grips = page.locator(".outline-elements .grip")
        target = page.locator(".outline-elements .outline-row").nth(2)
        grips.first.drag_to(target, target_position={"x": 40, "y": 30})
        saved(page)
        assert types_in(survey)[0][0] == "long_text"
        assert len(names_in(page)) == 3

    def test_a_deleted_question_comes_back(self, milo: Person) -> None:
        survey = survey_of(new_document("nps"))
        page = open_studio(milo, survey)
        page.locator("[data-place=element]").nth(1).focus()
        page.keyboard.press("Delete")
        expect(page.locator("[data-place=element]").nth(1)).to_be_focused()
        assert len(names_in(page)) == 2
        page.click("[data-undo]")
        saved(page)
        assert types_in(survey) == [["nps", "long_text", "contact_request"]]

    def test_what_makes_no_survey_says_so_and_is_mended(self, milo: Person) -> None:
        survey = survey_of(new_document("nps"))
        page = open_studio(milo, survey)
        page.evaluate(
            """async () => {
              const { draft } = await import("/static/js/studio/draft.js");
              draft.change([{ op: "set", path: ["theme", "accent"], value: "red" }]);
            }"""
        )
        state = page.locator("[data-save-state]")
        expect(state).to_have_attribute("data-save-state", "refused")
        page.click("[data-undo]")
        saved(page)
        # The browser itself notes the refused request.
        milo.wrong.clear()


class TestChangesInTheBrowser:
    def test_come_to_what_the_server_makes_of_them_and_back(self, milo: Person) -> None:
        document = plain(TEMPLATES["support"].document)
        page = open_studio(milo, survey_of(TEMPLATES["support"].document))
        for seed in range(30):
            changes = random_changes(Random(seed), deepcopy(document))
            forth, back = page.evaluate(APPLY, [document, changes])
            assert forth == applied(document, changes, clean=str), changes
            assert back == document, changes


class TestTwoPeople:
    def test_the_later_one_is_told_and_loses_nothing_unasked(
        self, milo: Person, running: Installation, browser: Browser
    ) -> None:
        survey = survey_of(new_document("nps"))
        page = open_studio(milo, survey, "#element=score")
        with People(browser, running.address, "en").at(DESK) as ada:
            ada.sign_in(admin_ada())
            theirs = open_studio(ada, survey, "#element=score")
            theirs.locator("[data-panel] textarea").first.fill("Hers")
            saved(theirs)
        page.locator("[data-panel] textarea").first.fill("His")
        dialog = page.locator("[data-conflict]")
        expect(dialog).to_contain_text("Admin Ada")
        with page.expect_download() as download:
            dialog.locator("[data-keep-copy]").click()
        assert "His" in download.value.path().read_text(encoding="utf-8")
        expect(page.locator("[data-panel] textarea").first).to_have_value("Hers")
        page.locator("[data-panel] textarea").first.fill("Both")
        saved(page)
        milo.wrong.clear()


class TestWithoutAConnection:
    def test_changes_wait_and_are_sent_when_it_is_back(self, milo: Person) -> None:
        survey = survey_of(new_document("nps"))
        page = open_studio(milo, survey, "#element=score")
        page.context.set_offline(True)
        page.locator("[data-panel] textarea").first.fill("Offline")
        state = page.locator("[data-save-state]")
        expect(state).to_have_attribute("data-save-state", "failed")
        page.context.set_offline(False)
        saved(page)
        survey.refresh_from_db()
        assert "Offline" in str(survey.draft)
        milo.wrong.clear()

    def test_a_link_waits_for_what_is_unsaved(self, milo: Person) -> None:
        survey = survey_of(new_document("nps"))
        page = open_studio(milo, survey, "#element=score")
        page.locator("[data-panel] textarea").first.fill("Just before leaving")
        page.locator(".page-actions a.btn-primary").click()
        page.wait_for_url("**/publication/")
        survey.refresh_from_db()
        assert "Just before leaving" in str(survey.draft)


class TestOnAPhone:
    def test_a_question_is_added_and_worded(
        self, running: Installation, browser: Browser
    ) -> None:
        User.objects.update(language="en")
        survey = survey_of(blank_document())
        with People(browser, running.address, "en").at(PHONE, has_touch=True) as milo:
            milo.sign_in(manager_milo())
            page = open_studio(milo, survey)
            page.tap("#outline-add-question")
            page.tap("[data-kind=short_text]")
            expect(page.locator("[data-panel] textarea").first).to_be_in_viewport()
            page.keyboard.type("Your order?")
            saved(page)
        assert types_in(survey) == [["short_text"]]


class TestHowItLooks:
    PLACES = ("#settings", "#quotas", "#data", "#ending=detractor")

    def test_every_panel_is_accessible_and_fits_a_phone(self, people: People) -> None:
        document = blank_document()
        survey = survey_of(document, "Looks")
        add_everything(survey)
        with people.at(DESK) as milo:
            milo.sign_in(manager_milo())
            complaints = []
            page = open_studio(milo, survey)
            keys = [element["id"] for element in survey.draft["pages"][0]["elements"]]
            places = [*self.PLACES, "#page=page1", *(f"#element={key}" for key in keys)]
            for place in places:
                self.open_place(page, place)
                page.locator("[data-panel] details").evaluate_all(
                    "(all) => all.forEach((one) => { one.open = true })"
                )
                page.set_viewport_size(DESK)
                complaints += [f"{place}: {one}" for one in milo.complaints()]
                page.set_viewport_size(PHONE)
                if page.evaluate(TOO_WIDE) > 0:
                    complaints.append(f"{place}: it is wider than a phone")
        assert complaints == []

    def open_place(self, page: Page, place: str) -> None:
        page.evaluate(
            """(place) => {
              document.querySelector("#panel-heading").dataset.old = "";
              location.hash = place;
            }""",
            place,
        )
        expect(page.locator("#panel-heading:not([data-old])")).to_be_visible()

    @pytest.mark.parametrize("opener", ["#outline-add-question", "[data-shortcuts]"])
    def test_dialogs_are_accessible_and_give_the_focus_back(
        self, milo: Person, opener: str
    ) -> None:
        page = open_studio(milo, survey_of(blank_document()))
        page.click(opener)
        assert milo.complaints() == []
        page.keyboard.press("Escape")
        expect(page.locator(opener)).to_be_focused()


APPLY = """async ([document, changes]) => {
  const { apply } = await import("/static/js/studio/changes.js");
  const back = changes.map((change) => apply(document, change)).reverse();
  const forth = structuredClone(document);
  for (const change of back) apply(document, change);
  return [forth, document];
}"""


def random_changes(rng: Random, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Six that fit, each made to what the ones before it left."""
    changes: list[dict[str, Any]] = []
    for number in range(6):
        page = rng.choice([page for page in document["pages"] if page["elements"]])
        path = ["pages", page["id"], "elements", rng.choice(page["elements"])["id"]]
        to = ["pages", rng.choice(document["pages"])["id"], "elements"]
        new = {**blanks()["elements"]["statement"], "id": f"new_{number}"}
        change = rng.choice(
            [
                {"op": "set", "path": [*path, "text", "en"], "value": f"Set {number}"},
                {"op": "set", "path": [*path, "help"], "value": {"zh-hans": "帮助"}},
                {"op": "move", "path": path, "to": to, "at": rng.randrange(4)},
                {"op": "add", "path": to, "at": rng.randrange(9), "value": new},
                {"op": "remove", "path": path},
                {"op": "set", "path": ["endings", 0, "id"], "value": f"end_{number}"},
            ]
        )
        changes.append(change)
        document = applied(document, [change], clean=str)
    return changes


def add_everything(survey: Survey) -> None:
    """One element of each kind, a quota, a variable with a step, a hidden field."""
    elements = blanks()["elements"]
    parts = blanks()["parts"]
    adds = [
        (["pages", "page1", "elements"], {**element, "id": f"q_{kind}"})
        for kind, element in elements.items()
    ]
    adds += [
        (["quotas"], {**parts["quota"], "id": "full", "ending": "passive"}),
        (["variables"], {**parts["variable"], "id": "points"}),
        (["variables", "points", "steps"], parts["step"]),
        (["hidden_fields"], {**parts["hidden_field"], "id": "order"}),
    ]
    changes = [
        {"op": "add", "path": path, "at": 0, "value": value} for path, value in adds
    ]
    studio.change_draft(
        survey, revision=0, changes=changes, by=manager_milo(), at=timezone.now()
    )
