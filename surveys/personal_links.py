"""Personal links: who is asked stands in the link, signed, and only for a time."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from uuid import UUID

from django.conf import settings

MAC_BYTES = 13
TOKEN_BYTES = 16 + 4 + MAC_BYTES


class UnknownLink(Exception):
    """No link of ours, or changed on the way."""


class ExpiredLink(Exception):
    """One of ours, but its time is over."""


def token_for(invitation_id: UUID, *, expires_at: datetime) -> str:
    """The last part of the address `/i/<token>/`: 44 characters."""
    body = invitation_id.bytes + int(expires_at.timestamp()).to_bytes(4, "big")
    return urlsafe_b64encode(body + _mac(body)).decode()


def invitation_of(token: str, *, at: datetime) -> UUID:
    """Whose link it is. Raises UnknownLink or ExpiredLink."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii"))
    except (Base64Error, ValueError) as error:
        raise UnknownLink from error
    body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    if len(raw) != TOKEN_BYTES or not hmac.compare_digest(mac, _mac(body)):
        raise UnknownLink
    if datetime.fromtimestamp(int.from_bytes(body[16:], "big"), UTC) <= at:
        raise ExpiredLink
    return UUID(bytes=body[:16])


def _mac(body: bytes) -> bytes:
    return hmac.digest(_key(), body, sha256)[:MAC_BYTES]


@cache
def _key() -> bytes:
    return sha256(b"cem.surveys.link:" + settings.SECRET_KEY.encode()).digest()
