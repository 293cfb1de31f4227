"""Our statistics against scipy's and statsmodels', where those have them."""

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    proportions_ztest,
)

from surveys import metrics

SHARES = [(0, 7), (3, 10), (40, 50), (8, 10), (999, 1000), (5, 5), (120, 300)]
PAIRS = [
    (one, other)
    for one, other in product(SHARES, SHARES)
    if 0 < one[0] + other[0] < one[1] + other[1]
]


class TestShares:
    @pytest.mark.parametrize(("part", "whole"), SHARES)
    def test_have_wilsons_interval(self, part: int, whole: int) -> None:
        found = metrics.share(part, whole)
        assert found is not None
        low, high = proportion_confint(part, whole, method="wilson")
        assert (found.low, found.high) == (
            pytest.approx(100 * low, abs=1e-9),
            pytest.approx(100 * high, abs=1e-9),
        )

    @pytest.mark.parametrize(("one", "other"), PAIRS)
    def test_differ_as_newcombe_and_the_pooled_test_say(
        self, one: tuple[int, int], other: tuple[int, int]
    ) -> None:
        first, second = metrics.share(*one), metrics.share(*other)
        assert first is not None
        assert second is not None
        found = metrics.share_difference(first, second)
        low, high = confint_proportions_2indep(*one, *other, method="newcomb")
        z, p_value = proportions_ztest([one[0], other[0]], [one[1], other[1]])
        assert (found.low, found.high, found.z, found.p_value) == pytest.approx(
            (100 * low, 100 * high, z, p_value), abs=1e-9
        )


class TestNps:
    @pytest.mark.parametrize(
        ("promoters", "passives", "detractors"), [(5, 2, 3), (50, 30, 20), (0, 0, 9)]
    )
    def test_has_the_error_of_its_adjusted_answers(
        self, promoters: int, passives: int, detractors: int
    ) -> None:
        found = metrics.nps({10: promoters, 7: passives, 0: detractors})
        assert found is not None
        # The answers as 1, 0 and -1, three quarters, one and a half and three quarters
        # more of each: their mean and its standard error.
        values = np.array([1.0, 0.0, -1.0])
        weights = np.array([promoters + 0.75, passives + 1.5, detractors + 0.75])
        mean = float(np.average(values, weights=weights))
        variance = float(np.average((values - mean) ** 2, weights=weights))
        error = math.sqrt(variance / weights.sum())
        low, high = stats.norm.interval(0.95, loc=mean, scale=error)
        assert found.low == pytest.approx(max(-100, 100 * low))
        assert found.high == pytest.approx(min(100, 100 * high))

    def test_differs_with_the_errors_of_both(self) -> None:
        one, other = {10: 50, 7: 30, 0: 20}, {10: 30, 7: 30, 0: 40}
        found = metrics.nps_difference(one, other)
        assert found.value == pytest.approx(40.0)
        assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(found.z)))


class TestManyTests:
    @pytest.mark.parametrize("seed", range(5))
    def test_are_adjusted_as_by_benjamini_and_hochberg(self, seed: int) -> None:
        p_values = np.random.default_rng(seed).uniform(size=40) ** 3
        expected = multipletests(p_values, method="fdr_bh")[1]
        assert metrics.adjusted_p_values(list(p_values)) == pytest.approx(expected)


class TestMeans:
    @pytest.mark.parametrize("n", [5, 12, 40])
    def test_have_students_interval(self, n: int) -> None:
        scores = [1 + (3 * place) % 5 for place in range(n)]
        counts = {score: scores.count(score) for score in set(scores)}
        found = metrics.csat(counts)
        assert found is not None
        low, high = stats.t.interval(
            0.95, n - 1, loc=np.mean(scores), scale=stats.sem(scores)
        )
        assert found.mean_low == pytest.approx(max(1, low), rel=2e-3)
        assert found.mean_high == pytest.approx(min(5, high), rel=2e-3)


class TestQuantiles:
    @pytest.mark.parametrize("n", [20, 101, 1000])
    @pytest.mark.parametrize("share", [0.5, 0.9])
    def test_have_an_interval_that_holds_in_95_of_100(
        self, n: int, share: float
    ) -> None:
        low, high = metrics.quantile_ranks(n, share)
        # As many of n lie below the quantile as of a binomial share.
        covered = stats.binom.cdf(high, n, share) - stats.binom.cdf(low, n, share)
        is_cut_off = low == 0 or high == n - 1
        assert covered >= 0.94 or is_cut_off

    def test_move_as_moods_test_says(self) -> None:
        found = metrics.median_change((30, 40), (20, 40))
        _statistic, p_value, _dof, _expected = stats.chi2_contingency(
            [[30, 20], [10, 20]], correction=False
        )
        assert found.p_value == pytest.approx(p_value)
