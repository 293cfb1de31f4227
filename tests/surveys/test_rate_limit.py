"""The limit of answers from one address: kept, and never counted twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.conf import LazySettings

from surveys import rate_limit

THREADS = 8
EACH = 25


@pytest.fixture
def address(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> str:
    # No minute ends while the test counts.
    monkeypatch.setattr(rate_limit, "WINDOW_SECONDS", 1_000_000)
    settings.ANSWERS_PER_MINUTE = THREADS * EACH
    return f"nobody-else-{uuid4()}"


class TestCountAnswer:
    def test_lets_exactly_the_limit_through_though_threads_count_at_once(
        self, address: str
    ) -> None:
        barrier = Barrier(THREADS)

        def answer(_thread: int) -> None:
            barrier.wait(10)
            for _ in range(EACH):
                rate_limit.count_answer(1, address)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(answer, range(THREADS)))
        with pytest.raises(rate_limit.TooManyAnswers):
            rate_limit.count_answer(1, address)

    def test_counts_surveys_and_addresses_apart(
        self, address: str, settings: LazySettings
    ) -> None:
        settings.ANSWERS_PER_MINUTE = 1
        rate_limit.count_answer(1, address)
        rate_limit.count_answer(2, address)
        rate_limit.count_answer(1, f"{address}-2")
        with pytest.raises(rate_limit.TooManyAnswers):
            rate_limit.count_answer(2, address)
