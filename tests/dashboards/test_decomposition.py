"""Why a number moved: parts that sum exactly, whatever the segments are."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.decomposition import (
    NOBODY,
    Decomposition,
    Group,
    decompose,
    rounded_to_sum,
)


def group(promoters: int, passives: int, detractors: int) -> Group:
    n = promoters + passives + detractors
    return Group(n, 100 * (promoters - detractors), 10_000 * (promoters + detractors))


groups = st.builds(group, st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
periods = st.dictionaries(st.integers(0, 12), groups, min_size=1).filter(
    lambda segments: any(g.n for g in segments.values())
)


class TestDecompose:
    def test_calls_a_segment_that_moved_rate(self) -> None:
        before = {"north": group(5, 0, 5), "south": group(5, 0, 5)}
        after = {"north": group(10, 0, 0), "south": group(5, 0, 5)}
        found = decompose(before, after)
        assert found.change == 50
        assert [(p.key, p.rate, p.mix) for p in found.parts] == [
            ("north", Fraction(50), Fraction(0)),
            ("south", Fraction(0), Fraction(0)),
        ]

    def test_calls_other_people_mix(self) -> None:
        # 50 % of each, then 75 % north: from 0 to +50 although nobody changed.
        before = {"north": group(10, 0, 0), "south": group(0, 0, 10)}
        after = {"north": group(30, 0, 0), "south": group(0, 0, 10)}
        found = decompose(before, after)
        # Half of a quarter more times 100 - 25, and a quarter less times -100 - 25.
        assert found.change == 50
        assert found.rate == 0
        assert [p.mix for p in found.parts] == [Fraction(75, 4), Fraction(125, 4)]

    def test_takes_a_mean_of_the_weights(self) -> None:
        before = {"a": group(2, 6, 0), "b": group(1, 1, 0)}
        after = {"a": group(2, 0, 0), "b": group(2, 4, 2)}
        found = decompose(before, after)
        first, second = found.parts
        # a: weight 0.8 and 0.2, 25 and 100 points; b: 0.2 and 0.8, 50 and 0 points.
        assert (found.before, found.after) == (Fraction(30), Fraction(20))
        assert found.change == -10
        assert first.rate == Fraction(1, 2) * 75
        assert second.rate == Fraction(1, 2) * -50
        assert first.mix == Fraction(-6, 10) * (Fraction(125, 2) - 25)
        assert second.mix == Fraction(6, 10) * (25 - 25)

    def test_gives_a_segment_of_one_period_mix_alone(self) -> None:
        found = decompose({"old": group(0, 1, 1)}, {"new": group(1, 1, 0)})
        assert found.rate == 0
        assert found.mix == found.change == 100

    def test_leaves_out_who_never_answered(self) -> None:
        found = decompose({"a": group(1, 0, 0), "b": NOBODY}, {"a": group(0, 1, 0)})
        assert [part.key for part in found.parts] == ["a"]

    @pytest.mark.parametrize("segments", [{}, {"a": NOBODY}])
    def test_refuses_a_period_without_answers(self, segments: dict[str, Group]) -> None:
        with pytest.raises(ValueError, match="both periods"):
            decompose(segments, {"a": group(1, 0, 0)})

    @given(periods, periods)
    def test_sums_to_the_change_exactly(
        self, before: dict[int, Group], after: dict[int, Group]
    ) -> None:
        found = decompose(before, after)
        assert sum(part.effect for part in found.parts) == found.change
        assert found.rate + found.mix == found.change

    @given(periods, periods, st.randoms())
    def test_does_not_mind_the_order_of_segments(
        self, before: dict[int, Group], after: dict[int, Group], dice: object
    ) -> None:
        shuffled = [list(side.items()) for side in (before, after)]
        for side in shuffled:
            dice.shuffle(side)  # type: ignore[attr-defined]
        found = decompose(dict(shuffled[0]), dict(shuffled[1]))
        assert by_key(found) == by_key(decompose(before, after))

    @given(periods, periods)
    def test_does_not_mind_segments_without_answers(
        self, before: dict[int, Group], after: dict[int, Group]
    ) -> None:
        found = decompose({**before, 99: NOBODY}, {**after, 98: NOBODY})
        assert by_key(found) == by_key(decompose(before, after))


def by_key(found: Decomposition[int]) -> dict[int, tuple[Fraction, Fraction]]:
    return {part.key: (part.rate, part.mix) for part in found.parts}


class TestConcentration:
    def test_is_nothing_where_all_moved_alike(self) -> None:
        before = {"a": group(5, 0, 5), "b": group(50, 0, 50)}
        after = {"a": group(8, 0, 2), "b": group(80, 0, 20)}
        assert decompose(before, after).concentration == pytest.approx(0)

    def test_is_what_sits_elsewhere_than_by_size(self) -> None:
        # All 30 points of the change in one of two equal segments: 15 too many there.
        before = {"a": group(50, 0, 50), "b": group(50, 0, 50)}
        after = {"a": group(80, 0, 20), "b": group(50, 0, 50)}
        found = decompose(before, after)
        assert found.concentration == pytest.approx(15)
        assert 0 < found.concentration_by_chance < 5

    def test_by_chance_grows_with_the_number_of_small_segments(self) -> None:
        few = {key: group(50, 0, 50) for key in range(2)}
        many = {key: group(5, 0, 5) for key in range(20)}
        by_chance = [decompose(s, s).concentration_by_chance for s in (few, many)]
        assert by_chance[0] < by_chance[1]


class TestRoundedToSum:
    @pytest.mark.parametrize(
        ("values", "rounded"),
        [
            ([Fraction(1, 3)] * 3, [0.4, 0.3, 0.3]),
            ([Fraction(-1, 3)] * 3, [-0.3, -0.3, -0.4]),
            ([Fraction(1, 20), Fraction(1, 20)], [0.1, 0.0]),
            ([], []),
        ],
    )
    def test_adds_up(self, values: list[Fraction], rounded: list[float]) -> None:
        assert rounded_to_sum(values) == pytest.approx(rounded)

    @given(st.lists(st.fractions(-500, 500, max_denominator=10_000)))
    def test_is_never_a_unit_off(self, values: list[Fraction]) -> None:
        found = rounded_to_sum(values)
        whole = sum(round(value * 10) for value in found)
        assert abs(whole - sum(values, Fraction(0)) * 10) <= Fraction(1, 2)
        for value, rounded in zip(values, found, strict=True):
            assert abs(Fraction(round(rounded * 10), 10) - value) < Fraction(1, 10)
