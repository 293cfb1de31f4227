"""From a number down to a ticket, and two groups compared, in a browser."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, expect

from events import outbox
from surveys.intake import local_day
from teams.models import User
from tests.dashboards.answers import give
from tests.e2e.conftest import DESK, People, Person
from tests.personas import lead_lena, mara_detractor
from tests.processes import Installation
from tests.tickets.answers import answer, submit

EXPLORE = "/dashboards/explore/"


@pytest.fixture(scope="module")
def low_answer(installation: Installation) -> None:
    """North is bad, South is good; one of the North's answers has a ticket."""
    now = timezone.now()
    lead_lena()
    for region, scores in (("North", [2, 5, 9] * 8), ("South", [10, 9, 8] * 8)):
        give(*scores, day=local_day(now), opens_tickets=False, region=region)
    with transaction.atomic():
        submit(answer(mara_detractor(), at=now, nps=1, comment="Lost!"), at=now)
    outbox.drain()


@pytest.fixture(params=["en", "zh-hans"])
def lena(
    request: pytest.FixtureRequest,
    low_answer: None,
    installation: Installation,
    browser: Browser,
) -> Iterator[Person]:
    User.objects.update(language=request.param)
    if installation.web.process is None:
        installation.web.start()
    people = People(browser, installation.address, request.param)
    with people.at(DESK) as lena:
        lena.sign_in(lead_lena())
        yield lena


class TestDrill:
    def test_leads_to_a_ticket_in_four_clicks(self, lena: Person) -> None:
        page = lena.page
        lena.open("/dashboards/")
        page.locator(f"a[href^='{EXPLORE}']").first.click()
        page.wait_for_url(f"**{EXPLORE}**")
        page.locator(".explore-table a", has_text="North").click()
        page.wait_for_url("**region=North**")
        page.locator("a[href*='rows=low']").click()
        page.wait_for_url("**rows=low**")
        page.locator(".explore-answers a[href^='/tickets/']").first.click()
        page.wait_for_url("**/tickets/*/")
        for _step in range(3):
            page.go_back()
        page.wait_for_url(lambda url: "region=North" not in url)

    def test_shows_the_day_that_is_none(self, lena: Person) -> None:
        lena.page.goto(f"{lena.address}/dashboards/?since=2026-02-30")
        expect(lena.page.locator("[name=since]")).to_be_visible()
        expect(lena.page.locator("#id_since_error")).to_be_visible()
        expect(lena.page.locator("[name=until]")).to_be_hidden()

    def test_filters_are_removed_by_keyboard(self, lena: Person) -> None:
        lena.open(f"{EXPLORE}?region=North&by=tier")
        page = lena.page
        page.locator(".explore-path-remove").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "region=North" not in url)
        expect(page.locator(".explore-path-remove")).to_have_count(0)

    def test_pages_are_accessible_and_fit_a_phone(self, lena: Person) -> None:
        complaints = []
        for path in (
            EXPLORE,
            f"{EXPLORE}?region=North&rows=low",
            "/dashboards/compare/?a.region=North&b.region=South",
            "/dashboards/why/",
        ):
            lena.open(path)
            complaints += lena.complaints_at_both_sizes()
        assert complaints == []


class TestCompare:
    def test_tells_two_groups_apart(self, lena: Person) -> None:
        page = lena.page
        lena.open("/dashboards/compare/?a.region=North&b.region=South")
        expect(page.locator(".explore-table")).to_contain_text("p < 0.001")
        expect(page.locator("figure svg")).to_have_count(2)
        page.locator("[name=against][value=before]").check()
        page.locator(".compare-form .btn-primary").click()
        page.wait_for_url("**against=before**")
        expect(page.locator(".compare-second[open]")).to_have_count(0)

    def test_keeps_its_numbers(self, lena: Person) -> None:
        page = lena.page
        lena.open("/dashboards/compare/?a.region=North")
        page.locator(".share-menu summary").click()
        lena.press("Keep these numbers")
        page.wait_for_url("**/dashboards/kept/*/")
        assert lena.say("Every number is the same.") in page.inner_text("main")
        lena.check()
