"""A customer answers: on a phone, with a script and without, here and elsewhere."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from surveys import personal_links, stamps
from surveys.document import plain, read_document
from surveys.models import Invitation, Partial, Response, Survey
from tests.e2e.conftest import DESK, PHONE, People
from tests.personas import mara_detractor, nps_survey, support_call
from tests.processes import Installation
from tests.waiting import wait_for

# Nobody reads a question faster than the time trap allows.
READING = 1_100
LANGUAGES = ("en", "zh-hans")
Json = dict[str, Any]


def both(words: str) -> Json:
    return {"en": words, "zh-hans": f"问：{words}"}


def listed(*ids: str, **kinds: str) -> list[Json]:
    return [
        {"id": one, "text": both(one.title()), "kind": kinds.get(one, "option")}
        for one in ids
    ]


def question(id_: str, type_: str, text: str, **facts: Any) -> Json:
    return {"id": id_, "type": type_, "text": both(text), **facts}


COUNTRIES = (
    "austria",
    "belgium",
    "china",
    "denmark",
    "egypt",
    "france",
    "germany",
    "japan",
)
VISIT: Json = {
    "schema_version": 2,
    "title": both("Your visit"),
    "pages": [
        {
            "id": "p1",
            "title": both("You and us"),
            "elements": [
                question("score", "nps", "How likely?", scale=10),
                question(
                    "why",
                    "long_text",
                    "What went wrong?",
                    shown_if={"field": "score", "op": "lte", "value": 6},
                ),
                question(
                    "used",
                    "multiple_choice",
                    "What did you use?",
                    required=True,
                    options=listed("shop", "phone", "app", "none", none="none"),
                ),
            ],
            "branches": [
                {
                    "when": {"field": "used", "op": "contains", "value": "none"},
                    "to": "ending:early",
                }
            ],
        },
        {
            "id": "p2",
            "title": both("About {{ used }}"),
            "elements": [
                question(
                    "best",
                    "single_choice",
                    "Which matters most?",
                    carried={"element": "used"},
                ),
                question(
                    "order",
                    "ranking",
                    "Put them in order",
                    options=listed("price", "speed", "care"),
                ),
                question(
                    "country", "dropdown", "Your country", options=listed(*COUNTRIES)
                ),
            ],
        },
        {
            "id": "p3",
            "elements": [
                question("said", "statement", "You gave us {{ score }}."),
                question("mail", "email", "Your e-mail"),
                question(
                    "rows",
                    "matrix",
                    "Rate us",
                    rows=[{"id": "care", "text": both("Care")}],
                ),
            ],
        },
    ],
    "endings": [
        {"id": "glad", "group": "promoter", "text": both("Wonderful")},
        {"id": "sorry", "group": "detractor", "text": both("We are sorry")},
        {"id": "early", "text": both("That is all")},
    ],
}


@pytest.fixture(scope="module")
def running(installation: Installation) -> Installation:
    nps_survey()
    for slug in ("visit", "changing"):
        Survey.objects.create(
            slug=slug,
            name=slug.title(),
            touchpoint=support_call(),
            draft=plain(read_document(VISIT)),
            created_at=timezone.now(),
        ).publish(by=None, at=timezone.now())
    installation.web.start()
    return installation


@pytest.fixture
def people(running: Installation, browser: Browser) -> Iterator[People]:
    yield People(browser, running.address, "en")
    Response.objects.all().delete()
    Partial.objects.all().delete()


@pytest.fixture
def page(people: People) -> Iterator[Page]:
    with people.at(PHONE) as person:
        person.open("/s/visit/?lang=en")
        yield person.page


def element(page: Page, id_: str) -> Any:
    return page.locator(f"[data-element={id_}]")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def fill_first_page(page: Page, score: int = 9, *used: str) -> None:
    element(page, "score").locator(f"input[value='{score}']").check()
    for one in used or ("shop", "app"):
        element(page, "used").get_by_label(one.title(), exact=True).check()


def send(page: Page) -> None:
    page.wait_for_timeout(READING)
    press(page, "Send")


def kept_page() -> str | None:
    return Partial.objects.values_list("page", flat=True).first()


class TestBranching:
    def test_asks_at_once_what_an_answer_calls_for(self, page: Page) -> None:
        why = element(page, "why")
        expect(why).to_be_hidden()
        element(page, "score").locator("input[value='3']").check()
        expect(why).to_be_visible()
        element(page, "score").locator("input[value='9']").check()
        expect(why).to_be_hidden()

    def test_pipes_carries_and_turns_the_page_in_place(self, page: Page) -> None:
        fill_first_page(page)
        press(page, "Next")
        heading = page.get_by_role("heading", name="About Shop, App")
        expect(heading).to_be_focused()
        offered = element(page, "best").get_by_role("radio")
        expect(offered).to_have_count(2)
        press(page, "Next")
        expect(element(page, "said")).to_contain_text("You gave us 9.")
        expect(page.get_by_text("Page 3 of 3")).to_be_visible()
        assert page.evaluate("performance.getEntriesByType('navigation').length") == 1

    def test_none_of_these_stands_alone(self, page: Page) -> None:
        used = element(page, "used")
        used.get_by_label("Shop").check()
        used.get_by_label("None").check()
        expect(used.get_by_label("Shop")).not_to_be_checked()
        used.get_by_label("App").check()
        expect(used.get_by_label("None")).not_to_be_checked()

    def test_ends_early(self, page: Page) -> None:
        fill_first_page(page, 9, "none")
        send(page)
        expect(page.locator("h1")).to_have_text("That is all")
        assert Response.objects.get().ending == "early"

    def test_the_browser_s_back_button_goes_a_page_back(self, page: Page) -> None:
        fill_first_page(page)
        press(page, "Next")
        page.go_back()
        expect(page.get_by_role("heading", name="You and us")).to_be_visible()
        expect(element(page, "score").locator("input[value='9']")).to_be_checked()
        page.go_forward()
        expect(page.get_by_role("heading", name="About Shop, App")).to_be_visible()
        press(page, "Back")
        expect(page.get_by_role("heading", name="You and us")).to_be_visible()

    def test_what_is_wrong_is_said_by_the_server(self, page: Page) -> None:
        element(page, "score").locator("input[value='9']").check()
        press(page, "Next")
        summary = page.locator(".summary")
        expect(summary).to_be_focused()
        expect(summary).to_contain_text("What did you use?")
        fill_first_page(page)
        press(page, "Next")
        expect(summary).to_have_count(0)
        expect(page.get_by_role("heading", name="About Shop, App")).to_be_visible()

    def test_the_enter_key_sends_from_the_last_page(self, page: Page) -> None:
        fill_first_page(page)
        press(page, "Next")
        press(page, "Next")
        page.wait_for_timeout(READING)
        page.get_by_label("Your e-mail").fill("mara@acme.test")
        page.get_by_label("Your e-mail").press("Enter")
        expect(page.locator("h1")).to_have_text("Wonderful")


class TestHelp:
    def test_options_are_ranked_by_keyboard(self, page: Page) -> None:
        fill_first_page(page)
        press(page, "Next")
        up = element(page, "order").get_by_role("button", name="Care: Move up")
        up.press("Enter")
        expect(up).to_be_focused()
        expect(page.get_by_text("Care: place 2 of 3")).to_be_visible()
        up.press("Space")
        press(page, "Next")
        send(page)
        expect(page.locator("h1")).to_have_text("Wonderful")
        assert Response.objects.get().answers["order"] == ["care", "price", "speed"]

    def test_an_order_that_is_right_is_kept_by_a_button(self, page: Page) -> None:
        fill_first_page(page)
        press(page, "Next")
        press(page, "This order is right")
        press(page, "Next")
        send(page)
        expect(page.locator("h1")).to_have_text("Wonderful")
        assert Response.objects.get().answers["order"] == ["price", "speed", "care"]

    def test_an_order_nobody_touched_is_no_answer(self, page: Page) -> None:
        fill_first_page(page)
        press(page, "Next")
        press(page, "Next")
        send(page)
        expect(page.locator("h1")).to_have_text("Wonderful")
        assert "order" not in Response.objects.get().answers

    def test_a_long_list_is_searched(self, page: Page) -> None:
        fill_first_page(page)
        press(page, "Next")
        box = element(page, "country").get_by_role("searchbox")
        box.fill("AN")
        expect(page.get_by_text("Found: 3")).to_be_visible()
        box.fill("ger")
        box.press("Enter")
        expect(element(page, "country").locator("select")).to_have_value("germany")
        expect(element(page, "country").locator("option")).to_have_count(9)

    def test_a_comment_says_how_much_room_is_left(self, page: Page) -> None:
        element(page, "score").locator("input[value='1']").check()
        element(page, "why").locator("textarea").fill("Slow")
        expect(page.get_by_text("4996 characters left")).to_be_visible()


class TestSaving:
    def test_keeps_every_page(self, page: Page) -> None:
        fill_first_page(page)
        press(page, "Next")
        expect(page.get_by_text("Saved", exact=True)).to_be_visible()
        token = page.locator("[name=form]").input_value()
        partial = Partial.objects.get(id=token[:36])
        assert (partial.page, partial.answers["score"]) == ("p2", "9")
        assert not partial.is_intent

    def test_goes_on_on_the_same_device(self, page: Page) -> None:
        fill_first_page(page)
        press(page, "Next")
        expect(page.get_by_text("Saved", exact=True)).to_be_visible()
        page.goto(page.url)
        page.get_by_role("link", name="Go on where you left off").click()
        expect(page.get_by_role("heading", name="About Shop, App")).to_be_visible()
        press(page, "Next")
        send(page)
        expect(page.locator("h1")).to_have_text("Wonderful")
        assert not Partial.objects.exists()
        page.goto(page.url.split("?")[0])
        expect(page.get_by_role("heading", name="You and us")).to_be_visible()
        expect(page.locator("[data-resume]")).to_be_hidden()

    def test_starts_again_where_that_is_wanted(self, page: Page) -> None:
        fill_first_page(page)
        press(page, "Next")
        expect(page.get_by_text("Saved", exact=True)).to_be_visible()
        page.goto(page.url)
        press(page, "Start again")
        expect(page.locator("[data-resume]")).to_be_hidden()
        page.reload()
        expect(page.locator("[data-resume]")).to_be_hidden()

    def test_goes_on_on_another_device_by_a_personal_link(self, people: People) -> None:
        link = personal_link()
        with people.at(PHONE) as phone:
            phone.open(link)
            fill_first_page(phone.page)
            press(phone.page, "Next")
            expect(phone.page.get_by_text("Saved", exact=True)).to_be_visible()
        with people.at(DESK) as desk:
            desk.open(link)
            expect(
                desk.page.get_by_role("heading", name="About Shop, App")
            ).to_be_visible()
            press(desk.page, "Next")
            send(desk.page)
            expect(desk.page.locator("h1")).to_have_text("Wonderful")
        response = Response.objects.get()
        assert response.customer == mara_detractor()
        assert response.answers["used"] == ["shop", "app"]

    def test_without_a_connection_the_page_goes_on(self, page: Page) -> None:
        page.route("**/s/visit/**", lambda route: route.abort())
        fill_first_page(page)
        press(page, "Next")
        expect(page.get_by_text("Not saved yet")).to_be_visible()
        press(page, "Next")
        page.unroute_all()
        send(page)
        expect(page.locator("h1")).to_have_text("Wonderful")
        assert Response.objects.count() == 1

    def test_a_page_that_is_left_is_kept(self, page: Page) -> None:
        fill_first_page(page)
        page.goto("about:blank")
        wait_for(lambda: kept_page() == "p1", seconds=60, what="a page kept")

    def test_two_tabs_store_one_answer(self, page: Page, people: People) -> None:
        fill_first_page(page)
        press(page, "Next")
        expect(page.get_by_text("Saved", exact=True)).to_be_visible()
        other = page.context.new_page()
        other.goto(page.url)
        other.get_by_role("link", name="Go on where you left off").click()
        press(other, "Next")
        send(other)
        expect(other.locator("h1")).to_have_text("Wonderful")
        press(page, "Next")
        send(page)
        expect(page.locator("h1")).to_be_visible()
        assert Response.objects.count() == 1
        assert not Partial.objects.exists()


class TestFirstIntent:
    ADDRESS = "/s/support-nps/?lang=en&score=9"

    def test_opening_stores_nothing(self, people: People) -> None:
        with people.at(PHONE) as person:
            person.open(self.ADDRESS)
            person.page.wait_for_timeout(1_500)
        assert not Partial.objects.exists()
        assert not Response.objects.exists()

    def test_a_sign_of_a_person_keeps_it_apart(self, people: People) -> None:
        with people.at(PHONE) as person:
            person.open(self.ADDRESS)
            person.page.mouse.click(200, 400)
            wait_for(Partial.objects.exists, seconds=60, what="an intent")
            assert Partial.objects.get().is_intent
            send(person.page)
            expect(person.page.locator("h1")).to_be_visible()
        assert Response.objects.get().nps == 9
        assert not Partial.objects.exists()

    def test_so_does_looking_at_it_for_a_while(self, people: People) -> None:
        with people.at(PHONE) as person:
            person.open(self.ADDRESS)
            wait_for(Partial.objects.exists, seconds=60, what="an intent")
        assert Partial.objects.get().is_intent


class TestWithoutAScript:
    def test_every_page_is_answered(self, people: People) -> None:
        with people.at(PHONE, java_script_enabled=False) as person:
            page = person.page
            person.open("/s/visit/?lang=en")
            fill_first_page(page, 9, "phone")
            press(page, "Next")
            expect(page.get_by_role("heading", name="About Phone")).to_be_visible()
            for place, one in enumerate(("speed", "care", "price"), 1):
                element(page, "order").get_by_label(one.title()).select_option(
                    str(place)
                )
            press(page, "Next")
            expect(element(page, "said")).to_contain_text("You gave us 9.")
            press(page, "Back")
            press(page, "Next")
            send(page)
            expect(page.locator("h1")).to_have_text("Wonderful")
        assert Response.objects.get().answers["order"] == ["speed", "care", "price"]


class TestAnOlderVersion:
    def test_is_answered_to_its_end(self, people: People) -> None:
        with people.at(PHONE) as person:
            page = person.page
            person.open("/s/changing/?lang=en")
            fill_first_page(page)
            press(page, "Next")
            survey = Survey.objects.get(slug="changing")
            old = survey.version_id
            survey.draft["pages"] = survey.draft["pages"][:1]
            survey.save()
            survey.publish(by=None, at=timezone.now())
            stamps.renew(survey.slug)
            press(page, "Next")
            send(page)
            expect(page.locator("h1")).to_have_text("Wonderful")
        assert Response.objects.get().version_id == old


class TestEveryPage:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("size", [PHONE, DESK])
    def test_is_accessible(
        self, running: Installation, browser: Browser, language: str, size: Any
    ) -> None:
        with People(browser, running.address, language).at(size) as person:
            page = person.page
            person.open(f"/s/visit/?lang={language}")
            complaints = person.complaints()
            element(page, "score").locator("input[value='2']").check()
            element(page, "used").locator("input[value=shop]").check()
            complaints += person.complaints()
            for _ in range(2):
                page.locator("button[value=next]").click()
                complaints += person.complaints()
            page.get_by_role("textbox").last.fill("nobody")
            page.wait_for_timeout(READING)
            page.locator("button[value=send]").click()
            page.wait_for_selector(".summary")
            # The refusal itself is told in the console.
            complaints += [c for c in person.complaints() if "422" not in c]
            page.get_by_role("textbox").last.fill("mara@acme.test")
            page.locator("button[value=send]").click()
            page.wait_for_selector("[data-ending]")
            complaints += person.complaints()
        assert complaints == []


def personal_link() -> str:
    now = timezone.now()
    asked = Invitation.objects.create(
        survey=Survey.objects.get(slug="visit"),
        customer=mara_detractor(),
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    return f"/i/{personal_links.token_for(asked.id, expires_at=asked.expires_at)}/"
