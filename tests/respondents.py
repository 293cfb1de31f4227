"""Forms as a customer would send them, of pages that were opened a while ago."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from events.ids import uuid7
from surveys import form_tokens
from surveys.models import Survey

# The time trap asks whoever sends a form sooner than anybody reads to send it again.
LONG_ENOUGH = timedelta(seconds=30)


def response_id() -> UUID:
    return uuid7(timezone.now() - LONG_ENOUGH)


def form_of(
    survey: Survey, response: UUID, *, language: str = "en", **given: str
) -> dict[str, str]:
    """The fields of the form that a page made for this response."""
    assert survey.version_id is not None
    signature = form_tokens.sign(response, survey.version_id)
    return {
        "form": f"{response}.{survey.version_id}.{signature}",
        "lang": language,
        "confirm-code": "",
        **{f"a-{name}": value for name, value in given.items()},
    }
