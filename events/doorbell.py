"""The doorbell: tells a Celery worker, at most once per drain, that events wait.

Losing a ring costs seconds, never an event: the sweep looks at the rows anyway.
"""

import logging
import time
from functools import cache

import redis
from django.conf import settings
from kombu.exceptions import OperationalError

log = logging.getLogger("cem.events")

KEY = "cem:doorbell"
# Should the worker die between the ring and the drain, the bell can ring again.
PRESSED_MS = 2_000
# After a failed ring, leave the broker alone for a moment instead of waiting on it.
REST_SECONDS = 1.0

_quiet_until = 0.0


@cache
def valkey() -> "redis.Redis[bytes]":
    """This process's Valkey client; connects on first use."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=1
    )


def ring() -> None:
    """Ask for a drain, unless one is already asked for. Never raises."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        if valkey().set(KEY, 1, px=PRESSED_MS, nx=True):
            _send()
    except (redis.RedisError, OperationalError) as error:
        _quiet_until = time.monotonic() + REST_SECONDS
        log.warning("The doorbell is out of order, the sweep will find it: %s", error)


def answer() -> None:
    """Called by the drain before it looks: what commits from now on rings anew."""
    try:
        valkey().delete(KEY)
    except redis.RedisError as error:
        log.warning("The doorbell could not be reset: %s", error)


def _send() -> None:
    from events.tasks import drain  # the task imports the outbox, which imports us

    drain.apply_async(retry=False, ignore_result=True, expires=60)
