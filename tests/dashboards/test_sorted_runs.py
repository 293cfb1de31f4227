"""The median of packed runs."""

import statistics
import struct

from hypothesis import given
from hypothesis import strategies as st

from dashboards.sorted_runs import SortedRuns

NUMBERS = st.integers(0, 20) | st.integers(0, 2**31 - 1)
RUNS = st.lists(st.lists(NUMBERS))


def packed(*runs: list[int]) -> bytes:
    return b"".join(struct.pack(f">{len(run) + 1}i", len(run), *run) for run in runs)


class TestMedian:
    @given(RUNS.filter(any))
    def test_is_that_of_the_numbers_written_out(self, runs: list[list[int]]) -> None:
        every = [number for run in runs for number in run]
        found = SortedRuns.unpacked(packed(*map(sorted, runs)))
        assert len(found) == len(every)
        assert found.median() == statistics.median(every)

    def test_is_none_of_nothing(self) -> None:
        for nothing in (packed(), packed([]), packed([], [])):
            assert SortedRuns.unpacked(nothing).median() is None
