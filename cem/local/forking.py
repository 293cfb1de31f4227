"""Before a server forks: what it has loaded is to stay one copy for all its children."""

from __future__ import annotations

import gc

import billiard.pool
from celery.signals import worker_before_create_process

# Tenths of a second that an ending child waits until its last result is noted. A worker
# that stops forgets what it had only just handed over, so nobody would ever note that
# one, and by default the child waits for half a minute (billiard 4.3).
billiard.pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 10


# New objects until the collector looks for cycles among them: by default 700, and a
# page makes tens of thousands that nearly all go by themselves.
_NEW_OBJECTS = 10_000


@worker_before_create_process.connect
def share_memory(**_: object) -> None:
    """Hide all that lives now from the collector, whose marks would copy every page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
