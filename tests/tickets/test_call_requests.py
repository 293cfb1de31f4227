"""Who asks to be called on the page that thanks them becomes a ticket, once."""

from uuid import UUID, uuid4

import pytest
from django.test import Client

from events.outbox import drain
from surveys.call_requests import request_call
from surveys.intake import Submission, submit_response
from surveys.models import Response
from surveys.published import find_published
from tests.personas import MONDAY_NINE, lead_lena, nps_survey
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def answered(score: int) -> UUID:
    survey = nps_survey()
    found = find_published(survey.slug)
    assert found
    assert found.version
    submission = Submission(
        response_id=uuid4(),
        answers={"score": score},
        locale="en",
        channel=Response.Channel.LINK,
    )
    return submit_response(
        version=found.version, submission=submission, at=MONDAY_NINE
    ).response_id


def call(response_id: UUID) -> None:
    request_call(
        response_id=response_id,
        survey_id=nps_survey().pk,
        phone="+49 30 123456",
        at=MONDAY_NINE,
    )


class TestACallAskedFor:
    def test_opens_the_ticket_that_the_answer_did_not(self) -> None:
        response_id = answered(8)
        drain()
        assert not Ticket.objects.exists()
        call(response_id)
        drain()
        assert Ticket.objects.count() == 1

    def test_leaves_the_ticket_that_there_is_and_shows_the_number(
        self, client: Client
    ) -> None:
        response_id = answered(2)
        call(response_id)
        drain()
        ticket = Ticket.objects.get()
        client.force_login(lead_lena())
        page = client.get(f"/tickets/{ticket.number}/").content.decode()
        assert 'href="tel:+4930123456"' in page
