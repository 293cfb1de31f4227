"""The results page in a browser: every kind of question, triage by keyboard, files."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from surveys.models import Response, Survey
from teams.models import User
from tests.e2e.conftest import DESK, People, Person
from tests.personas import manager_milo
from tests.processes import Installation
from tests.trips import answered, begun, trip_survey


@pytest.fixture(scope="module")
def survey(installation: Installation) -> Survey:
    survey = trip_survey()
    manager_milo()
    for number in range(12):
        answered(
            survey,
            {
                "score": number % 11,
                "food": 1 + number % 5,
                "why": f"Comment {number}",
                "reason": ("work", "fun", "other")[number % 3],
                "used": ["app", "web"][: 1 + number % 2],
                "order": ["price", "time"] if number % 2 else ["time", "price"],
                "parts": {"seat": 4, "crew": 1 + number % 5},
                "trips": number,
                "day": "2026-01-31",
                "quote": True,
            },
            seconds=20 + number,
        )
    for page in ("p1", "p2", "p2"):
        begun(survey, page, at=survey.created_at)
    return survey


@pytest.fixture(params=["en", "zh-hans"])
def milo(
    request: pytest.FixtureRequest,
    survey: Survey,
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


class TestTheResults:
    def test_are_accessible_and_fit_a_phone(self, milo: Person, survey: Survey) -> None:
        given = Response.objects.filter(survey=survey).earliest("submitted_at")
        complaints = []
        for path in (
            f"{survey.pk}/",
            f"{survey.pk}/?triage=new&version={survey.version_id}",
            f"{survey.pk}/begun/",
            f"responses/{given.pk}/",
        ):
            milo.open(f"/surveys/{path}")
            complaints += milo.complaints_at_both_sizes()
        assert complaints == []

    def test_are_triaged_by_keyboard_and_undone(
        self, milo: Person, survey: Survey
    ) -> None:
        archived = Response.objects.filter(survey=survey, triage="archived")
        milo.open(f"/surveys/{survey.pk}/")
        page = milo.page
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("e")
        page.locator(".undo-bar").wait_for()
        page.wait_for_load_state("load")
        assert archived.count() == 1
        page.locator(".undo-bar button").click()
        page.locator(".alert-success").wait_for()
        assert archived.count() == 0

    def test_are_downloaded(self, milo: Person, survey: Survey) -> None:
        milo.open(f"/surveys/{survey.pk}/")
        for name in ("csv", "xlsx"):
            with milo.page.expect_download() as download:
                milo.page.locator(f"a[href*='answers.{name}']").click()
            assert download.value.suggested_filename == f"trip-answers.{name}"
