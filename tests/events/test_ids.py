"""Time-ordered ids."""

import os
from datetime import UTC, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

import pytest

from events.ids import uuid7


def milliseconds(of: UUID) -> int:
    return of.int >> 80


class TestUuid7:
    def test_is_an_ordinary_uuid_of_version_7(self) -> None:
        made = uuid7()
        assert type(made) is UUID
        assert (made.version, made.variant) == (7, RFC_4122)
        assert UUID(str(made)) == made

    def test_ascends(self) -> None:
        made = [uuid7() for _ in range(5_000)]
        assert made == sorted(made)
        assert len(set(made)) == len(made)

    def test_carries_the_present_time(self) -> None:
        before = datetime.now(UTC)
        age = milliseconds(uuid7()) - before.timestamp() * 1000
        assert -1 <= age < 5_000

    def test_carries_the_time_given(self) -> None:
        at = datetime(2022, 2, 22, 14, 22, 22, tzinfo=timezone(timedelta(hours=-5)))
        # The timestamp of the example in RFC 9562, appendix A.6.
        assert milliseconds(uuid7(at)) == 0x017F22E279B0

    def test_sorts_by_the_time_given(self) -> None:
        start = datetime(2026, 1, 5, 12, tzinfo=UTC)
        made = [uuid7(start + n * timedelta(milliseconds=1)) for n in range(500)]
        assert made == sorted(made)

    def test_differs_for_the_same_time(self) -> None:
        at = datetime(2026, 1, 5, 12, tzinfo=UTC)
        assert len({uuid7(at) for _ in range(1_000)}) == 1_000

    def test_refuses_a_naive_time(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            uuid7(datetime(2026, 1, 5, 12))  # noqa: DTZ001 - the point

    def test_refuses_a_time_before_1970(self) -> None:
        with pytest.raises(ValueError, match="1970"):
            uuid7(datetime(1969, 12, 31, tzinfo=UTC))

    def test_differs_between_forked_workers(self) -> None:
        reading, writing = os.pipe()
        for _ in range(2):
            child = os.fork()
            if child == 0:
                os.write(writing, uuid7().bytes)
                os._exit(0)
            os.waitpid(child, 0)
        os.close(writing)
        made = os.read(reading, 64)
        os.close(reading)
        assert len(made) == 32
        assert made[:16] != made[16:]
