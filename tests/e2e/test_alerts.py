"""An alert in a real browser, found by a real worker: written, tried, told, acted on."""

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, expect

from dashboards.models import Alert, AlertRule
from dashboards.tasks import look_at_alerts
from events import outbox
from surveys.intake import local_day
from teams.models import Notification, User
from tests.dashboards.answers import give
from tests.e2e.conftest import DESK, PHONE, People, Person
from tests.personas import manager_milo, support_call
from tests.processes import Installation
from tests.waiting import wait_for

NEW = "/dashboards/alerts/rules/new/"


@pytest.fixture(scope="module")
def running(installation: Installation) -> Installation:
    support_call()
    today = local_day(timezone.now())
    with transaction.atomic():
        give(*[0] * 12, day=today, opens_tickets=False)
    outbox.drain()
    manager_milo()
    installation.start()
    return installation


@pytest.fixture(params=["en", "zh-hans"])
def people(
    request: pytest.FixtureRequest, running: Installation, browser: Browser
) -> People:
    User.objects.update(language=request.param)
    return People(browser, running.address, request.param)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_manager_is_told_of_what_the_rule_found(
    people: People, size: dict[str, int]
) -> None:
    name = f"NPS is low, {people.language} {size['width']}"
    with people.at(size) as milo:
        milo.sign_in(manager_milo())
        _write(milo, name)
        look_at_alerts.delay()
        wait_for(
            lambda: Alert.objects.filter(rule__name=name).exists(),
            seconds=120,
            what="the alert",
        )
        alert = Alert.objects.get(rule__name=name)
        milo.open("/dashboards/alerts/")
        milo.check()
        milo.page.get_by_role("link", name=name, exact=True).click()
        expect(milo.page.locator(".figure-drawing svg")).to_be_visible()
        milo.check()
        milo.press("Acknowledge")
        milo.press("Put off")
        milo.check()
    alert.refresh_from_db()
    assert alert.acknowledged_by == manager_milo()
    assert alert.snoozed_until is not None
    notices = Notification.objects.filter(url=alert.get_absolute_url())
    assert [notice.kind for notice in notices] == ["alert_opened"]


def _write(milo: Person, name: str) -> None:
    """The rule in the browser; tried on the past, then saved."""
    page = milo.page
    milo.open(NEW)
    page.fill("[name=name]", name)
    page.select_option("[name=kind]", "run")
    expect(page.locator("[name=level]")).to_be_hidden()
    page.select_option("[name=kind]", "threshold")
    page.fill("[name=least]", "10")
    milo.check()
    milo.press("Try it on the past 180 days")
    expect(page.locator("#simulation .figure-drawing svg")).to_be_visible()
    milo.check()
    assert not AlertRule.objects.filter(name=name).exists()
    milo.press("Save")
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    milo.check()
