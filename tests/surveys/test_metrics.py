"""The numbers by hand-computed tables, by published examples and by properties.

"scipy" and "statsmodels" name the offline sources of literal values: scipy 1.17,
statsmodels 0.15 (`proportion_confint`, `confint_proportions_2indep(method="newcomb")`,
`proportions_ztest`, `multipletests(method="fdr_bh")`, `scipy.stats.t.interval`).
"""

from collections.abc import Callable, Mapping
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import metrics
from surveys.metrics import Score, ShareScore

Counts = Mapping[int, int]


def groups(promoters: int, passives: int, detractors: int) -> Counts:
    return {10: promoters, 7: passives, 3: detractors}


def share_of(part: int, whole: int) -> ShareScore:
    found = metrics.share(part, whole)
    assert found is not None
    return found


class TestNpsGroup:
    @pytest.mark.parametrize(
        ("score", "group"),
        [
            (0, "detractor"),
            (6, "detractor"),
            (7, "passive"),
            (8, "passive"),
            (9, "promoter"),
            (10, "promoter"),
        ],
    )
    def test_splits_the_scale(self, score: int, group: str) -> None:
        assert metrics.nps_group(score) == group

    @pytest.mark.parametrize("score", [-1, 11, 6.5, True, "9", None])
    def test_refuses_what_is_no_score(self, score: int) -> None:
        with pytest.raises(ValueError, match="0-10 scale"):
            metrics.nps_group(score)


class TestNps:
    def test_counts_the_groups(self) -> None:
        score = metrics.nps({0: 1, 6: 2, 7: 3, 8: 4, 9: 5, 10: 6})
        assert score is not None
        assert (score.promoters, score.passives, score.detractors) == (11, 7, 3)
        assert score.n == 21
        assert score.value == pytest.approx(100 * 8 / 21)

    @pytest.mark.parametrize(
        ("counts", "value", "low", "high"),
        [
            # By hand for 2 promoters, 1 passive, 1 detractor: n' = 7, P' = 2.75/7,
            # D' = 1.75/7, difference 1/7, SE = sqrt((4.5/7 - 1/49)/7) = 0.298197.
            (groups(2, 1, 1), 25.0, -44.1598, 72.7312),
            # METRICS' formula evaluated with numpy and scipy.stats.norm.
            (groups(5, 3, 2), 30.0, -19.0506, 65.2045),
            (groups(15, 9, 6), 30.0, 0.6813, 53.8642),
            (groups(50, 30, 20), 30.0, 14.0511, 44.2013),
            (groups(500, 300, 200), 30.0, 25.0770, 34.7435),
            (groups(60, 25, 15), 45.0, 29.3431, 58.0355),
            # Clipped at the end of the scale.
            (groups(10, 0, 0), 100.0, 47.5036, 100.0),
            (groups(0, 0, 10), -100.0, -100.0, -47.5036),
            (groups(0, 10, 0), 0.0, -18.4650, 18.4650),
        ],
    )
    def test_has_an_adjusted_wald_interval(
        self, counts: Counts, value: float, low: float, high: float
    ) -> None:
        score = metrics.nps(counts)
        assert score is not None
        assert score.value == value
        assert (score.low, score.high) == pytest.approx((low, high), abs=5e-5)

    @pytest.mark.parametrize(
        ("n", "margin"),
        [(10, 42), (30, 27), (50, 21), (100, 15), (200, 11), (400, 8), (1000, 5)],
    )
    def test_shows_how_little_a_small_sample_says(self, n: int, margin: int) -> None:
        score = metrics.nps(groups(n // 2, n * 3 // 10, n // 5))
        assert score is not None
        assert round(score.margin) == margin

    def test_is_none_where_nobody_answered(self) -> None:
        assert metrics.nps({}) is None
        assert metrics.nps({0: 0, 10: 0}) is None

    def test_narrows_with_less_confidence(self) -> None:
        sure, guess = (
            metrics.nps(groups(50, 30, 20), confidence=confidence)
            for confidence in (0.99, 0.8)
        )
        assert sure is not None
        assert guess is not None
        assert sure.margin > guess.margin
        # z(0.8) = 1.281552, SE = 7.691510
        assert guess.margin == pytest.approx(9.857070, abs=1e-5)


class TestShare:
    @pytest.mark.parametrize(
        ("part", "whole", "low", "high"),
        [
            # Newcombe 1998 (single proportions), table I, method 3: .2553-.3662, .0624-.1605
            (81, 263, 25.5289, 36.6210),
            (15, 148, 6.2386, 16.0487),
            # statsmodels
            (40, 50, 66.9629, 88.7562),
            (8, 10, 49.0162, 94.3318),
            (0, 10, 0.0, 27.7533),
            (10, 10, 72.2467, 100.0),
            (1, 1, 20.6549, 100.0),
        ],
    )
    def test_has_a_wilson_interval(
        self, part: int, whole: int, low: float, high: float
    ) -> None:
        share = share_of(part, whole)
        assert (share.low, share.high) == pytest.approx((low, high), abs=5e-5)
        assert (share.value, share.n, share.top) == (100 * part / whole, whole, part)

    @pytest.mark.parametrize(
        ("confidence", "low", "high"),
        [(0.9, 69.26736, 87.65265), (0.99, 62.35053, 90.62034)],
    )
    def test_follows_the_confidence_asked(
        self, confidence: float, low: float, high: float
    ) -> None:
        share = metrics.share(40, 50, confidence=confidence)  # statsmodels
        assert share is not None
        assert (share.low, share.high) == pytest.approx((low, high), abs=5e-5)

    def test_is_none_of_nothing(self) -> None:
        assert metrics.share(0, 0) is None

    @pytest.mark.parametrize(
        ("part", "whole"), [(3, 2), (-1, 2), (1, -2), (1.0, 2), (True, 2), (1, "2")]
    )
    def test_refuses_what_is_no_share(self, part: int, whole: int) -> None:
        with pytest.raises(ValueError, match="no share"):
            metrics.share(part, whole)

    @pytest.mark.parametrize("confidence", [0, 1, 95, -0.5])
    def test_refuses_an_impossible_confidence(self, confidence: float) -> None:
        with pytest.raises(ValueError, match="confidence"):
            metrics.share(1, 2, confidence=confidence)


class TestCsat:
    def test_is_the_share_of_fours_and_fives_with_the_mean_beside_it(self) -> None:
        score = metrics.csat({1: 2, 2: 3, 3: 5, 4: 20, 5: 20})
        assert score is not None
        assert (score.value, score.top, score.n) == (80.0, 40, 50)
        assert (score.low, score.high) == pytest.approx((66.9629, 88.7562), abs=5e-5)
        assert score.mean == pytest.approx(4.06)
        # scipy
        interval = (score.mean_low, score.mean_high)
        assert interval == pytest.approx((3.75940, 4.36060), abs=1e-4)

    @pytest.mark.parametrize(
        ("top", "scale", "value"),
        [(1, 5, 10.0), (2, 5, 30.0), (3, 5, 60.0), (2, 4, 70.0)],
    )
    def test_takes_another_top_or_scale(
        self, top: int, scale: int, value: float
    ) -> None:
        counts = (
            {1: 10, 2: 20, 3: 30, 4: 40} if scale == 4 else {1: 4, 3: 3, 4: 2, 5: 1}
        )
        score = metrics.csat(counts, top=top, scale=scale)
        assert score is not None
        assert score.value == pytest.approx(value)

    @pytest.mark.parametrize("top", [0, 5, 6])
    def test_refuses_a_top_that_is_no_part_of_the_scale(self, top: int) -> None:
        with pytest.raises(ValueError, match="no part"):
            metrics.csat({5: 1}, top=top)

    @pytest.mark.parametrize(
        ("counts", "low", "high"),
        [
            # scipy; t(4) = 2.776445 for the first, exact t for two and three answers
            ({4: 3, 5: 2}, 3.719913, 5.0),
            ({3: 1, 5: 1}, 1.0, 5.0),
            ({2: 1, 4: 1, 5: 1}, 1.0, 5.0),
            ({4: 1}, 1.0, 5.0),
            ({4: 9}, 4.0, 4.0),
        ],
    )
    def test_keeps_the_interval_of_the_mean_on_the_scale(
        self, counts: Counts, low: float, high: float
    ) -> None:
        score = metrics.csat(counts)
        assert score is not None
        assert (score.mean_low, score.mean_high) == pytest.approx((low, high), abs=5e-4)


class TestCes:
    def test_is_the_share_of_five_to_seven_on_the_long_scale(self) -> None:
        score = metrics.ces({1: 4, 2: 6, 3: 10, 4: 15, 5: 30, 6: 25, 7: 10})
        assert score is not None
        assert (score.value, score.top, score.n) == (65.0, 65, 100)
        assert score.mean == pytest.approx(4.76)

    def test_is_the_share_of_four_and_five_on_the_short_scale(self) -> None:
        score = metrics.ces({3: 5, 4: 3, 5: 2}, scale=5)
        assert score is not None
        assert (score.value, score.top) == (50.0, 5)

    def test_gives_the_mean_its_t_interval(self) -> None:
        counts = {1: 4, 2: 6, 3: 10, 4: 15, 5: 30, 6: 25, 7: 10}
        score = metrics.ces(counts, confidence=0.99)
        assert score is not None
        # scipy
        interval = (score.mean_low, score.mean_high)
        assert interval == pytest.approx((4.357735, 5.162265), abs=1e-4)

    def test_refuses_another_scale(self) -> None:
        with pytest.raises(ValueError, match="1-7 or 1-5"):
            metrics.ces({5: 1}, scale=10)


class TestEveryScore:
    @pytest.mark.parametrize("measure", [metrics.nps, metrics.csat, metrics.ces])
    @pytest.mark.parametrize(
        "counts",
        [
            {11: 1},
            {-1: 1},
            {4.5: 1},
            {4.0: 1},
            {True: 1},
            {"5": 1},
            {5: -1},
            {5: 1.0},
            {5: True},
            {5: None},
            {11: 0},
        ],
    )
    def test_refuses_what_cannot_have_been_answered(
        self, measure: Callable[[Counts], Score | None], counts: Counts
    ) -> None:
        with pytest.raises(ValueError, match=r"no score|whole number"):
            measure(counts)

    @pytest.mark.parametrize("measure", [metrics.csat, metrics.ces])
    def test_has_no_zero_on_a_scale_from_one(
        self, measure: Callable[[Counts], Score | None]
    ) -> None:
        with pytest.raises(ValueError, match="no score"):
            measure({0: 1})

    @pytest.mark.parametrize(
        ("n", "hidden", "low_base"),
        [(4, True, True), (5, False, True), (29, False, True), (200, False, False)],
    )
    def test_says_when_it_rests_on_too_little(
        self, n: int, hidden: bool, low_base: bool
    ) -> None:
        score = metrics.csat({3: n // 2, 5: n - n // 2})
        assert score is not None
        assert (score.is_hidden, score.is_low_base) == (hidden, low_base)

    def test_marks_a_wide_interval_also_above_thirty_answers(self) -> None:
        wide, narrow = metrics.nps(groups(20, 0, 20)), metrics.nps(groups(39, 1, 0))
        assert wide is not None
        assert narrow is not None
        assert (wide.is_low_base, narrow.is_low_base) == (True, False)


class TestRates:
    def test_response_rate_counts_kept_partials(self) -> None:
        rate = metrics.response_rate(completed=30, kept_partials=10, delivered=200)
        assert rate is not None
        assert (rate.value, rate.n) == (20.0, 200)

    def test_completion_rate_is_of_the_started(self) -> None:
        rate = metrics.completion_rate(completed=30, started=40)
        assert rate is not None
        assert rate.value == 75.0

    def test_abandonment_rate_is_of_those_who_reached_the_page(self) -> None:
        rate = metrics.abandonment_rate(left=3, reached=12)
        assert rate is not None
        assert rate.value == 25.0

    def test_are_none_before_anything_happened(self) -> None:
        assert metrics.response_rate(0, 0, 0) is None

    def test_refuse_more_answers_than_invitations(self) -> None:
        with pytest.raises(ValueError, match="no share"):
            metrics.response_rate(completed=8, kept_partials=3, delivered=10)


class TestNpsDifference:
    def test_is_the_first_less_the_second_with_interval_and_test(self) -> None:
        # 30 less 10; adjusted Wald errors of both sides, computed with numpy and scipy.
        change = metrics.nps_difference(groups(50, 30, 20), groups(40, 30, 30))
        assert change.value == 20.0
        assert (change.low, change.high) == pytest.approx(
            (-1.96907, 41.96907), abs=5e-5
        )
        assert change.z == pytest.approx(1.784294, abs=5e-7)
        assert change.p_value == pytest.approx(0.074376, abs=5e-7)
        assert not change.is_significant

    def test_is_significant_on_ten_times_the_answers(self) -> None:
        change = metrics.nps_difference(groups(500, 300, 200), groups(400, 300, 300))
        assert change.is_significant

    def test_stays_within_two_hundred_points(self) -> None:
        change = metrics.nps_difference(groups(3, 0, 0), groups(0, 0, 3))
        assert (change.value, change.high) == (200.0, 200.0)

    def test_needs_answers_on_both_sides(self) -> None:
        with pytest.raises(ValueError, match="both sides"):
            metrics.nps_difference(groups(1, 1, 1), {})


class TestShareDifference:
    @pytest.mark.parametrize(
        ("a", "b", "low", "high"),
        [
            # Newcombe 1998 (differences), table II, method 10; statsmodels agrees.
            ((56, 70), (48, 80), 5.24, 33.39),
            ((6, 7), (2, 7), 5.82, 80.62),
            ((5, 56), (0, 29), -3.81, 19.26),
            ((0, 10), (0, 20), -16.11, 27.75),
            ((10, 10), (0, 20), 67.91, 100.00),
        ],
    )
    def test_has_newcombes_interval(
        self, a: tuple[int, int], b: tuple[int, int], low: float, high: float
    ) -> None:
        change = metrics.share_difference(share_of(*a), share_of(*b))
        assert (change.low, change.high) == pytest.approx((low, high), abs=0.005)

    @pytest.mark.parametrize(
        ("a", "b", "z", "p_value"),
        [
            # statsmodels
            ((56, 70), (48, 80), 2.650172, 0.00804508),
            ((9, 10), (3, 10), 2.738613, 0.00616990),
            ((5, 56), (0, 29), 1.658649, 0.09718657),
            # Nothing varies: nothing to test.
            ((0, 10), (0, 20), 0.0, 1.0),
            ((10, 10), (20, 20), 0.0, 1.0),
        ],
    )
    def test_has_the_pooled_test(
        self, a: tuple[int, int], b: tuple[int, int], z: float, p_value: float
    ) -> None:
        change = metrics.share_difference(share_of(*a), share_of(*b))
        assert change.z == pytest.approx(z, abs=5e-7)
        assert change.p_value == pytest.approx(p_value, abs=5e-8)

    def test_compares_two_csat_scores(self) -> None:
        before = metrics.csat({1: 32, 5: 48})
        after = metrics.csat({1: 14, 5: 56})
        assert before is not None
        assert after is not None
        assert metrics.share_difference(after, before).value == pytest.approx(20.0)


class TestAdjustedPValues:
    def test_follows_benjamini_and_hochberg(self) -> None:
        # The fifteen p-values of Benjamini and Hochberg 1995, section 4; statsmodels.
        p_values = [
            *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
            *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
        ]
        adjusted = metrics.adjusted_p_values(p_values)
        assert adjusted == pytest.approx(
            [
                *(0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571, 0.0638571),
                *(0.0645, 0.0765, 0.486, 0.5811818, 0.714875, 0.7532308),
                *(0.8132143, 1.0),
            ],
            abs=5e-8,
        )
        # As in the paper, the first four are significant at 5 %.
        assert sum(p < 0.05 for p in adjusted) == 4

    def test_keeps_the_order_given(self) -> None:
        adjusted = metrics.adjusted_p_values([0.5, 0.001, 0.02])
        assert adjusted == pytest.approx([0.5, 0.003, 0.03])

    def test_takes_no_tests_at_all(self) -> None:
        assert metrics.adjusted_p_values([]) == []

    @pytest.mark.parametrize("p_value", [-0.1, 1.1, float("nan")])
    def test_refuses_what_is_no_p_value(self, p_value: float) -> None:
        with pytest.raises(ValueError, match="p-value"):
            metrics.adjusted_p_values([0.5, p_value])

    @given(st.lists(st.floats(0, 1)))
    def test_never_makes_a_p_value_smaller(self, p_values: list[float]) -> None:
        adjusted = metrics.adjusted_p_values(p_values)
        pairs = list(zip(p_values, adjusted, strict=True))
        assert all(p <= higher or isclose(p, higher) for p, higher in pairs)
        assert all(higher <= 1 for higher in adjusted)
        assert [higher for _, higher in sorted(pairs)] == sorted(adjusted)


class TestHiddenGroups:
    @pytest.mark.parametrize(
        ("sizes", "hidden"),
        [
            ({"north": 40, "south": 50}, set()),
            ({"north": 40, "south": 50, "west": 0}, set()),
            # One alone would follow from the total: the next smallest goes with it.
            ({"north": 40, "south": 50, "west": 3}, {"west", "north"}),
            ({"north": 40, "west": 3, "east": 4}, {"west", "east"}),
            # Two that are fewer than five together still show too much.
            (
                {"north": 40, "south": 50, "west": 1, "east": 2},
                {"west", "east", "north"},
            ),
            ({"west": 3}, {"west"}),
            ({}, set()),
        ],
    )
    def test_hides_what_the_total_would_reveal(
        self, sizes: dict[str, int], hidden: set[str]
    ) -> None:
        assert metrics.hidden_groups(sizes) == hidden


answers = st.integers(0, 2000)
nps_counts = st.dictionaries(st.integers(0, 10), answers)
csat_counts = st.dictionaries(st.integers(1, 5), answers)


class TestProperties:
    @given(nps_counts)
    def test_nps_groups_partition_the_answers(self, counts: Counts) -> None:
        score = metrics.nps(counts)
        if score is None:
            assert sum(counts.values()) == 0
            return
        assert score.promoters + score.passives + score.detractors == score.n
        assert score.n == sum(counts.values())
        assert -100 <= score.value <= 100
        assert -100 <= score.low <= score.high <= 100

    @given(nps_counts)
    def test_nps_turns_its_sign_when_the_groups_change_sides(
        self, counts: Counts
    ) -> None:
        score = metrics.nps(counts)
        if score is None:
            return
        turned = metrics.nps(groups(score.detractors, score.passives, score.promoters))
        assert turned is not None
        assert turned.value == -score.value
        assert (turned.low, turned.high) == pytest.approx((-score.high, -score.low))

    @given(csat_counts)
    def test_shares_lie_inside_their_interval_on_the_scale(
        self, counts: Counts
    ) -> None:
        score = metrics.csat(counts)
        if score is not None:
            assert 0 <= score.low <= score.value <= score.high <= 100
            assert 1 <= score.mean_low <= score.mean <= score.mean_high <= 5

    @given(csat_counts, st.integers(2, 20))
    def test_more_of_the_same_answers_narrow_the_interval(
        self, counts: Counts, times: int
    ) -> None:
        few = metrics.csat(counts)
        many = metrics.csat({score: count * times for score, count in counts.items()})
        if few is not None and many is not None:
            assert many.value == pytest.approx(few.value)
            assert many.margin < few.margin

    @given(nps_counts, nps_counts)
    def test_differences_turn_their_sign_with_their_sides(
        self, a: Counts, b: Counts
    ) -> None:
        if not (sum(a.values()) and sum(b.values())):
            return
        there, back = metrics.nps_difference(a, b), metrics.nps_difference(b, a)
        assert there.value == pytest.approx(-back.value)
        assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
        assert there.p_value == pytest.approx(back.p_value)

    @given(
        st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 50)
    )
    def test_share_differences_hold_their_value_and_turn_with_their_sides(
        self, part_a: int, rest_a: int, part_b: int, rest_b: int
    ) -> None:
        a, b = share_of(part_a, part_a + rest_a), share_of(part_b, part_b + rest_b)
        there, back = metrics.share_difference(a, b), metrics.share_difference(b, a)
        assert -100 <= there.low <= there.value <= there.high <= 100
        assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
        assert there.p_value == pytest.approx(back.p_value)
