"""The doorbell: one ring per drain, and silence when Valkey is away."""

from time import monotonic

import pytest
import redis

from events import doorbell


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When a worker was called; the bell is reset before."""
    called: list[float] = []
    monkeypatch.setattr(doorbell, "_send", lambda: called.append(monotonic()))
    monkeypatch.setattr(doorbell, "_quiet_until", 0.0)
    doorbell.answer()
    return called


class TestTheDoorbell:
    def test_calls_once_until_it_is_answered(self, rings: list[float]) -> None:
        for _ in range(5):
            doorbell.ring()
        assert len(rings) == 1
        doorbell.answer()
        doorbell.ring()
        assert len(rings) == 2

    def test_can_be_rung_again_when_nobody_answers(self, rings: list[float]) -> None:
        doorbell.ring()
        assert 0 < doorbell.valkey().pttl(doorbell.KEY) <= doorbell.PRESSED_MS

    def test_never_raises_nor_waits_without_valkey(
        self, rings: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = redis.Redis.from_url("redis://127.0.0.1:1/0")
        monkeypatch.setattr(doorbell, "valkey", lambda: closed)
        started = monotonic()
        for _ in range(100):
            doorbell.ring()
        doorbell.answer()
        assert monotonic() - started < 1
        assert rings == []

    def test_rings_again_after_a_rest(
        self, rings: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = redis.Redis.from_url("redis://127.0.0.1:1/0")
        with monkeypatch.context() as away:
            away.setattr(doorbell, "valkey", lambda: closed)
            doorbell.ring()
        doorbell.ring()
        assert rings == []
        monkeypatch.setattr(doorbell, "_quiet_until", 0.0)
        doorbell.ring()
        assert len(rings) == 1
