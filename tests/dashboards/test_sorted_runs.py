"""The median of packed runs."""

import statistics
import struct
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.sorted_runs import SortedRuns
from surveys.metrics import quantile_ranks
from surveys.quantiles import quantile

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


class TestMiddle:
    @given(RUNS, st.sampled_from([0.5, 0.9]), st.integers(-1, 25))
    def test_is_that_of_the_numbers_written_out(
        self, runs: list[list[int]], share: float, number: int
    ) -> None:
        every = sorted(number for run in runs for number in run)
        found = SortedRuns.unpacked(packed(*map(sorted, runs)))
        assert found.above(number) == sum(each > number for each in every)
        middle = found.middle(share)
        if middle is None:
            assert not every
            return
        assert middle.value == pytest.approx(quantile(Counter(every), share))
        assert middle.low <= middle.value <= middle.high
        low, high = quantile_ranks(len(every), share)
        assert (middle.low, middle.high) == (every[low], every[high])
