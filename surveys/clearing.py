"""Use case: somebody has looked at an answer that was flagged, and lets it stand."""

from datetime import datetime

from django.db import transaction

from events import outbox
from surveys.models import Response
from surveys.submitted import RESPONSE_SUBMITTED
from teams.models import User

CLEARED = "survey.flags_cleared"


@transaction.atomic
def clear_flags(response: Response, *, by: User, at: datetime) -> None:
    """The answer is as good as any other from now on. One that was held back is new to
    everybody else: numbers, tickets and webhooks learn of it now."""
    answer = Response.objects.select_for_update(of=("self",)).get(pk=response.pk)
    if not answer.flags:
        return
    flags, was_held = answer.flags, answer.state == Response.State.HELD
    answer.flags = []
    if was_held:
        answer.state = Response.State.COMPLETE
    answer.save(update_fields=["flags", "state"])
    outbox.record(
        CLEARED,
        subject=("response", answer.pk),
        at=at,
        actor=by.email,
        payload={"survey": answer.survey_id, "flags": flags},
    )
    if was_held:
        _announce(answer, at)


def _announce(answer: Response, at: datetime) -> None:
    """As `surveys.storing` does for answers that nobody held back."""
    outbox.record(
        RESPONSE_SUBMITTED,
        subject=("response", answer.pk),
        at=at,
        payload={
            "survey": answer.survey_id,
            "nps": answer.nps,
            "csat": answer.csat,
            "ces": answer.ces,
            "wants_contact": answer.wants_contact,
            "customer": answer.customer_id,
            "touchpoint": answer.touchpoint_id,
            "day": answer.day.isoformat(),
        },
    )
