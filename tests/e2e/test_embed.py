"""Surveys on somebody else's site: four ways to show them, and who may."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, FrameLocator, Page, expect

from surveys import sites
from surveys.models import AllowedSite, Response
from tests.e2e.conftest import DESK, PATIENCE, close
from tests.personas import admin_ada, mara_detractor, nps_survey
from tests.processes import Installation
from tests.waiting import wait_for

# Whoever sends a form sooner is asked to send it again.
READING = 1_100
PAGE = """<!doctype html><html lang="en"><head><title>Shop</title></head><body>
<h1>Shop</h1><p><button id="buy">Buy</button> <input id="name" aria-label="Name"></p>
<div id="here"></div>{tag}<p>The end</p></body></html>"""

PLAN = {
    "schema_version": 2,
    "hidden_fields": [{"id": "plan"}],
    "endings": [{"id": "thanks", "text": {"en": "Wonderful!"}}],
}


@dataclass
class Shop:
    """A site of somebody else, at an origin of its own."""

    cem: str
    policy: str = ""
    tag: str = ""
    server: ThreadingHTTPServer = field(init=False)

    def __post_init__(self) -> None:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = PAGE.format(tag=shop.tag).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                if shop.policy:
                    self.send_header("Content-Security-Policy", shop.policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.server.server_port}"

    @property
    def other_origin(self) -> str:
        """The same page where nobody allowed it."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def show(self, **options: str) -> None:
        data = "".join(
            f' data-{name.replace("_", "-")}="{value}"'
            for name, value in options.items()
        )
        self.tag = f'<script async src="{self.cem}/embed.js"{data}></script>'


@pytest.fixture(scope="module")
def running(installation: Installation) -> Installation:
    nps_survey()
    installation.web.start()
    return installation


@pytest.fixture
def shop(running: Installation) -> Iterator[Shop]:
    shop = Shop(running.address)
    sites.allow(shop.origin, by=admin_ada(), at=timezone.now())
    # Processes look whether the list has changed twice a second.
    time.sleep(sites.CHECKED_EVERY + 0.1)
    yield shop
    shop.server.shutdown()
    Response.objects.all().delete()
    AllowedSite.objects.all().delete()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    yield page
    close(context)


def survey_on(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def answer(page: Page, score: int) -> None:
    frame = survey_on(page)
    frame.locator(f"input[type=radio][value='{score}']").check()
    page.wait_for_timeout(READING)
    frame.get_by_role("button", name="Send").click()
    expect(frame.locator("h1")).to_contain_text("Wonderful")


def strike(page: Page, key: str) -> None:
    """Down only. What it opens or closes lives in another process and may have the
    focus by the time the key is let go: nobody would answer, and nothing end the wait.
    """
    page.keyboard.down(key)


def hear(page: Page) -> None:
    page.add_init_script(
        "window.heard = []; window.heardAt = {};"
        "for (const what of ['shown', 'answered', 'closed', 'failed'])"
        " document.addEventListener('cem:' + what, () => {"
        " heard.push(what); heardAt[what] = performance.now(); });"
    )


def be_at(page: Page, name: str) -> None:
    """The visitor is there with the first words of a page, however slow the machine."""
    page.add_init_script(
        "addEventListener('DOMContentLoaded',"
        f" () => document.getElementById('{name}')?.focus());"
    )


def stored() -> Response:
    return Response.objects.get()


class TestInline:
    def test_is_answered_where_it_stands_and_as_high_as_it_is(
        self, page: Page, shop: Shop
    ) -> None:
        hear(page)
        shop.show(survey="support-nps", mode="inline", target="#here")
        page.goto(shop.origin)
        expect(survey_on(page).locator("h1")).to_be_visible()
        wait_for(lambda: self.is_as_high(page), seconds=60, what="a frame as high")
        answer(page, 10)
        assert (stored().channel, stored().nps) == ("embed", 10)
        page.wait_for_function("heard.length > 1")
        assert page.evaluate("heard") == ["shown", "answered"]
        assert page.context.cookies() == []

    def is_as_high(self, page: Page) -> bool:
        frame = page.locator("#here iframe").bounding_box()
        height = page.frames[1].evaluate("document.documentElement.offsetHeight")
        return bool(frame and frame["height"] > 300 and height - frame["height"] < 2)

    def test_stays_in_the_frame_when_the_language_is_changed(
        self, page: Page, shop: Shop
    ) -> None:
        shop.show(survey="support-nps", mode="inline", target="#here")
        page.goto(shop.origin)
        survey_on(page).get_by_role("link", name="中文").click()
        expect(survey_on(page).locator("h1")).to_have_text("客服")


class TestPopover:
    def test_comes_after_its_delay_takes_the_focus_and_gives_it_back(
        self, page: Page, shop: Shop
    ) -> None:
        hear(page)
        be_at(page, "buy")
        shop.show(survey="support-nps", mode="popover", delay="1")
        page.goto(shop.origin)
        expect(page.get_by_role("dialog", name="Survey")).to_be_visible()
        page.wait_for_function("document.activeElement.shadowRoot !== null")
        assert page.evaluate("heardAt.shown") >= 1_000
        survey_on(page).locator("input[type=radio]").first.focus()
        strike(page, "Escape")
        expect(page.locator("iframe")).to_have_count(0)
        expect(page.locator("#buy")).to_be_focused()

    def test_does_not_interrupt_a_visitor_who_is_writing(
        self, page: Page, shop: Shop
    ) -> None:
        be_at(page, "name")
        shop.show(survey="support-nps", mode="popover", delay="1")
        page.goto(shop.origin)
        expect(page.get_by_role("dialog", name="Survey")).to_be_visible()
        page.keyboard.type("Mara")
        assert page.input_value("#name") == "Mara"

    def test_does_not_come_again_before_its_days_are_over(
        self, page: Page, shop: Shop
    ) -> None:
        shop.show(survey="support-nps", mode="popover", again="30")
        page.goto(shop.origin)
        expect(page.get_by_role("dialog", name="Survey")).to_be_visible()
        page.get_by_role("button", name="Close the survey").click()
        page.reload()
        page.wait_for_timeout(1_000)
        assert page.locator("iframe").count() == 0

    def test_comes_when_the_mouse_leaves_by_the_top(
        self, page: Page, shop: Shop
    ) -> None:
        shop.show(survey="support-nps", mode="popover", exit="")
        page.goto(shop.origin)
        page.wait_for_function("typeof cem === 'function'")
        page.mouse.move(200, 200)
        page.evaluate(
            "document.documentElement.dispatchEvent("
            "new MouseEvent('mouseleave', { clientY: -1 }))"
        )
        expect(page.get_by_role("dialog", name="Survey")).to_be_visible()


class TestTab:
    def test_is_opened_and_closed_by_keyboard_alone(
        self, page: Page, shop: Shop
    ) -> None:
        shop.show(survey="support-nps", mode="tab", label="Tell us")
        page.goto(shop.origin)
        opener = page.get_by_role("button", name="Tell us")
        opener.focus()
        strike(page, "Enter")
        expect(page.get_by_role("dialog", name="Survey")).to_be_visible()
        expect(opener).to_have_attribute("aria-expanded", "true")
        answer(page, 9)
        strike(page, "Escape")
        expect(page.locator("iframe")).to_have_count(0)
        expect(opener).to_be_focused()
        assert stored().nps == 9


class TestPage:
    def test_covers_everything_on_an_event_of_the_site(
        self, page: Page, shop: Shop
    ) -> None:
        shop.show(survey="support-nps", mode="page", event="order-done")
        page.goto(shop.origin)
        page.wait_for_function("typeof cem === 'function'")
        page.focus("#buy")
        page.evaluate("document.dispatchEvent(new CustomEvent('order-done'))")
        dialog = page.get_by_role("dialog", name="Survey")
        expect(dialog).to_be_visible()
        box = dialog.bounding_box()
        assert box is not None
        assert [round(box[side]) for side in ("width", "height")] == [1440, 900]
        # What is behind cannot be reached.
        page.evaluate("document.getElementById('name').focus()")
        assert page.evaluate("document.activeElement.id") != "name"
        page.get_by_role("button", name="Close the survey").click()
        expect(page.locator("iframe")).to_have_count(0)
        expect(page.locator("#buy")).to_be_focused()


class TestHiddenFields:
    def test_come_from_the_page_and_may_change_while_it_is_open(
        self, page: Page, shop: Shop
    ) -> None:
        survey = nps_survey()
        survey.draft = {**survey.draft, **PLAN}
        survey.publish(by=None, at=timezone.now())
        shop.show(survey="support-nps", mode="inline", field_plan="gold", field_x="y")
        page.goto(shop.origin)
        expect(survey_on(page).locator("[name=h-plan]")).to_have_value("gold")
        assert survey_on(page).locator("[name=h-x]").count() == 0
        page.evaluate("cem('set', 'support-nps', { plan: 'silver' })")
        expect(survey_on(page).locator("[name=h-plan]")).to_have_value("silver")
        # Nobody else can speak to the frame.
        page.frames[1].evaluate(
            "postMessage({ cem: 1, type: 'set', fields: { plan: 'lead' } }, '*')"
        )
        answer(page, 10)
        assert stored().attributes == {"plan": "silver"}


class TestAStrictHost:
    @pytest.mark.parametrize("mode", ["inline", "popover", "tab", "page"])
    def test_needs_to_name_us_for_scripts_and_frames_only(
        self, page: Page, shop: Shop, mode: str
    ) -> None:
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        shop.policy = (
            f"default-src 'none'; script-src {shop.cem}; frame-src {shop.cem};"
            " require-trusted-types-for 'script'"
        )
        shop.show(survey="support-nps", mode=mode)
        page.goto(shop.origin)
        if mode == "tab":
            page.get_by_role("button", name="Feedback").click()
        answer(page, 10)
        assert [said for said in complaints if "Blocked autofocusing" not in said] == []


class TestASiteThatIsNotAllowed:
    @pytest.mark.parametrize("mode", ["inline", "popover", "page"])
    def test_shows_nothing(self, page: Page, shop: Shop, mode: str) -> None:
        shop.show(survey="support-nps", mode=mode)
        page.goto(shop.other_origin)
        page.wait_for_timeout(2_000)
        assert page.get_by_role("dialog").count() == 0
        assert not page.locator("iframe").is_visible()
        for frame in page.frames[1:]:
            assert "recommend" not in frame.content()


class TestAVisitorWhomTheSiteKnows:
    def token(self, shop: Shop, *, key: str = "") -> str:
        def part(content: dict[str, object]) -> str:
            raw = json.dumps(content).encode()
            return base64.urlsafe_b64encode(raw).decode().rstrip("=")

        site = AllowedSite.objects.get(origin=shop.origin)
        key = key or sites.reveal_key(site, by=admin_ada(), at=timezone.now())
        claims = {"sub": "mara_detractor", "exp": int(time.time()) + 600}
        signed = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
        mac = hmac.digest(key.encode(), signed.encode(), hashlib.sha256)
        return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    def answered_by(self, page: Page, shop: Shop, token: str) -> int | None:
        shop.show(survey="support-nps", mode="inline", identity=token)
        page.goto(shop.origin)
        answer(page, 10)
        return stored().customer_id

    def test_is_told_by_its_signature(self, page: Page, shop: Shop) -> None:
        mara = mara_detractor()
        assert self.answered_by(page, shop, self.token(shop)) == mara.pk

    def test_is_nobody_with_a_wrong_signature(self, page: Page, shop: Shop) -> None:
        mara_detractor()
        assert self.answered_by(page, shop, self.token(shop, key="guessed")) is None
