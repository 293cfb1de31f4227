"""Weights to the customer base, against numbers worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.raking import (
    LARGEST,
    SMALLEST,
    CannotWeight,
    Cell,
    effective_n,
    index,
    rake,
    weighted_nps,
)

ONE = [{"gold": 50.0, "standard": 50.0}]
TWO = [{"gold": 0.4, "standard": 0.6}, {"north": 0.5, "south": 0.5}]


class TestRaking:
    def test_of_one_margin_is_the_share_wanted_over_the_share_there(self) -> None:
        found = rake({("gold",): 20, ("standard",): 80}, ONE)
        assert found.by_cell[("gold",)] == pytest.approx(2.5)
        assert found.by_cell[("standard",)] == pytest.approx(0.625)
        # (20 × 2.5 + 80 × 0.625)² ÷ (20 × 2.5² + 80 × 0.625²) = 100² ÷ 156.25
        assert found.effective_n == pytest.approx(64)
        assert found.is_close
        assert found.trimmed == 0

    def test_of_two_margins_converges_to_both(self) -> None:
        answers: dict[Cell, int] = {
            ("gold", "north"): 10,
            ("gold", "south"): 20,
            ("standard", "north"): 50,
            ("standard", "south"): 20,
        }
        found = rake(answers, TWO)
        weighted = {cell: w * answers[cell] for cell, w in found.by_cell.items()}
        assert found.is_close
        assert sum(weighted.values()) == pytest.approx(100)
        gold = weighted["gold", "north"] + weighted["gold", "south"]
        north = weighted["gold", "north"] + weighted["standard", "north"]
        assert (gold, north) == (
            pytest.approx(40, abs=1e-3),
            pytest.approx(50, abs=1e-3),
        )
        # Raking keeps the odds ratio of the table it begins with: 10 × 20 ÷ (20 × 50).
        odds = (
            weighted["gold", "north"]
            * weighted["standard", "south"]
            / (weighted["gold", "south"] * weighted["standard", "north"])
        )
        assert odds == pytest.approx(0.2, rel=1e-3)

    def test_changes_nothing_where_the_answers_are_like_the_base(self) -> None:
        found = rake({("gold",): 30, ("standard",): 30}, ONE)
        assert set(found.by_cell.values()) == {1.0}
        assert found.effective_n == 60

    def test_refuses_where_nobody_of_a_group_answered(self) -> None:
        with pytest.raises(CannotWeight) as refusal:
            rake({("standard",): 80}, ONE)
        assert refusal.value.missing == ((0, "gold"),)

    def test_refuses_no_answers_at_all(self) -> None:
        with pytest.raises(ValueError, match="Nobody answered"):
            rake({}, ONE)

    def test_trims_who_would_count_for_too_many(self) -> None:
        found = rake({("gold",): 1, ("standard",): 999}, ONE)
        assert found.trimmed
        assert not found.is_close
        weights = found.by_cell.values()
        assert max(weights) / min(weights) <= LARGEST / SMALLEST + 1e-9

    def test_leaves_out_who_belongs_to_no_group_of_the_base(self) -> None:
        found = rake({("gold",): 10, ("standard",): 10, ("bronze",): 10}, ONE)
        assert ("bronze",) not in found.by_cell

    @given(st.lists(st.integers(5, 60), min_size=4, max_size=4))
    def test_weighs_one_on_average_and_never_gains_answers(
        self, sizes: list[int]
    ) -> None:
        cells: list[Cell] = [(tier, place) for tier in TWO[0] for place in TWO[1]]
        answers = dict(zip(cells, sizes, strict=True))
        found = rake(answers, TWO)
        whole = sum(w * answers[cell] for cell, w in found.by_cell.items())
        assert whole == pytest.approx(sum(sizes))
        assert found.effective_n <= sum(sizes) + 1e-6


class TestTheWeightedNps:
    def test_counts_each_answer_by_its_weight(self) -> None:
        found = rake({("gold",): 20, ("standard",): 80}, ONE)
        # Gold all promoters, standard all detractors: weighted halves cancel out.
        nps = weighted_nps(found, {("gold",): (20, 0, 0), ("standard",): (0, 0, 80)})
        assert nps is not None
        assert nps.value == pytest.approx(0)
        assert nps.n == 100
        assert nps.effective_n == pytest.approx(64)
        assert nps.low == pytest.approx(-nps.high)

    def test_is_the_plain_one_where_all_weigh_the_same(self) -> None:
        found = rake({("gold",): 50, ("standard",): 50}, ONE)
        nps = weighted_nps(
            found, {("gold",): (25, 15, 10), ("standard",): (30, 10, 10)}
        )
        assert nps is not None
        assert nps.value == pytest.approx(35)
        assert nps.effective_n == pytest.approx(100)

    def test_of_nobody_is_none(self) -> None:
        found = rake({("gold",): 50, ("standard",): 50}, ONE)
        assert weighted_nps(found, {}) is None


def test_kish_counts_equal_weights_fully() -> None:
    assert effective_n({("a",): 3.0, ("b",): 3.0}, {("a",): 4, ("b",): 6}) == 10


def test_an_index_of_100_is_as_in_the_base() -> None:
    assert (index(30, 30), index(15, 30)) == (100, 50)
