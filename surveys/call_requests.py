"""Use case: somebody who has answered asks to be called, on the page that thanks them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import outbox
from surveys.answers import PHONE, clean_text
from surveys.models import Response
from surveys.models.response import PHONE_KEY

CALL_REQUESTED = "survey.contact_requested"


class NoPhone(ValueError):
    """What was typed is no phone number."""


class NotAnswered(Exception):
    """There is no such answer to the survey."""


@transaction.atomic
def request_call(
    *, response_id: UUID, survey_id: int, phone: str, at: datetime
) -> None:
    """Keep the number with the answer, and say so once. Raises NoPhone or NotAnswered."""
    rows = Response.objects.select_for_update(of=("self",))
    response = rows.filter(id=response_id, survey_id=survey_id).first()
    if response is None:
        raise NotAnswered
    number = clean_text(phone)
    if not PHONE.fullmatch(number):
        raise NoPhone
    is_first = PHONE_KEY not in response.answers
    response.answers = {**response.answers, PHONE_KEY: number}
    response.wants_contact = True
    response.save(update_fields=["answers", "wants_contact"])
    # One that is held back says so when somebody lets it stand.
    is_held = response.state == Response.State.HELD
    if is_first and not (response.is_test or is_held):
        outbox.record(
            CALL_REQUESTED,
            subject=("response", response.pk),
            at=at,
            payload={
                "survey": survey_id,
                "customer": response.customer_id,
                "touchpoint": response.touchpoint_id,
                "day": response.day.isoformat(),
            },
        )
