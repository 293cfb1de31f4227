"""A page leaves the dashboards: by link, as PDF, and by mail through a real server."""

import io
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from events import outbox
from surveys.intake import local_day
from teams.models import User
from tests.dashboards.answers import give
from tests.e2e.conftest import DESK, PHONE, People, Person
from tests.events.test_deliveries import Mailbox
from tests.personas import executive_eva
from tests.processes import Installation
from tests.waiting import wait_for

REPORTS = "/dashboards/reports/"
# A browser is started for each file, on a machine that has other things to do.
PATIENCE = 240
# In the file that a reader of the language gets.
HEADINGS = {"en": "How are we doing?", "zh-hans": "我们做得怎么样"}


@pytest.fixture(scope="module")
def smtp(installation: Installation) -> Iterator[Mailbox]:
    """The server that the installation's worker sends to."""
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    installation.environ.update(EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(port))
    yield box
    server.stop()


@pytest.fixture(scope="module")
def _running(installation: Installation, smtp: Mailbox) -> None:
    executive_eva()
    give(*[9] * 40, *[3] * 10, day=local_day(timezone.now()), opens_tickets=False)
    outbox.drain()
    installation.start()


@pytest.fixture(params=["en", "zh-hans"])
def eva(
    request: pytest.FixtureRequest,
    _running: None,
    installation: Installation,
    browser: Browser,
) -> Iterator[Person]:
    User.objects.update(language=request.param)
    people = People(browser, installation.address, request.param)
    with people.at(DESK) as eva:
        eva.sign_in(executive_eva())
        yield eva


class TestAPage:
    def test_is_opened_by_link_until_it_is_revoked(
        self, eva: Person, browser: Browser
    ) -> None:
        _choose(eva, "a[href*='/links/new/']")
        eva.check()
        eva.page.click("[name=save]")
        link = eva.page.inner_text("#secret")
        eva.check()
        path = link.removeprefix(eva.address)
        with People(browser, eva.address, eva.language).at(PHONE) as stranger:
            stranger.open(path)
            stranger.page.wait_for_selector(".figure-drawing svg")
            assert "+60" in stranger.page.inner_text("main")
            stranger.check()
            eva.open(REPORTS)
            eva.check()
            eva.page.locator(".ask-inline > summary").first.click()
            eva.page.locator(".ask-inline[open] .btn-danger").click()
            revoked = eva.say("The link opens nothing any more.")
            expect(eva.page.get_by_text(revoked)).to_be_visible()
            answer = stranger.page.goto(link)
            assert answer is not None
            assert answer.status == 410
            stranger.wrong.clear()  # that a page is gone is an error to a browser
            stranger.check()

    def test_is_taken_as_pdf(self, eva: Person) -> None:
        _choose(eva, ".share-menu-files [value=pdf]")
        eva.check()
        download = "a[href$='/file/']"
        eva.page.wait_for_selector(download, timeout=PATIENCE * 1_000)
        eva.check()
        with eva.page.expect_download() as taken:
            eva.page.click(download)
        text = _text_of(Path(taken.value.path()).read_bytes())
        assert HEADINGS[eva.language] in text
        assert "n = 50" in text

    def test_is_mailed_with_its_picture_and_pdf(
        self, eva: Person, smtp: Mailbox
    ) -> None:
        smtp.letters.clear()
        _choose(eva, "a[href*='/schedules/new/']")
        eva.check()
        eva.page.click("[name=save]")
        eva.page.click("form[action$='/letter/'] button")
        eva.check()
        letter = wait_for(lambda: smtp.letters, seconds=PATIENCE, what="a letter")[0]
        assert letter["To"] == executive_eva().email
        picture = _part(letter, "image/png")
        assert picture["Content-ID"] == "<report@cem>"
        assert picture.get_content().startswith(b"\x89PNG")
        html = letter.get_body(("html",))
        assert html is not None
        assert "cid:report@cem" in html.get_content()
        text = _text_of(_part(letter, "application/pdf").get_content())
        assert HEADINGS[eva.language] in text
        assert "1 / " in text


def _choose(eva: Person, what: str) -> None:
    """From the menu of the overview."""
    eva.open("/dashboards/?period=30d")
    eva.page.click(".share-menu > summary")
    eva.page.click(f".share-menu {what}")
    eva.page.wait_for_load_state()


def _part(letter: EmailMessage, content_type: str) -> EmailMessage:
    found = (one for one in letter.walk() if one.get_content_type() == content_type)
    part = next(found)
    assert isinstance(part, EmailMessage)
    return part


def _text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
