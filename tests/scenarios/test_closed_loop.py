"""The promise: a low answer reaches its owner, is cared for, and moves the numbers.

Nothing is left out: a real web server, a Celery worker and beat, in their processes.
"""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from surveys.invitations import Letter, invite, link_of
from surveys.models import Invitation, Response, Survey
from teams.models import ApiToken, User
from tests.personas import (
    acme,
    agent_ana,
    executive_eva,
    manager_milo,
    mara_detractor,
    nps_survey,
    owner_otto,
)
from tests.processes import Installation
from tests.visitor import Seen, Visitor, form_token_in
from tests.waiting import wait_for
from tickets.models import RootCause, Ticket

A_DAY = timedelta(hours=24)
SOON = 60  # seconds: how fast it is, bench/ measures
# Whoever sends a form sooner is asked to send it again.
READING = 1.1
TILE = re.compile(
    r'data-metric="(\w+)".*?class="tile-value">(?:<a[^>]*>)?([^<]*)<', re.S
)


@dataclass
class Company:
    address: str
    survey: Survey
    otto: Visitor
    ana: Visitor
    eva: Visitor
    token: str

    def answer(self, path: str, **given: str) -> Seen:
        """As a customer does: open the page, read it, send it."""
        customer = Visitor(self.address)
        token = form_token_in(customer.get(path).text)
        time.sleep(READING)
        fields = {f"a-{name}": value for name, value in given.items()}
        return customer.send(path, {"form": token, "lang": "en", **fields})

    def tiles(self) -> dict[str, str]:
        """What the executive reads: value by metric."""
        return dict(TILE.findall(self.eva.get("/dashboards/").text))

    def api(self, path: str) -> dict[str, object]:
        seen = Visitor(self.address).get(
            f"/api/v1{path}", Authorization=f"Bearer {self.token}"
        )
        assert seen.status == 200, seen.text
        found: dict[str, object] = json.loads(seen.text)
        return found


@pytest.fixture(scope="module")
def company(installation: Installation) -> Iterator[Company]:
    survey, people = nps_survey(), [owner_otto(), agent_ana(), executive_eva()]
    _token, secret = ApiToken.issue(
        user=manager_milo(), name="report", scopes=["read"], at=timezone.now()
    )
    installation.start()
    address = installation.address
    signed_in = [Visitor.signed_in(address, person) for person in people]
    yield Company(address, survey, *signed_in, token=secret)
    for part in installation.parts:
        assert "Traceback" not in part.log.read_text()


def personal_path(survey: Survey) -> str:
    """The path of Mara's own link."""
    letter = Letter(Invitation.Channel.LINK, "en", timedelta(days=7))
    invitation = invite(
        survey, mara_detractor(), letter=letter, by=manager_milo(), at=timezone.now()
    )
    return urlsplit(link_of(invitation)).path


def newest() -> Response:
    return Response.objects.latest("submitted_at")


def ticket_in_the_queue_of(visitor: Visitor, response: Response) -> Ticket:
    """Waits until the person's own list shows the ticket of this answer."""

    def find() -> Ticket | None:
        ticket = Ticket.objects.filter(answers__response=response).first()
        shown = visitor.get("/tickets/?tab=mine").text
        return ticket if ticket and f"#{ticket.number} " in shown else None

    return wait_for(find, seconds=SOON, what="the ticket in the list")


def contact(visitor: Visitor, ticket: Ticket) -> Seen:
    return visitor.post(
        f"/tickets/{ticket.number}/contacts/",
        channel="phone",
        summary="Called her and listened.",
    )


def resolve(visitor: Visitor, ticket: Ticket) -> Seen:
    cause = RootCause.objects.get(key="service-wait")
    return visitor.post(
        f"/tickets/{ticket.number}/resolution/",
        root_cause=str(cause.pk),
        finding="Two were ill.",
        outcome="Two more people at the desk; she is content.",
    )


class TestTheClosedLoop:
    def test_turns_with_every_part_in_its_own_process(self, company: Company) -> None:
        # Five answers at least, or the score would be hidden.
        for _ in range(5):
            assert company.answer("/s/support-nps/", score="9").status == 200
        before = self.counted(company, responses="5")
        assert before["nps"] == "+100"

        path = personal_path(company.survey)
        thanked = company.answer(path, score="3", comment="Waited for an hour.")
        assert "We are sorry." in thanked.text
        ticket = ticket_in_the_queue_of(company.otto, newest())
        assert ticket.assignee == acme().owner
        assert ticket.first_contact_due_at == newest().submitted_at + A_DAY
        after = self.counted(company, responses="6", open_tickets="1")
        assert after["nps"] == "+67"

        page = company.otto.get(f"/tickets/{ticket.number}/").text
        assert "Waited for an hour." in page
        assert contact(company.otto, ticket).status == 200
        assert resolve(company.otto, ticket).status == 200
        assert self.counted(company, open_tickets="0")["overdue_tickets"] == "0"
        self.check_the_api(company, ticket)

    def test_gives_an_open_links_ticket_to_the_least_loaded(
        self, company: Company
    ) -> None:
        company.answer("/s/support-nps/", score="2")
        first = wait_for(self.owner, seconds=SOON, what="the first ticket")
        company.answer("/s/support-nps/", score="1", contact="1")
        second = wait_for(self.owner, seconds=SOON, what="the second ticket")
        assert {first, second} == {agent_ana(), owner_otto()}
        visitor = company.ana if second == agent_ana() else company.otto
        ticket = ticket_in_the_queue_of(visitor, newest())
        assert ticket.first_contact_due_at == newest().submitted_at + A_DAY
        assert contact(visitor, ticket).status == 200
        assert resolve(visitor, ticket).status == 200

    def owner(self) -> User | None:
        ticket = Ticket.objects.filter(response=newest()).first()
        return ticket.assignee if ticket else None

    def counted(self, company: Company, **wanted: str) -> dict[str, str]:
        """Waits until the executive's page says so."""

        def find() -> dict[str, str]:
            tiles = company.tiles()
            return tiles if wanted.items() <= tiles.items() else {}

        return wait_for(find, seconds=SOON, what=f"{wanted} on the page")

    def check_the_api(self, company: Company, ticket: Ticket) -> None:
        [shown] = company.api(f"/tickets/?response={ticket.response_id}")["results"]  # type: ignore[misc]
        assert shown["status"] == "resolved"
        assert shown["assignee"] == owner_otto().email
        assert shown["first_contacted_at"] < shown["resolved_at"]
        numbers = company.api("/metrics/?metric=nps&metric=open_tickets")["results"]
        found = {number["key"]: number["value"] for number in numbers}  # type: ignore[attr-defined]
        assert round(found["nps"]) == 67
        assert found["open_tickets"] == 0
