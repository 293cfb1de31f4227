"""One ticket in a browser: by keyboard, on a phone, in both languages."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from teams.models import User
from tests.e2e.conftest import DESK, PHONE, People, Person
from tests.personas import lead_lena, mara_detractor, owner_otto
from tests.processes import Installation
from tests.tickets.answers import answer, ticket_for
from tickets.closed_loop import open_tickets_for
from tickets.models import Macro, Ticket


@pytest.fixture(scope="module")
def ticket(installation: Installation) -> Ticket:
    mara = mara_detractor()
    answer(mara, nps=9, at=timezone.now())
    opened = ticket_for(mara, at=timezone.now(), comment="I waited for an hour.")
    further = answer(mara, nps=1, at=timezone.now(), comment="Still waiting.")
    open_tickets_for([further.pk], at=timezone.now())
    Macro.objects.create(
        name="Sorry", text_en="Dear {customer}, sorry.", text_zh="{customer}，抱歉。"
    )
    lead_lena()
    installation.start()
    return opened


@pytest.fixture(params=["en", "zh-hans"])
def people(
    request: pytest.FixtureRequest,
    installation: Installation,
    ticket: Ticket,
    browser: Browser,
) -> People:
    User.objects.update(language=request.param)
    return People(browser, installation.address, request.param)


class TestTheTicketPage:
    def test_is_worked_with_by_keyboard(self, people: People, ticket: Ticket) -> None:
        with people.at(DESK) as otto:
            otto.sign_in(owner_otto())
            otto.open(ticket.get_absolute_url())
            otto.check()
            self.call_lena_by_name(otto)
            otto.open(ticket.get_absolute_url())
            self.take_ready_made_words(otto)

    def test_and_its_pages_fit_a_phone(self, people: People, ticket: Ticket) -> None:
        with people.at(PHONE) as lena:
            lena.sign_in(lead_lena())
            for path in ("", "merge/", "split/", "links/?q=mara", "description/"):
                lena.open(f"{ticket.get_absolute_url()}{path}")
                lena.check()
            lena.open("/tickets/macros/new/")
            lena.check()

    def call_lena_by_name(self, otto: Person) -> None:
        field = otto.page.locator("#quick-note-text")
        field.focus()
        otto.page.keyboard.type("Please look, @len")
        expect(otto.page.locator(".mention-list [role=option]")).to_have_count(1)
        otto.page.keyboard.press("Enter")
        expect(field).to_have_value("Please look, @Lead Lena ")
        otto.page.keyboard.press("Control+Enter")
        story = otto.page.locator("#history")
        expect(story.get_by_text("@Lead Lena").first).to_be_visible()

    def take_ready_made_words(self, otto: Person) -> None:
        form = otto.page.locator("form[data-act=contact]")
        if not form.is_visible():
            summary = otto.page.locator("#act-contact > summary")
            summary.focus()
            otto.page.keyboard.press("Enter")
        form.locator("select[name=macro]").select_option(label="Sorry")
        expect(form.locator("[name=summary]")).to_have_value(
            "Dear Mara Detractor, sorry."
        )
        otto.check()
