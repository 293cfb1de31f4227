"""Whether somebody answers a second time, where a survey asks for one answer each.

A customer who has answered is refused; on an anonymous device nobody can be sure, so a
second answer is only flagged. No cookie is set: what is remembered of a device is a
keyed hash that means nothing in another survey.
"""

import hmac
import logging
from datetime import timedelta
from functools import cache
from hashlib import sha256
from uuid import UUID

import redis
from django.conf import settings

from customers.models import Customer
from events.doorbell import valkey
from surveys.models import Response

log = logging.getLogger("cem.surveys")

REMEMBERED_FOR = timedelta(days=90)


def has_answered(survey_id: int, customer_id: int, *, but: UUID | None = None) -> bool:
    """Whether an answer of this customer counts, other than the response `but`."""
    given = Response.objects.counted().filter(
        survey_id=survey_id, customer_id=customer_id
    )
    others = given.exclude(id=but) if but else given
    return others.exists()


def wait_in_line(customer_id: int) -> None:
    """Inside a transaction: parallel answers of one customer come one after the other."""
    locked = Customer.objects.select_for_update(no_key=True).filter(id=customer_id)
    list(locked.values_list("id"))


def is_known_device(
    survey_id: int, *, address: str, browser: str, response_id: UUID
) -> bool:
    """Remember that this device has answered; whether it had before, with another
    response. False where nobody knows."""
    words = f"{survey_id}\n{address}\n{browser}".encode()
    device = hmac.digest(_key(), words, sha256).hex()[:32]
    try:
        first = valkey().set(
            f"cem:device:{survey_id}:{device}",
            str(response_id),
            nx=True,
            get=True,
            ex=REMEMBERED_FOR,
        )
    except redis.RedisError as error:
        log.warning("Nobody knows whether a device has answered before: %s", error)
        return False
    return first is not None and UUID(_text(first)) != response_id


def _text(found: object) -> str:
    return found.decode() if isinstance(found, bytes) else str(found)


@cache
def _key() -> bytes:
    return sha256(b"cem.surveys.device:" + settings.SECRET_KEY.encode()).digest()
