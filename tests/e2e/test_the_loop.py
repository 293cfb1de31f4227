"""The whole loop as people see it: each at a browser of their own, in both languages."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, expect

from teams.models import User
from tests.e2e.conftest import DESK, PHONE, People, Person
from tests.personas import (
    executive_eva,
    manager_milo,
    mara_detractor,
    owner_otto,
    support_call,
)
from tests.processes import Installation

SOON = 60_000  # milliseconds
# Whoever sends a form sooner is asked to send it again.
READING = 1_100
COMMENT = {"en": "I waited for an hour.", "zh-hans": "我等了一个小时。"}


@dataclass
class Links:
    """What the manager copies from the page: paths."""

    open: str
    personal: str


@pytest.fixture(scope="module")
def running(installation: Installation) -> Installation:
    support_call()
    mara_detractor()
    for person in (manager_milo, owner_otto, executive_eva):
        person()
    installation.start()
    return installation


@pytest.fixture(params=["en", "zh-hans"])
def people(
    request: pytest.FixtureRequest, running: Installation, browser: Browser
) -> People:
    User.objects.update(language=request.param)
    return People(browser, running.address, request.param)


class TestTheLoop:
    def test_turns_in_the_browser(self, people: People) -> None:
        with people.at(DESK) as eva:
            eva.sign_in_by_form(executive_eva())
            eva.check()
            before = self.responses(eva)
            with people.at(DESK) as milo:
                links = self.put_a_survey_into_the_field(milo)
            self.answer_all(people, links)
            with people.at(PHONE) as otto:
                self.care_for_the_ticket(otto, eva)
            self.wait_for_tile(eva, "responses", str(before + 3))
            self.wait_for_tile(eva, "open_tickets", "0")
            eva.check()

    def put_a_survey_into_the_field(self, milo: Person) -> Links:
        milo.open("/accounts/login/")
        milo.check()
        milo.sign_in_by_form(manager_milo())
        milo.check()
        milo.follow("Surveys")
        milo.check()
        milo.follow("New survey")
        milo.check()
        page = milo.page
        page.fill("[name=name]", f"Support {milo.language}")
        page.select_option("[name=touchpoint]", str(support_call().pk))
        page.check("[name=start][value=blank]")
        milo.press("Make the draft")
        for kind in ("nps", "long_text", "contact_request"):
            page.click("#outline-add-question")
            page.click(f"[data-kind={kind}]")
        milo.check()
        milo.follow("Publish")
        # The studio saves what is left to save before it lets anybody go.
        page.wait_for_url("**/publication/**")
        milo.check()
        milo.press("Publish")
        milo.follow("Share")
        milo.check()
        return Links(
            open=urlsplit(page.locator("#open-link").inner_text()).path,
            personal=self.ask_mara(milo),
        )

    def ask_mara(self, milo: Person) -> str:
        page = milo.page
        page.locator("#personal [name=q]").fill("Mara")
        page.locator("#personal [name=q]").press("Enter")
        page.get_by_role("link", name="Mara Detractor").click()
        page.check("[name=channel][value=link]")
        milo.press("Ask this customer")
        milo.check()
        found = re.search(r"/i/[-\w=]+/", page.content())
        assert found
        return found[0]

    def answer_all(self, people: People, links: Links) -> None:
        with people.at(PHONE) as mara:
            self.answer(mara, links.personal, score=3, comment=COMMENT[mara.language])
        with people.at(PHONE) as somebody:
            self.answer(somebody, links.open, score=10)
        with people.at(PHONE, java_script_enabled=False) as without_script:
            self.answer(without_script, links.open, score=9, looks=False)

    def answer(
        self,
        customer: Person,
        path: str,
        *,
        score: int,
        comment: str = "",
        looks: bool = True,
    ) -> None:
        customer.open(path)
        if looks:
            customer.check()
        page = customer.page
        page.locator(f"input[type=radio][value='{score}']").first.check()
        if comment:
            page.locator("textarea").first.fill(comment)
        page.wait_for_timeout(READING)
        customer.press("Send")
        expect(page.locator("svg.sign")).to_be_visible()
        if looks:
            customer.check()

    def care_for_the_ticket(self, otto: Person, eva: Person) -> None:
        otto.sign_in_by_form(owner_otto())
        otto.open("/tickets/?tab=mine")
        ticket = otto.page.get_by_role("link", name="NPS 3/10")
        self.reload_until(otto, ticket)
        self.wait_for_tile(eva, "open_tickets", "1")
        otto.check()
        ticket.click()
        expect(otto.page.get_by_text(COMMENT[otto.language])).to_be_visible()
        otto.check()
        # The page would have him write; he calls.
        otto.page.click("#act-contact > summary")
        otto.page.select_option("#contact-channel", "phone")
        otto.page.fill("#contact-summary", "Called and listened.")
        otto.press("Log contact")
        otto.check()
        otto.page.select_option("#resolution-root_cause", index=1)
        otto.page.fill("#resolution-finding", "Two were ill.")
        otto.page.fill("#resolution-outcome", "One more person at the desk.")
        otto.press("Resolve ticket")
        expect(
            otto.page.get_by_text(otto.say("The ticket is resolved."))
        ).to_be_visible()
        otto.check()

    def reload_until(self, person: Person, wanted: Locator) -> None:
        for _ in range(SOON // 500):
            if wanted.count():
                return
            person.page.wait_for_timeout(500)
            person.page.reload()
        raise AssertionError("the ticket is not in the list")

    def responses(self, eva: Person) -> int:
        eva.open("/dashboards/")
        return int(self.shown(eva, "responses"))

    def wait_for_tile(self, eva: Person, metric: str, value: str) -> None:
        for _ in range(SOON // 500):
            eva.open("/dashboards/")
            if self.shown(eva, metric) == value:
                return
            eva.page.wait_for_timeout(500)
        raise AssertionError(f"{metric} is not {value}")

    def shown(self, eva: Person, metric: str) -> str:
        """Without what a link goes on to say to whoever cannot see the tile."""
        words = eva.page.locator(self.tile(metric)).inner_text()
        return words.partition("–")[0].strip()

    def tile(self, metric: str) -> str:
        return f"[data-metric={metric}] .tile-value"
