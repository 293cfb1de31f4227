"""Trends and expected counts, against scipy and statsmodels."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from dashboards.forecasting import chance_of_at_most, forecast


class TestForecast:
    def test_goes_on_with_a_straight_line(self) -> None:
        found = forecast([(float(x), 3.0 + 2 * x) for x in range(8)], at=10)
        assert found is not None
        assert found.value == pytest.approx(23)
        assert found.low == pytest.approx(found.high)

    @pytest.mark.parametrize("n", [8, 12, 26])
    def test_has_the_interval_of_a_new_value(self, n: int) -> None:
        dice = np.random.default_rng(n)
        xs = np.arange(n, dtype=float)
        ys = 20 - 0.7 * xs + dice.normal(0, 4, n)
        found = forecast(list(zip(xs.tolist(), ys.tolist(), strict=True)), at=n + 5.5)
        fitted = sm.OLS(ys, sm.add_constant(xs)).fit()
        frame = fitted.get_prediction([[1.0, n + 5.5]]).summary_frame(alpha=0.05)
        assert found is not None
        assert found.value == pytest.approx(frame["mean"][0])
        assert found.low == pytest.approx(frame["obs_ci_lower"][0], abs=0.02)
        assert found.high == pytest.approx(frame["obs_ci_upper"][0], abs=0.02)

    @pytest.mark.parametrize(
        "points", [[], [(float(x), 1.0) for x in range(7)], [(1.0, 2.0)] * 9]
    )
    def test_is_not_made_of_too_little(self, points: list[tuple[float, float]]) -> None:
        assert forecast(points, at=10) is None


class TestChanceOfAtMost:
    @given(st.integers(0, 400), st.floats(0.01, 500))
    def test_is_that_of_poisson(self, count: int, expected: float) -> None:
        found = chance_of_at_most(count, expected)
        assert math.isclose(
            found, float(poisson.cdf(count, expected)), rel_tol=1e-6, abs_tol=1e-12
        )

    def test_is_certain_where_nothing_is_expected(self) -> None:
        assert chance_of_at_most(0, 0) == 1
        assert chance_of_at_most(10_000_000, 50.0) == 1
