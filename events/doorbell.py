"""The doorbell: tells a Celery worker, at most once per drain, that events wait.

Losing a ring costs seconds, never an event: the sweep looks at the rows anyway.
"""

import atexit
import logging
import os
import threading
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

# Rings closer together than this are one. The more is going on, the more answers one
# ring stands for: whoever answers pays for the ringing, and a busy worker looks anyway.
DEBOUNCE_SECONDS = 0.005
LONGEST_DEBOUNCE_SECONDS = 0.02

_quiet_until = 0.0
_ringer: "_Ringer | None" = None


@cache
def valkey() -> redis.Redis:
    """This process's Valkey client; connects on first use."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=1
    )


def ring_soon() -> None:
    """Ask for a drain without waiting for Valkey: whoever answered is not kept."""
    global _ringer
    if _ringer is None:
        _ringer = _Ringer()
        _ringer.start()
    _ringer.wanted.set()


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


class _Ringer(threading.Thread):
    """Rings for this process, once for everything that committed meanwhile."""

    def __init__(self) -> None:
        super().__init__(name="doorbell", daemon=True)
        self.wanted = threading.Event()
        # A process that ends right after its commit still rings.
        atexit.register(self.ring_if_wanted)

    def run(self) -> None:
        pause = DEBOUNCE_SECONDS
        while self.wanted.wait():
            self.ring_if_wanted()
            time.sleep(pause)
            is_busy = self.wanted.is_set()
            pause = (
                min(2 * pause, LONGEST_DEBOUNCE_SECONDS)
                if is_busy
                else DEBOUNCE_SECONDS
            )

    def ring_if_wanted(self) -> None:
        if self.wanted.is_set():
            self.wanted.clear()
            ring()


def _forget_ringer() -> None:
    global _ringer
    _ringer = None  # threads do not survive a fork


os.register_at_fork(after_in_child=_forget_ringer)


def _send() -> None:
    from events.tasks import drain  # the task imports the outbox, which imports us

    drain.apply_async(retry=False, ignore_result=True, expires=60)
