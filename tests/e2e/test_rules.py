"""Rules in a real browser: a condition by keyboard, a rehearsal, the publication."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from teams.models import User
from tests.e2e.conftest import DESK, PHONE, People
from tests.personas import manager_milo, support_call
from tests.processes import Installation
from tickets import rehearsal
from tickets.models import Rehearsal, Rule


@pytest.fixture(scope="module")
def running(installation: Installation) -> Installation:
    support_call()
    manager_milo()
    installation.web.start()
    return installation


@pytest.fixture(params=["en", "zh-hans"])
def people(
    request: pytest.FixtureRequest, running: Installation, browser: Browser
) -> People:
    User.objects.update(language=request.param)
    return People(browser, running.address, request.param)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_manager_adds_a_rule_tries_it_and_publishes_it(
    people: People, size: dict[str, int]
) -> None:
    name = f"Anything low, {people.language} {size['width']}"
    with people.at(size) as milo:
        milo.sign_in(manager_milo())
        milo.open("/tickets/rules/new/")
        page = milo.page
        page.fill("[name=name]", name)
        page.locator(".condition-row input").first.focus()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("3")
        expect(page.locator(".condition-sentence")).to_contain_text("3")
        milo.check()
        milo.press("Save in the draft")
        milo.check()
        milo.press("Try it on the last 90 days")
        milo.check()
        asked = Rehearsal.objects.latest("pk")
        rehearsal.rehearse(asked.pk, at=timezone.now())
        expect(page.locator("#figures-heading")).to_be_visible()
        milo.check()
        milo.follow("Publish…")
        milo.check()
        milo.press("Publish")
        expect(page.locator(".rules-draft")).to_have_count(0)
    rule = Rule.objects.get(name=name)
    assert rule.condition == {"all": [{"field": "nps", "op": "lte", "value": 3}]}
