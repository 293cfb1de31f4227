"""A tablet in the shop: one customer after the other, with and without a connection."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from surveys.models import Response, Survey
from tests.e2e.conftest import DESK, PATIENCE, PHONE, People, Person, close
from tests.personas import MONDAY_NINE, nps_survey, support_call
from tests.processes import Installation
from tests.waiting import wait_for

KIOSK = "/s/support-nps/?kiosk=1&lang=en"
READING = 1_100


@pytest.fixture(scope="module")
def running(installation: Installation) -> Installation:
    nps_survey()
    two_pages()
    installation.web.start()
    return installation


@pytest.fixture
def tablet(running: Installation, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    close(context)
    Response.objects.all().delete()


def two_pages(slug: str = "two-pages") -> Survey:
    """Why, is asked of those alone who would not recommend us."""
    pages = [
        {
            "id": "p1",
            "elements": [
                {"id": "score", "type": "nps", "scale": 10, "text": {"en": "Score?"}}
            ],
            "branches": [
                {
                    "when": {"all": [{"field": "score", "op": "gte", "value": 9}]},
                    "to": "ending:glad",
                }
            ],
        },
        {
            "id": "p2",
            "elements": [
                {
                    "id": "why",
                    "type": "long_text",
                    "text": {"en": "Why?"},
                    "required": True,
                }
            ],
        },
    ]
    survey = Survey.objects.create(
        slug=slug,
        name="Two pages",
        touchpoint=support_call(),
        draft={
            "schema_version": 2,
            "languages": ["en"],
            "title": {"en": "Two pages"},
            "pages": pages,
            "endings": [{"id": "glad", "text": {"en": "Thank you!"}}],
        },
        created_at=MONDAY_NINE,
    )
    survey.publish(by=None, at=MONDAY_NINE)
    return survey


def form(page: Page) -> FrameLocator:
    return page.frame_locator("[data-form]")


def fill(page: Page, score: int, comment: str) -> None:
    form(page).locator(f"input[type=radio][value='{score}']").check()
    form(page).locator("textarea").fill(comment)


def send(page: Page) -> None:
    page.wait_for_timeout(READING)
    form(page).get_by_role("button", name="Send").click()


def expect_empty_form(page: Page) -> None:
    expect(form(page).locator("textarea")).to_have_value("")
    expect(form(page).locator("input[type=radio]:checked")).to_have_count(0)


class TestKiosk:
    def test_starts_anew_after_the_thanks(
        self, tablet: Page, running: Installation
    ) -> None:
        tablet.goto(f"{running.address}{KIOSK}&thanks=2")
        fill(tablet, 9, "Quick and friendly")
        send(tablet)
        expect(form(tablet).locator("h1")).to_have_text("Wonderful, thank you!")
        expect(tablet.locator("[data-next]")).to_contain_text("For the next person")
        expect_empty_form(tablet)
        response = Response.objects.get()
        assert (response.channel, response.comment) == ("kiosk", "Quick and friendly")

    def test_forgets_what_somebody_left_behind_after_a_warning(
        self, tablet: Page, running: Installation
    ) -> None:
        tablet.goto(f"{running.address}{KIOSK}&idle=2&warn=5")
        fill(tablet, 3, "Nobody else may read this")
        warning = tablet.get_by_role("dialog", name="Are you still there?")
        expect(warning).to_be_visible()
        warning.get_by_role("button", name="Go on").click()
        expect(form(tablet).locator("textarea")).to_have_value(
            "Nobody else may read this"
        )
        expect(warning).to_be_visible()
        expect_empty_form(tablet)
        assert "Nobody else" not in tablet.evaluate(
            "JSON.stringify(Object.assign({}, localStorage, sessionStorage))"
        )
        tablet.go_back()
        tablet.wait_for_timeout(500)
        if "kiosk=1" in tablet.url:
            expect_empty_form(tablet)

    def test_keeps_answers_while_offline_and_sends_each_once(
        self, tablet: Page, running: Installation
    ) -> None:
        tablet.goto(f"{running.address}{KIOSK}&thanks=3")
        expect_empty_form(tablet)
        self.wait_for_stock(tablet)
        running.web.stop()
        for score, comment in ((0, "first"), (5, "second"), (10, "third")):
            fill(tablet, score, comment)
            send(tablet)
            expect(form(tablet).locator("h1")).to_contain_text("Thank you")
            expect_empty_form(tablet)
        expect(tablet.locator("[data-kept]")).to_have_text("Kept on this device: 3")
        tablet.reload()
        expect_empty_form(tablet)
        self.expect_a_score_is_asked_for(tablet)
        running.web.start()
        wait_for(lambda: Response.objects.count() == 3, seconds=120, what="the answers")
        expect(tablet.locator("[data-kept]")).to_have_text("")
        stored = Response.objects.order_by("submitted_at")
        assert [(r.nps, r.comment, r.channel) for r in stored] == [
            (0, "first", "kiosk"),
            (5, "second", "kiosk"),
            (10, "third", "kiosk"),
        ]
        took = [r.submitted_at - r.started_at for r in stored if r.started_at]
        assert [seconds.total_seconds() < 300 for seconds in took] == [True] * 3

    def test_turns_the_pages_while_offline_as_the_server_would(
        self, tablet: Page, running: Installation
    ) -> None:
        tablet.goto(f"{running.address}/s/two-pages/?kiosk=1&thanks=3")
        expect(form(tablet).get_by_text("Score?")).to_be_visible()
        self.wait_for_stock(tablet)
        running.web.stop()
        form(tablet).locator("input[type=radio][value='2']").check()
        form(tablet).get_by_role("button", name="Next").click()
        expect(form(tablet).get_by_text("Why?")).to_be_visible()
        self.expect_words_are_asked_for(tablet)
        form(tablet).locator("textarea").fill("Too slow")
        send(tablet)
        expect(form(tablet).locator("h1")).to_contain_text("Thank you")
        expect(form(tablet).get_by_text("Score?")).to_be_visible()
        form(tablet).locator("input[type=radio][value='10']").check()
        send(tablet)
        expect(form(tablet).locator("h1")).to_contain_text("Thank you")
        running.web.start()
        wait_for(lambda: Response.objects.count() == 2, seconds=120, what="the answers")
        stored = Response.objects.order_by("submitted_at")
        assert [r.answers for r in stored] == [
            {"score": 2, "why": "Too slow"},
            {"score": 10},
        ]

    def expect_words_are_asked_for(self, tablet: Page) -> None:
        tablet.wait_for_function(
            "document.querySelector('[data-kept]') && navigator.serviceWorker.controller"
        )
        # Every ten seconds the kiosk looks whether there is a connection.
        tablet.wait_for_timeout(11_000)
        send(tablet)
        tablet.wait_for_timeout(500)
        expect(form(tablet).get_by_text("Why?")).to_be_visible()

    def expect_a_score_is_asked_for(self, tablet: Page) -> None:
        """What would be refused later is not kept."""
        tablet.wait_for_timeout(READING)
        form(tablet).locator("textarea").fill("no score")
        send(tablet)
        tablet.wait_for_timeout(500)
        expect(form(tablet).locator("textarea")).to_have_value("no score")
        expect(tablet.locator("[data-kept]")).to_have_text("Kept on this device: 3")

    def wait_for_stock(self, tablet: Page) -> None:
        tablet.wait_for_function(
            """async () => {
              const [worker] = await navigator.serviceWorker.getRegistrations();
              if (!worker?.active) return false;
              const found = await indexedDB.databases();
              const name = found.find((d) => d.name.startsWith("cem-kiosk"))?.name;
              if (!name) return false;
              const database = await new Promise((r) => {
                const opening = indexedDB.open(name);
                opening.onsuccess = () => r(opening.result);
              });
              const count = await new Promise((r) => {
                const asked = database.transaction("stock").objectStore("stock").count();
                asked.onsuccess = () => r(asked.result);
              });
              database.close();
              return count > 0;
            }"""
        )

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_is_accessible_and_fits(
        self, running: Installation, browser: Browser, language: str
    ) -> None:
        people = People(browser, running.address, language)
        for size in (DESK, PHONE):
            with people.at(size) as somebody:
                self.look(somebody)

    def look(self, somebody: Person) -> None:
        somebody.open(f"/s/support-nps/?kiosk=1&lang={somebody.language}")
        expect(form(somebody.page).locator("h1")).to_be_visible()
        somebody.check()
