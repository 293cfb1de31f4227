"""How many answers one address may give to one survey."""

import logging
import time

import redis
from django.conf import settings

from events.doorbell import valkey

log = logging.getLogger("cem.surveys")

WINDOW_SECONDS = 60


class TooManyAnswers(Exception):
    """Come back in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many answers, wait {retry_after} s")
        self.retry_after = retry_after


def count_answer(survey_id: int, address: str) -> None:
    """Count one try. Raises TooManyAnswers. Without Valkey everybody may answer:
    losing an answer is worse than letting a flood through for a moment."""
    now = int(time.time())
    window, passed = divmod(now, WINDOW_SECONDS)
    key = f"cem:answers:{survey_id}:{address}:{window}"
    pipeline = valkey().pipeline(transaction=False)
    pipeline.incr(key)
    pipeline.expire(key, WINDOW_SECONDS + 1)
    try:
        count = pipeline.execute()[0]
    except redis.RedisError as error:
        log.warning("Answers are not being counted: %s", error)
        return
    if count > settings.ANSWERS_PER_MINUTE:
        raise TooManyAnswers(WINDOW_SECONDS - passed)
