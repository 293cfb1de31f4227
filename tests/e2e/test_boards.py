"""Boards in a browser: built by hand and by keys, kept at once, always up to date."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from dashboards import boards
from dashboards.boards import NewTile, Place
from dashboards.models import Dashboard
from events import outbox
from surveys.intake import local_day
from teams.models import User
from tests.dashboards.answers import give
from tests.e2e.conftest import DESK, PHONE, People, Person
from tests.personas import manager_milo, nps_survey
from tests.processes import Installation


@pytest.fixture(scope="module")
def board(installation: Installation) -> Dashboard:
    nps_survey()
    today = local_day(timezone.now())
    give(*[9] * 30, *[3] * 10, day=today, region="North", opens_tickets=False)
    outbox.drain()
    tiles = [
        NewTile("number", {"metric": "responses"}, place=Place(0, 0, 3, 2)),
        NewTile("number", {"metric": "nps"}, place=Place(3, 0, 3, 2)),
        NewTile("trend", {"metric": "nps"}, place=Place(0, 2, 6, 4)),
        NewTile("table", {"by": "region"}, place=Place(6, 0, 6, 6)),
    ]
    board = Dashboard(name="Morning", audience="company")
    return boards.begin(board, tiles, by=manager_milo(), at=timezone.now())


@pytest.fixture(params=["en", "zh-hans"])
def milo(
    request: pytest.FixtureRequest,
    board: Dashboard,
    installation: Installation,
    browser: Browser,
) -> Iterator[Person]:
    User.objects.update(language=request.param)
    if installation.web.process is None:
        installation.web.start()
    people = People(browser, installation.address, request.param)
    with people.at(DESK) as milo:
        milo.sign_in(manager_milo())
        yield milo


def first_tile(board: Dashboard) -> tuple[int, int, int, int]:
    tile = board.tiles.get(settings__metric="responses")
    return tile.x, tile.y, tile.width, tile.height


def saved(page: Page) -> None:
    said = page.locator("[data-save-state]")
    expect(said).to_have_text(said.get_attribute("data-saved") or "")


class TestBuilding:
    def test_by_keys_by_mouse_and_back(self, milo: Person, board: Dashboard) -> None:
        before = first_tile(board)
        milo.open(f"/dashboards/boards/{board.pk}/edit/")
        page = milo.page
        grip = page.locator("[data-grip]").first
        grip.focus()
        page.keyboard.press("Shift+ArrowDown")
        saved(page)
        x, y, width, height = before
        assert first_tile(board) == (x, y, width, height + 1)
        expect(page.locator("[data-announce]")).not_to_be_empty()
        milo.check()
        page.locator("[data-undo] button").click()
        page.locator(".alert-success").wait_for()
        assert first_tile(board) == before
        page.wait_for_load_state("load")
        self._drag(page)
        saved(page)
        assert first_tile(board) != before
        page.keyboard.press("Escape")
        page.locator("h1").click()
        # To its end: a window that is closed while a page comes may never close.
        with page.expect_navigation():
            page.keyboard.press("Control+z")
        assert first_tile(board) == before

    def test_says_when_somebody_else_was_faster(
        self, milo: Person, board: Dashboard
    ) -> None:
        milo.open(f"/dashboards/boards/{board.pk}/edit/")
        Dashboard.objects.filter(pk=board.pk).update(version=F("version") + 1)
        grip = milo.page.locator("[data-grip]").first
        grip.focus()
        milo.page.keyboard.press("Shift+ArrowRight")
        milo.page.locator("[data-conflict]").wait_for()
        milo.wrong = [said for said in milo.wrong if "409" not in said]
        assert milo.wrong == []

    def _drag(self, page: Page) -> None:
        box = page.locator("[data-grip]").first.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 8, box["y"] + 8)
        page.mouse.down()
        page.mouse.move(box["x"] + 300, box["y"] + 8, steps=8)
        page.mouse.move(box["x"] + 420, box["y"] + 12, steps=8)
        page.mouse.up()


class TestFresh:
    def test_a_new_answer_is_there_without_reloading(
        self, milo: Person, board: Dashboard, installation: Installation
    ) -> None:
        if installation.worker.process is None:
            installation.worker.start()
        milo.open(f"/dashboards/boards/{board.pk}/")
        page = milo.page
        value = page.locator(".tile-value").first
        shown = value.text_content()
        page.locator(".tile-how summary").first.click()
        with transaction.atomic():
            give(9, day=local_day(timezone.now()), opens_tickets=False)
        expect(value).not_to_have_text(shown or "")
        assert page.locator(".tile-how").first.get_attribute("open") is not None
        milo.check()

    def test_the_wall_screen_has_no_way_to_get_lost(
        self, milo: Person, board: Dashboard
    ) -> None:
        milo.page.set_viewport_size({"width": 1920, "height": 1080})
        milo.open(f"/dashboards/boards/{board.pk}/wall/")
        assert milo.page.locator("nav").count() == 0
        milo.check()

    def test_fits_a_phone(self, milo: Person, board: Dashboard) -> None:
        milo.page.set_viewport_size(PHONE)
        for path in ("", "edit/", "settings/"):
            milo.open(f"/dashboards/boards/{board.pk}/{path}")
            milo.check()
