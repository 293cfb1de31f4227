"""A small sum that a respondent's browser works out while its owner writes: nothing for
one answer, dear for a million. There is nothing to see, to click or to solve by hand.

The protocol is ALTCHA's (version 1, SHA-256): find `number` with
SHA-256(salt + number) = challenge, for a challenge that we signed. It belongs to one
response id, which is stored once, so a solution cannot be used again; nothing is kept.
"""

import hmac
import json
from base64 import b64decode
from binascii import Error as Base64Error
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings

from surveys.form_tokens import made_at

FIELD = "altcha"
ALGORITHM = "SHA-256"
# Half of it on average: less than a second of a cheap phone's time.
MOST = 30_000
HOLDS_FOR = timedelta(days=30)
LONGEST = 1_000


def challenge_for(response_id: UUID) -> dict[str, Any]:
    """What the page carries."""
    challenge = _challenge(response_id)
    return {
        "algorithm": ALGORITHM,
        "challenge": challenge,
        "maxnumber": MOST,
        "salt": _salt(response_id),
        "signature": _signed(challenge),
    }


def is_solved(payload: str, response_id: UUID, *, at: datetime) -> bool:
    """Whether the payload is the solution to this response's challenge, in time."""
    if at > made_at(response_id) + HOLDS_FOR:
        return False
    given = _read(payload)
    expected = {
        "algorithm": ALGORITHM,
        "challenge": _challenge(response_id),
        "number": _number(response_id),
        "salt": _salt(response_id),
    }
    if any(given.get(name) != value for name, value in expected.items()):
        return False
    signature = str(given.get("signature", ""))
    return hmac.compare_digest(
        signature.encode(), _signed(_challenge(response_id)).encode()
    )


def _read(payload: str) -> dict[str, Any]:
    """Nothing where it cannot be read."""
    if len(payload) > LONGEST:
        return {}
    try:
        found = json.loads(b64decode(payload, validate=True))
    except (Base64Error, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _challenge(response_id: UUID) -> str:
    words = f"{_salt(response_id)}{_number(response_id)}"
    return sha256(words.encode()).hexdigest()


def _salt(response_id: UUID) -> str:
    expires = int((made_at(response_id) + HOLDS_FOR).timestamp())
    return f"{response_id.hex}?expires={expires}&"


def _number(response_id: UUID) -> int:
    """Nobody can know it without the key, and we need not remember it."""
    drawn = hmac.digest(_key(), b"number:" + response_id.bytes, sha256)
    return int.from_bytes(drawn[:8], "big") % (MOST + 1)


def _signed(challenge: str) -> str:
    return hmac.digest(_key(), b"signature:" + challenge.encode(), sha256).hex()


@cache
def _key() -> bytes:
    return sha256(b"cem.surveys.proof:" + settings.SECRET_KEY.encode()).digest()
