"""The response id that is made with the page, signed so that nobody else makes one.

The id is a UUID 7: it carries the instant at which the page was made.
"""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from uuid import UUID

from django.conf import settings

MAC_BYTES = 15


class TamperedForm(Exception):
    """The form did not come from one of our pages, or was changed on the way."""


def sign(response_id: UUID, version_id: int) -> str:
    """20 characters that belong to this id and this version only."""
    message = response_id.bytes + version_id.to_bytes(8, "big")
    mac = hmac.digest(_key(), message, sha256)[:MAC_BYTES]
    return urlsafe_b64encode(mac).decode()


def verify(response_id: UUID, version_id: int, signature: str) -> None:
    """Raises TamperedForm."""
    expected = sign(response_id, version_id)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise TamperedForm


def made_at(response_id: UUID) -> datetime:
    """When the page of this id was made, to the millisecond."""
    milliseconds = int.from_bytes(response_id.bytes[:6], "big")
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


@cache
def _key() -> bytes:
    return sha256(b"cem.surveys.form:" + settings.SECRET_KEY.encode()).digest()
