"""Stored answers, without going through a page."""

from datetime import datetime
from typing import Any

from customers.models import Customer
from events import outbox
from events.ids import uuid7
from surveys.intake import local_day
from surveys.models import Response
from tests.personas import MONDAY_NINE, nps_survey
from tickets.closed_loop import open_tickets_for
from tickets.models import Ticket


def answer(
    customer: Customer | None = None, *, at: datetime = MONDAY_NINE, **fields: Any
) -> Response:
    """An answer to the support survey: NPS 3 where no score is given."""
    survey = nps_survey()
    assert survey.version is not None
    if not {"nps", "csat", "ces"} & set(fields):
        fields["nps"] = 3
    values: dict[str, Any] = {
        "survey": survey,
        "version": survey.version,
        "customer": customer,
        "touchpoint": survey.touchpoint,
        "channel": Response.Channel.PERSONAL,
        "locale": "en",
        "submitted_at": at,
        "day": local_day(at),
        "answers": {},
        "region": customer.region if customer else "",
        "product_line": customer.product_line if customer else "",
        "tier": customer.tier if customer else "",
    }
    return Response.objects.create(id=uuid7(), **values | fields)


def submit(response: Response, *, at: datetime = MONDAY_NINE) -> None:
    """Record that it came in, as the intake does; call inside a transaction."""
    outbox.record("survey.response_submitted", subject=("response", response.pk), at=at)


def ticket_for(
    customer: Customer | None = None, *, at: datetime = MONDAY_NINE, **fields: Any
) -> Ticket:
    """A ticket opened by a low answer at that instant."""
    [ticket] = open_tickets_for([answer(customer, at=at, **fields).pk], at=at)
    return ticket
