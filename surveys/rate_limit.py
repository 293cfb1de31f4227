"""How many answers one address may give to one survey in a minute.

Each process counts for itself and tells Valkey in steps of a twentieth of the limit:
customers who answer once cost no round trip, and N processes let through at most N
steps too many. Without Valkey each process keeps the limit alone.
"""

import logging
import threading
import time
from dataclasses import dataclass

import redis
from django.conf import settings

from events.doorbell import valkey

log = logging.getLogger("cem.surveys")

WINDOW_SECONDS = 60
STEPS = 20
# So many pages are saved for one answer that is sent.
PAGES = 10
# The share of the limit from which on an address stands out: a quarter.
CROWDED = 4


class TooManyAnswers(Exception):
    """Come back in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many answers, wait {retry_after} s")
        self.retry_after = retry_after


@dataclass
class _Count:
    told: int = 0  # what all processes have told Valkey, as far as we know
    untold: int = 0


_counts: dict[str, _Count] = {}
_window = 0
# A process has several threads: what two of them told twice would be counted twice.
_counting = threading.Lock()


def count_answer(survey_id: int, address: str) -> None:
    """Count one try. Raises TooManyAnswers."""
    _count(f"{survey_id}:{address}", settings.ANSWERS_PER_MINUTE)


def count_page(survey_id: int, address: str) -> None:
    """Count one page that was filled in on the way. Raises TooManyAnswers."""
    _count(f"{survey_id}:{address}:pages", PAGES * settings.ANSWERS_PER_MINUTE)


def is_crowded(survey_id: int, address: str) -> bool:
    """Whether so many came from there this minute that one may wonder, though fewer than
    are refused."""
    window = int(time.time()) // WINDOW_SECONDS
    count = _counts.get(f"cem:answers:{survey_id}:{address}:{window}")
    crowd = settings.ANSWERS_PER_MINUTE // CROWDED
    return count is not None and count.told + count.untold > crowd


def _count(what: str, limit: int) -> None:
    window, passed = divmod(int(time.time()), WINDOW_SECONDS)
    key = f"cem:answers:{what}:{window}"
    with _counting:
        _start(window)
        count = _counts.setdefault(key, _Count())
        count.untold += 1
        news = count.untold if count.untold >= max(1, limit // STEPS) else 0
        count.untold -= news
        count.told += news
    if news:
        _tell(key, count, news)
    if count.told + count.untold > limit:
        raise TooManyAnswers(WINDOW_SECONDS - passed)


def _start(window: int) -> None:
    global _window
    if window != _window:
        _window = window
        _counts.clear()


def _tell(key: str, count: _Count, news: int) -> None:
    pipeline = valkey().pipeline(transaction=False)
    pipeline.incrby(key, news)
    pipeline.expire(key, WINDOW_SECONDS + 1)
    try:
        told = pipeline.execute()[0]
    except redis.RedisError as error:
        log.warning("Answers are counted in this process only: %s", error)
        return
    with _counting:
        # The answer to a later telling may have come first.
        count.told = max(count.told, told)
