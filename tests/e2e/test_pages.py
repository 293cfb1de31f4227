"""Every page an administrator can open: on a desk and on a phone, in both languages."""

from collections.abc import Iterator, Sequence

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser

from dashboards import boards
from dashboards.board_templates import TEMPLATES, tiles_of
from dashboards.models import Dashboard
from events import outbox
from journeys.models import ExperienceVision, Persona
from surveys import sites
from teams.models import User, WorkingHours
from tests.e2e.conftest import DESK, People, Person
from tests.personas import (
    acme,
    admin_ada,
    mara_detractor,
    nps_survey,
    service_team,
    support_call,
)
from tests.processes import Installation
from tests.tickets.answers import answer, submit
from tickets.models import Rule, SlaPolicy, Ticket

TICKETS = ("", "?tab=all", "rules/", "rules/{rule}/", "policies/{policy}/")
DESK_PAGES = ("views/", "tasks/", "board/", "mail/", "macros/", "macros/new/")
RULE_PAGES = ("rules/new/", "policies/new/", "policies/{policy}/levels/")
RECOVERIES = ("recoveries/", "recoveries/budgets/")
TICKET = ("deadlines/", "merge/", "links/", "recoveries/")
ACTS = ("", "contacts/", "resolution/", "assignment/", "notes/")
SURVEYS = ("", "new/", "responses/{response}/")
SURVEY = ("", "questions/", "preview/", "share/", "versions/", "closure/")
WAYS = ("website/", "website/sample/", "letter/", "sheet/")
CUSTOMERS = ("", "new/", "{mara}/", "{mara}/edit/", "accounts/", "accounts/new/")
MORE_CUSTOMERS = ("accounts/{acme}/", "accounts/{acme}/edit/", "imports/")
JOURNEYS = ("", "new/", "{journey}/", "{journey}/edit/", "stages/{stage}/")
MORE_JOURNEYS = ("touchpoints/{touchpoint}/", "stages/{stage}/touchpoints/")
PERSONAS = ("personas/", "personas/new/", "personas/{persona}/", "visions/")
DASHBOARDS = (
    "",
    "?period=custom&since=2026-01-01&until=2026-12-31",
    "by/survey/",
    "targets/",
    "maths/nps/",
    "maths/coverage/",
    "rows/responses/",
    "rows/coverage/",
)
LOOP = (
    "closed-loop/",
    "closed-loop/in_time/?not=1",
    "value/",
    "value/?against=before",
    "reach/?weighted=1",
)
REPORTS = (
    "reports/",
    *(f"reports/{p}/?of=kpis" for p in ("links/new", "schedules/new", "export")),
)
ALERTS = ("alerts/", "alerts/?show=past", "alerts/rules/", "alerts/rules/new/")
EXPLORING = (
    "explore/",
    "explore/?region=North&by=tier&rows=low",
    "explore/?metric=responses",
    "compare/",
    "compare/?a.region=North&b.region=-",
    "why/",
    "why/?metric=csat",
    "annotations/",
    "annotations/new/",
    "kept/",
)
INSIGHTS = (
    *EXPLORING,
    "drivers/",
    "drivers/?survey={survey}",
    "comments/",
    "comments/corrections/",
    "comments/corrections/new/?word=crew&topic=service_staff&act=remove",
    "segments/",
    "segments/?by=behaviour",
    "segments/saved/",
    "segments/saved/new/?by=nps&group=promoters",
)
BOARDS = ("", "new/", "{board}/", "{board}/edit/", "{board}/settings/")
MORE_BOARDS = ("{board}/wall/", "{board}/deletion/", "{board}/tiles/new/heatmap/")
SETTINGS = ("", "people/", "people/invitation/", "people/{ada}/", "tokens/", "health/")
MORE_SETTINGS = ("teams/", "teams/new/", "teams/{team}/", "teams/{team}/deletion/")
SITES = ("sites/", "sites/{site}/removal/")
HOURS = ("working-hours/", "working-hours/new/", "working-hours/{hours}/")
HOLIDAYS = ("working-hours/{hours}/holidays/",)
ABSENCES = ("absences/", "absences/new/", "notices/", "audit/")
AREAS = {
    "tickets": [f"/tickets/{path}" for path in TICKETS]
    + [f"/tickets/{{ticket}}/{path}" for path in (*ACTS, *TICKET)],
    "desk": [f"/tickets/{p}" for p in (*DESK_PAGES, *RULE_PAGES, *RECOVERIES)],
    "surveys": [f"/surveys/{path}" for path in SURVEYS]
    + [f"/surveys/{{survey}}/{path}" for path in (*SURVEY, *WAYS)],
    "customers": [f"/customers/{path}" for path in (*CUSTOMERS, *MORE_CUSTOMERS)],
    "journeys": [f"/journeys/{p}" for p in (*JOURNEYS, *MORE_JOURNEYS, *PERSONAS)],
    "dashboards": [
        f"/dashboards/{path}"
        for path in (*DASHBOARDS, *LOOP, *INSIGHTS, *ALERTS, *REPORTS)
    ],
    "boards": [f"/dashboards/boards/{path}" for path in (*BOARDS, *MORE_BOARDS)],
    "improvement": ["/initiatives/", "/initiatives/new/", "/tickets/root-causes/"],
    "settings": [f"/settings/{p}" for p in (*SETTINGS, *MORE_SETTINGS, *SITES)]
    + [f"/settings/{p}" for p in (*HOURS, *HOLIDAYS, *ABSENCES)]
    + ["/notifications/", "/accounts/password/change/", "/api/docs/"],
}
FOR_EVERYBODY = (
    "/accounts/login/",
    "/accounts/password/reset/",
    "/s/support-nps/?lang={language}",
    "/s/support-nps/?lang={language}&score=3",
)


@pytest.fixture(scope="module")
def places(installation: Installation) -> dict[str, object]:
    """A little of everything, and its keys for the addresses."""
    survey, now = nps_survey(), timezone.now()
    scores = (3, 9, 10, 7, 8, 10)
    answers = [
        answer(mara_detractor(), at=now, nps=score, comment="Quick!")
        for score in scores
    ]
    with transaction.atomic():
        for response in answers:
            submit(response, at=now)
    outbox.drain()
    touchpoint = support_call()
    return {
        "survey": survey.pk,
        "response": answers[0].pk,
        "ticket": Ticket.objects.get().number,
        "rule": Rule.objects.earliest("position").pk,
        "policy": SlaPolicy.objects.get().pk,
        "mara": mara_detractor().pk,
        "acme": acme().pk,
        "touchpoint": touchpoint.pk,
        "stage": touchpoint.stage_id,
        "journey": touchpoint.stage.journey_id,
        "persona": Persona.objects.create(name="Henrik").pk,
        "vision": ExperienceVision.objects.create(title="Looked after").pk,
        "ada": admin_ada().pk,
        "team": service_team().pk,
        "site": sites.allow("https://shop.example", by=admin_ada(), at=now)[0].pk,
        "board": boards.begin(
            Dashboard(name="Morning"),
            tiles_of(TEMPLATES["cx_manager"]),
            by=admin_ada(),
            at=now,
        ).pk,
        "hours": WorkingHours.objects.create(
            name="Office", time_zone="Asia/Shanghai", weekly={}
        ).pk,
    }


@pytest.fixture(scope="module", params=["en", "zh-hans"])
def ada(
    request: pytest.FixtureRequest,
    places: dict[str, object],
    installation: Installation,
    browser: Browser,
) -> Iterator[Person]:
    User.objects.update(language=request.param)
    if installation.web.process is None:
        installation.web.start()
    people = People(browser, installation.address, request.param)
    with people.at(DESK) as ada:
        ada.sign_in(admin_ada())
        yield ada


def complaints_about(
    paths: Sequence[str], person: Person, places: dict[str, object]
) -> list[str]:
    complaints = []
    for path in paths:
        person.open(path.format(**places, language=person.language))
        complaints += person.complaints_at_both_sizes()
    return complaints


class TestPages:
    @pytest.mark.parametrize("area", AREAS)
    def test_are_accessible_and_fit_a_phone(
        self, ada: Person, places: dict[str, object], area: str
    ) -> None:
        assert complaints_about(AREAS[area], ada, places) == []

    def test_for_everybody_are_accessible_and_fit_a_phone(
        self, ada: Person, places: dict[str, object], browser: Browser
    ) -> None:
        people = People(browser, ada.address, ada.language)
        with people.at(DESK) as visitor:
            assert complaints_about(FOR_EVERYBODY, visitor, places) == []
