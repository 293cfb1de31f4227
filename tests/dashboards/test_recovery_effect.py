"""Whether closing the loop wins customers back, against numbers worked out by hand."""

import math

import pytest

from dashboards.recovery_effect import Side, effect_of


class TestTheEffect:
    def test_of_one_stratum_is_the_difference_of_its_shares(self) -> None:
        found = effect_of({("nps", 3): (Side(40, 30), Side(20, 9))})
        assert found.in_time is not None
        assert found.late is not None
        assert (found.in_time.value, found.late.value) == (75, 45)
        assert found.difference is not None
        assert found.difference.value == pytest.approx(30)
        # Agresti and Caffo: 31/42 and 10/22.
        p, q = 31 / 42, 10 / 22
        error = 100 * math.sqrt(p * (1 - p) / 42 + q * (1 - q) / 22)
        assert found.difference.z == pytest.approx(30 / error)
        assert found.difference.high == pytest.approx(30 + 1.959964 * error)
        assert found.compared == 60

    def test_compares_like_with_like(self) -> None:
        """Simpson: worse in each stratum, better in the sum; the strata decide."""
        strata = {
            ("nps", 6): (Side(90, 72), Side(10, 9)),
            ("nps", 0): (Side(10, 2), Side(90, 27)),
        }
        found = effect_of(strata)
        assert found.in_time is not None
        assert found.late is not None
        assert found.in_time.value > found.late.value
        assert found.difference is not None
        assert found.difference.value == pytest.approx(-10)

    def test_leaves_out_strata_without_anybody_to_compare_with(self) -> None:
        found = effect_of(
            {("nps", 3): (Side(40, 30), Side(20, 9)), ("csat", 1): (Side(7, 7), Side())}
        )
        assert found.difference is not None
        assert found.difference.value == pytest.approx(30)
        assert found.compared == 60

    def test_is_none_where_one_side_is_missing(self) -> None:
        found = effect_of({("nps", 3): (Side(40, 30), Side())})
        assert found.difference is None
        assert found.late is None
        assert effect_of({}).in_time is None

    def test_of_certain_shares_still_has_an_interval(self) -> None:
        found = effect_of({("nps", 3): (Side(10, 10), Side(10, 0))})
        assert found.difference is not None
        assert found.difference.value == 100
        assert found.difference.low < 100
        assert found.difference.high == 100

    def test_is_hidden_where_a_side_is_small(self) -> None:
        assert effect_of({("nps", 3): (Side(40, 30), Side(4, 1))}).is_hidden
        assert not effect_of({("nps", 3): (Side(40, 30), Side(5, 1))}).is_hidden
