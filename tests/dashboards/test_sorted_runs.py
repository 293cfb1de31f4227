"""The median of packed runs."""

import statistics
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.sorted_runs import SortedRuns

NUMBERS = st.integers(0, 20) | st.integers(0, 2**31 - 1)
RUNS = st.lists(st.lists(NUMBERS))


def packed(*runs: list[int]) -> bytes:
    return b"".join(struct.pack(f">{len(run) + 1}i", len(run), *run) for run in runs)


class TestMedian:
    @given(RUNS, st.lists(NUMBERS))
    def test_is_that_of_the_numbers_written_out(
        self, runs: list[list[int]], loose: list[int]
    ) -> None:
        every = [number for run in (*runs, loose) for number in run]
        found = SortedRuns.unpacked(
            packed(*map(sorted, runs)), struct.pack(f">{len(loose)}i", *loose)
        )
        assert len(found) == len(every)
        assert found.median() == (statistics.median(every) if every else None)

    @pytest.mark.parametrize("nothing", [packed(), packed([]), packed([], [])])
    def test_is_none_of_nothing(self, nothing: bytes) -> None:
        assert SortedRuns.unpacked(nothing).median() is None
