"""The customer says whether it is solved: on a phone, without JavaScript too."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import DESK, PHONE, People
from tests.personas import customer, owner_otto
from tests.processes import Installation
from tests.tickets.answers import ticket_for
from tickets import closure
from tickets.closure import Resolution
from tickets.closure_letter import draft_for
from tickets.models import ClosureRequest, RootCause, Ticket

LOCALES = {"en": "en", "zh-hans": "zh-CN"}


def asked(language: str) -> ClosureRequest:
    """A case that was resolved, of a customer who was told so just now."""
    now, otto = timezone.now(), owner_otto()
    ticket = in_work(language)
    closure.resolve(
        ticket,
        resolution=Resolution(cause(), "Two were ill.", "40 € refunded."),
        told=draft_for(ticket, otto),
        by=otto,
        at=now,
    )
    return ticket.closure_requests.get()


def in_work(language: str) -> Ticket:
    now = timezone.now()
    who = customer(f"customer_{language}_{now:%f}", locale=LOCALES[language])
    ticket = ticket_for(who, at=now)
    ticket.log_contact(channel="phone", summary="Sorry.", by=owner_otto(), at=now)
    return ticket


def cause() -> RootCause:
    return RootCause.objects.get(key="service-wait")


@pytest.fixture(scope="module", params=["en", "zh-hans"])
def people(
    request: pytest.FixtureRequest, installation: Installation, browser: Browser
) -> People:
    # Here, where passwords are hashed as the web process does it.
    owner_otto()
    if installation.web.process is None:
        installation.web.start()
    return People(browser, installation.address, request.param)


class TestTheCustomersPage:
    @pytest.mark.parametrize("scripts", [True, False])
    def test_takes_solved_and_later_not_solved(
        self, people: People, scripts: bool
    ) -> None:
        request = asked(people.language)
        with people.at(PHONE, java_script_enabled=scripts) as visitor:
            visitor.open(f"/c/{request.token}/")
            expect(visitor.page.get_by_text("40 € refunded.")).to_be_visible()
            if scripts:
                visitor.check()
            visitor.press("Yes, it is solved")
            expect(visitor.page.get_by_role("status")).to_be_visible()
            visitor.page.fill("textarea", "Not after all.")
            visitor.press("No, it is not solved")
            thanks = visitor.say("Thank you for telling us")
            expect(visitor.page.get_by_role("heading", name=thanks)).to_be_visible()
            if scripts:
                visitor.check()
        assert Ticket.objects.get(pk=request.ticket_id).closure == "disputed"


class TestTheDesk:
    def test_finds_a_cause_by_typing_and_tells_the_customer(
        self, people: People
    ) -> None:
        ticket, otto = in_work(people.language), owner_otto()
        otto.language = people.language
        otto.save()
        with people.at(DESK) as person:
            person.sign_in(otto)
            person.open(f"/tickets/{ticket.number}/resolution/")
            person.check()
            search = person.page.get_by_role("searchbox")
            search.fill(cause().label_zh if people.language != "en" else "long w")
            expect(person.page.locator("#id_root_cause")).to_have_value(str(cause().pk))
            person.page.fill("#id_finding", "Two were ill.")
            person.page.fill("#id_outcome", "40 € refunded.")
            person.press("Resolve ticket")
            expect(
                person.page.get_by_text(person.say("The ticket is resolved."))
            ).to_be_visible()
        assert Ticket.objects.get(pk=ticket.pk).closure == "asked"
