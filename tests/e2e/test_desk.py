"""The list of tickets in a browser: by keyboard, in bulk, live, and on a phone."""

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Browser, expect

from teams.models import User
from tests.e2e.conftest import DESK, PHONE, People, Person
from tests.personas import (
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    paul_promoter,
)
from tests.processes import Installation
from tests.tickets.answers import ticket_for
from tickets.models import SavedView, Ticket


@pytest.fixture(scope="module")
def tickets(installation: Installation) -> list[Ticket]:
    now = timezone.now()
    opened = [
        ticket_for(mara_detractor(), at=now, comment="Nobody called me back."),
        ticket_for(paul_promoter(), at=now, comment="等了一个小时。"),
        ticket_for(None, at=now, comment="Too slow."),
    ]
    for person in (lead_lena(), manager_milo(), owner_otto()):
        assert person.is_active
    installation.start()
    return opened


@pytest.fixture(params=["en", "zh-hans"])
def people(
    request: pytest.FixtureRequest,
    installation: Installation,
    tickets: list[Ticket],
    browser: Browser,
) -> People:
    User.objects.update(language=request.param)
    Ticket.objects.update(priority=Ticket.Priority.NORMAL)
    SavedView.objects.all().delete()
    return People(browser, installation.address, request.param)


class TestTheDesk:
    def test_is_worked_by_keys_alone(self, people: People) -> None:
        with people.at(DESK) as milo:
            milo.sign_in(manager_milo())
            milo.open("/tickets/?tab=all")
            milo.check()
            keys = milo.page.keyboard
            keys.press("?")
            expect(milo.page.locator("#desk-keys")).to_be_visible()
            milo.check()
            keys.press("Escape")
            self.find_by_words(milo)
            self.change_two_at_once(milo)
            self.take_it_back(milo)

    def find_by_words(self, milo: Person) -> None:
        milo.page.keyboard.press("/")
        milo.page.keyboard.type("小时")
        milo.page.keyboard.press("Enter")
        expect(milo.page.locator("[data-ticket]")).to_have_count(1)
        milo.open("/tickets/?tab=all")

    def change_two_at_once(self, milo: Person) -> None:
        keys = milo.page.keyboard
        for key in ("j", "x", "j", "x"):
            keys.press(key)
        expect(milo.page.locator("[data-bulk-count]")).to_have_text("2")
        milo.page.locator("button[name=act][value=priority]").press("Enter")
        value = milo.page.locator("select[name=value]")
        expect(value).to_be_visible()
        milo.check()
        value.select_option("urgent")
        milo.page.locator("form .btn-primary").press("Enter")
        expect(milo.page.locator("main p[role=status]")).to_be_visible()
        assert Ticket.objects.filter(priority="urgent").count() == 2
        milo.check()

    def take_it_back(self, milo: Person) -> None:
        milo.press("Undo")
        expect(milo.page.get_by_text(milo.say("This was undone."))).to_be_visible()
        assert not Ticket.objects.filter(priority="urgent").exists()

    def test_keeps_a_search_under_a_name(self, people: People) -> None:
        with people.at(DESK) as lena:
            lena.sign_in(lead_lena())
            lena.open("/tickets/?tab=all&priority=normal")
            lena.page.locator("summary", has_text=lena.say("Views")).click()
            lena.follow("Save this view")
            lena.check()
            lena.page.fill("[name=name]", "Ordinary")
            lena.press("Save view")
            lena.page.locator("summary", has_text=lena.say("Views")).click()
            link = lena.page.get_by_role("link", name="Ordinary")
            expect(link).to_have_attribute("aria-current", "page")
            lena.check()

    def test_shows_what_a_colleague_changes_without_reloading(
        self, people: People, tickets: list[Ticket]
    ) -> None:
        with people.at(DESK) as milo:
            milo.sign_in(manager_milo())
            milo.open("/tickets/?tab=all")
            # Marked, so that a reload would show.
            milo.page.evaluate("document.body.dataset.mine = 'still here'")
            Ticket.objects.filter(pk=tickets[0].pk).update(priority="urgent")
            row = milo.page.locator(f"#ticket-{tickets[0].number}")
            expect(row.locator(".status-bad")).to_be_visible()
            assert milo.page.evaluate("document.body.dataset.mine") == "still here"

    def test_fits_a_phone(self, people: People) -> None:
        with people.at(PHONE) as lena:
            lena.sign_in(lead_lena())
            for path in ("?tab=all", "tasks/", "board/", "mail/", "recoveries/"):
                lena.open(f"/tickets/{path}")
                lena.check()
            lena.open("/tickets/?tab=all")
            gestures = lena.page.locator("a[href='/tickets/recoveries/']")
            lena.page.locator("details", has=gestures).locator("summary").click()
            expect(gestures).to_be_visible()

    def test_counts_after_the_page_what_very_many_tickets_hold(
        self, people: People
    ) -> None:
        with connection.cursor() as cursor:
            # The last number says how many there are.
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('tickets_ticket', 'number'),"
                " 20000000 + (SELECT count(*) FROM tickets_ticket))"
            )
        ticket_for(None, at=timezone.now(), comment="Counted late")
        late = Ticket.objects.search("counted late").count()
        with people.at(PHONE) as milo:
            milo.sign_in(manager_milo())
            with milo.page.expect_response("**/tickets/totals/**"):
                milo.open("/tickets/?tab=all&status=any&q=counted+late")
            expect(milo.page.locator("[data-ticket]")).to_have_count(late)
            expect(milo.page.locator("[data-found]")).to_contain_text(str(late))
            expect(milo.page.locator("[data-found] a")).to_have_count(0)
            expect(milo.page.locator("[data-count=all]")).to_have_text(str(late))
            milo.check()
