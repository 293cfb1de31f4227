"""What looks odd about a form before its answers are read."""

from datetime import datetime

from django.http import HttpRequest

from surveys import duplicates, proof_of_work, rate_limit
from surveys.addresses import address_of
from surveys.links import Asked
from surveys.models import Response
from surveys.posted_form import Form
from surveys.suspicion import HONEYPOT, MANY, NO_PROOF, SAME_DEVICE

# Nobody sees the field; programs fill in whatever they find.
TRAP = "confirm-code"


def flags_of(
    request: HttpRequest, asked: Asked, form: Form, now: datetime
) -> tuple[str, ...]:
    """In the order in which people should read them."""
    flags = []
    if request.POST.get(TRAP):
        flags.append(HONEYPOT)
    settings = form.version.document.settings
    if settings.asks_proof_of_work and not _is_proven(request, form, now):
        flags.append(NO_PROOF)
    # A kiosk is one device for everybody.
    if asked.channel != Response.Channel.KIOSK:
        address = address_of(request)
        if settings.once_per == "device" and _is_known(request, asked, form, address):
            flags.append(SAME_DEVICE)
        if rate_limit.is_crowded(asked.survey_id, address):
            flags.append(MANY)
    return tuple(flags)


def _is_proven(request: HttpRequest, form: Form, now: datetime) -> bool:
    payload = request.POST.get(proof_of_work.FIELD, "")
    return proof_of_work.is_solved(payload, form.response_id, at=now)


def _is_known(request: HttpRequest, asked: Asked, form: Form, address: str) -> bool:
    return duplicates.is_known_device(
        asked.survey_id,
        address=address,
        browser=request.META.get("HTTP_USER_AGENT", "")[:500],
        response_id=form.response_id,
    )
