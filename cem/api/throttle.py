"""How many calls one token may make in a minute; counted in Valkey."""

import logging
import time
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports us

from events.doorbell import valkey
from teams.models import ApiToken

log = logging.getLogger("cem.api")

WINDOW = 60  # seconds
# After a failed count, leave Valkey alone for a moment instead of waiting on it.
REST_SECONDS = 1.0

_quiet_until = 0.0


class PerToken(BaseThrottle):
    """Fails open: without Valkey nobody counts, and calls go on."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, ApiToken):
            return True
        return _count(request.auth.pk) <= settings.API_CALLS_PER_MINUTE

    def wait(self) -> float:
        return WINDOW - time.time() % WINDOW


def _count(token_id: int) -> int:
    """Calls of this token in the running minute, this one included; 0 = unknown."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return 0
    key = f"cem:api-calls:{token_id}:{int(time.time() // WINDOW)}"
    try:
        calls = valkey().pipeline(transaction=False)
        calls.incr(key)
        calls.expire(key, WINDOW * 2)
        return int(calls.execute()[0])
    except redis.RedisError as error:
        _quiet_until = time.monotonic() + REST_SECONDS
        log.warning("API calls are not counted: %s", error)
        return 0
