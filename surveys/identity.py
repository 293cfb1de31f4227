"""Who a visitor of a company's own site is, as that site's server signed it.

The token is a JSON Web Token of one kind only: HS256, `sub` the customer's external id,
`exp` at most a day ahead. The key belongs to one allowed site.
"""

import hmac
import json
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction

from customers.models import Customer
from events import outbox
from surveys import sites

HOLDS_AT_MOST = timedelta(days=1)
EXTERNAL_ID_LENGTH = 80
TOKEN_LENGTH = 1_000


class NotIdentified(Exception):
    """Unsigned, wrongly signed, expired, or of another site: nobody is believed."""


def external_id_in(token: str, *, host: str, at: datetime) -> str:
    """Whom the site `host` vouches for. Raises NotIdentified."""
    key = sites.find_key(host)
    if key is None or len(token) > TOKEN_LENGTH or token.count(".") != 2:
        raise NotIdentified
    signed, _dot, signature = token.rpartition(".")
    expected = hmac.digest(key.encode(), signed.encode(), sha256)
    if not hmac.compare_digest(expected, _decoded(signature)):
        raise NotIdentified
    header, claims = (_object_in(part) for part in signed.split("."))
    if header.get("alg") != "HS256":
        raise NotIdentified
    _refuse_unless_current(claims.get("exp"), at)
    external_id = claims.get("sub")
    if not isinstance(external_id, str) or not _is_external_id(external_id):
        raise NotIdentified
    return external_id


def find_customer_id(external_id: str) -> int | None:
    return (
        Customer.objects.filter(external_id=external_id, erased_at=None)
        .values_list("pk", flat=True)
        .first()
    )


@transaction.atomic
def get_to_know(external_id: str, *, host: str, at: datetime) -> int | None:
    """The customer's id; one of whom only the site knew is made known. None for one who
    was erased: their answers stay anonymous."""
    customer, is_new = Customer.objects.get_or_create(
        external_id=external_id, defaults={"created_at": at}
    )
    if is_new:
        outbox.record(
            "customer.created",
            subject=("customer", customer.pk),
            at=at,
            payload={"external_id": external_id, "site": host},
        )
    return None if customer.erased_at else customer.pk


def _refuse_unless_current(expires: object, at: datetime) -> None:
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        raise NotIdentified
    now = at.timestamp()
    if not now < expires <= now + HOLDS_AT_MOST.total_seconds():
        raise NotIdentified


def _is_external_id(words: str) -> bool:
    return 0 < len(words) <= EXTERNAL_ID_LENGTH and "\x00" not in words


def _object_in(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_decoded(part))
    except (ValueError, RecursionError) as error:
        raise NotIdentified from error
    if not isinstance(found, dict):
        raise NotIdentified
    return found


def _decoded(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (Base64Error, ValueError) as error:
        raise NotIdentified from error
