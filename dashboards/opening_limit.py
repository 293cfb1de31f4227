"""How often one address may open share links in a minute; counted in Valkey.

Guessing a link's secret is hopeless anyway; this keeps a loop from costing a page each
time. Without Valkey nobody counts, and the pages open.
"""

import logging
import time

import redis

from events.doorbell import valkey

log = logging.getLogger("cem.dashboards")

WINDOW = 60  # seconds
MOST = 60


def seconds_to_wait(address: str) -> int:
    """Count one opening; 0 where it is allowed."""
    window, passed = divmod(int(time.time()), WINDOW)
    key = f"cem:openings:{address}:{window}"
    pipeline = valkey().pipeline(transaction=False)
    pipeline.incr(key)
    pipeline.expire(key, WINDOW + 1)
    try:
        openings = int(pipeline.execute()[0])
    except redis.RedisError as error:
        log.warning("Openings of share links are not counted: %s", error)
        return 0
    return WINDOW - passed if openings > MOST else 0
