"""Relative importance, checked against every order of entry and against statsmodels."""

from itertools import permutations
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.drivers import MOST_ATTRIBUTES, DriverReport, relative_importance

Array = npt.NDArray[np.float64]


def ratings(n: int, attributes: int, *, seed: int = 1) -> Array:
    """Ratings from 1 to 5 with a mood in common, as people give them."""
    dice = np.random.default_rng(seed)
    mood = dice.normal(0, 0.8, (n, 1))
    raw = 3 + mood + dice.normal(0, 1, (n, attributes))
    return np.clip(np.rint(raw), 1, 5)


def outcome(rated: Array, weights: list[float], *, noise: float = 1.0) -> Array:
    dice = np.random.default_rng(99)
    felt = rated[:, : len(weights)] @ np.array(weights)
    return np.asarray(felt + dice.normal(0, noise, len(rated)))


def names(count: int) -> list[str]:
    return [f"a{place}" for place in range(count)]


def driven(rated: Array, felt: Array, **options: Any) -> DriverReport:
    return relative_importance(rated, felt, names(rated.shape[1]), **options)


def fit(rated: Array, felt: Array) -> float:
    if not rated.shape[1]:
        return 0.0
    return float(
        sm.OLS(felt, sm.add_constant(rated, has_constant="add")).fit().rsquared
    )


def over_all_orders(rated: Array, felt: Array) -> Array:
    """The definition: the gain of each attribute in every order, averaged."""
    attributes = range(rated.shape[1])
    orders = list(permutations(attributes))
    gains = np.zeros(rated.shape[1])
    for order in orders:
        for place, attribute in enumerate(order):
            before, after = list(order[:place]), list(order[: place + 1])
            gains[attribute] += fit(rated[:, after], felt) - fit(rated[:, before], felt)
    return gains / len(orders)


class TestImportance:
    @pytest.mark.parametrize("attributes", [1, 2, 3, 4, 5])
    def test_is_the_gain_averaged_over_all_orders(self, attributes: int) -> None:
        rated = ratings(120, attributes)
        felt = outcome(rated, [1.0, 0.5, 0.0, 0.8, 0.2][:attributes])
        report = driven(rated, felt, samples=4)
        expected = over_all_orders(rated, felt)
        assert list(report.importance.values()) == pytest.approx(list(expected))

    @pytest.mark.parametrize("attributes", [1, 3, 7, 10])
    def test_adds_up_to_r_squared_as_statsmodels_has_it(self, attributes: int) -> None:
        rated = ratings(400, attributes)
        felt = outcome(rated, [0.9] * attributes)
        report = driven(rated, felt, samples=4)
        assert sum(report.importance.values()) == pytest.approx(report.r2)
        assert report.r2 == pytest.approx(fit(rated, felt))

    def test_of_unrelated_attributes_is_the_square_of_each_correlation(self) -> None:
        first = np.tile([1.0, 1.0, 5.0, 5.0], 10)
        second = np.tile([1.0, 5.0, 1.0, 5.0], 10)
        report = driven(np.column_stack([first, second]), 3 * first + second)
        assert report.importance == pytest.approx({"a0": 0.9, "a1": 0.1})
        assert report.r2 == pytest.approx(1.0)

    def test_follows_the_names_whatever_their_order(self) -> None:
        rated = ratings(200, 5)
        felt = outcome(rated, [1.0, 0.2, 0.6])
        there = driven(rated, felt, samples=4)
        back = relative_importance(rated[:, ::-1], felt, names(5)[::-1], samples=4)
        assert back.importance == pytest.approx(there.importance)
        assert [driver.name for driver in back.drivers] == names(5)[::-1]

    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 10_000), attributes=st.integers(1, 6))
    def test_is_never_negative_and_never_more_than_all(
        self, seed: int, attributes: int
    ) -> None:
        rated = ratings(80, attributes, seed=seed)
        report = driven(rated, outcome(rated, [0.5]), samples=2)
        parts = list(report.importance.values())
        assert min(parts) >= 0
        assert sum(parts) == pytest.approx(report.r2)
        assert 0 <= report.r2 <= 1


class TestIntervals:
    def test_hold_the_value_and_narrow_with_more_answers(self) -> None:
        widths = []
        for n in (100, 10_000):
            rated = ratings(n, 3)
            driver = driven(rated, outcome(rated, [1.0, 0.5, 0.2])).drivers[0]
            assert driver.low < driver.importance < driver.high
            widths.append(driver.high - driver.low)
        assert widths[1] < widths[0] / 5

    def test_are_the_same_at_every_call(self) -> None:
        rated = ratings(150, 3)
        felt = outcome(rated, [1.0])
        assert driven(rated, felt) == driven(rated, felt)

    def test_say_how_far_they_are(self) -> None:
        told: list[tuple[int, int]] = []
        rated = ratings(60, 2)
        driven(
            rated,
            outcome(rated, [1.0]),
            samples=50,
            progress=lambda done, total: told.append((done, total)),
        )
        assert told == [(20, 50), (40, 50), (50, 50)]


class TestSignificance:
    def test_shows_nothing_for_what_explains_no_more_than_noise(self) -> None:
        rated = np.random.default_rng(3).integers(1, 6, (300, 3)).astype(float)
        report = driven(rated, outcome(rated, [1.0, 0.0, 0.0]))
        assert [driver.is_significant for driver in report.drivers] == [
            True,
            False,
            False,
        ]
        assert report.drivers[0].shown == report.drivers[0].importance
        assert report.drivers[1].shown == 0 < report.drivers[1].importance

    def test_is_rarely_claimed_where_nothing_is_related(self) -> None:
        dice = np.random.default_rng(5)
        found = 0
        for _turn in range(40):
            rated = dice.integers(1, 6, (100, 3)).astype(float)
            felt = dice.normal(size=100)
            found += sum(d.is_significant for d in driven(rated, felt).drivers)
        assert found <= 0.08 * 120


class TestCollinearity:
    def test_warns_of_attributes_that_others_tell(self) -> None:
        rated = ratings(300, 3)
        twin = np.clip(rated[:, 0] + (np.arange(300) % 20 == 0), 1, 5)
        report = driven(np.column_stack([rated, twin]), outcome(rated, [1.0]))
        assert [driver.is_collinear for driver in report.drivers] == [
            True,
            False,
            False,
            True,
        ]

    def test_shares_equally_between_two_that_are_the_same(self) -> None:
        rated = ratings(200, 2)
        felt = outcome(rated, [1.0, 0.3])
        report = driven(np.column_stack([rated, rated[:, 0]]), felt, samples=4)
        first, _second, twin = report.drivers
        assert first.importance == pytest.approx(twin.importance)
        assert first.inflation == inf
        assert sum(report.importance.values()) == pytest.approx(fit(rated, felt))


class TestRefusal:
    def test_under_ten_answers_for_each_attribute(self) -> None:
        rated = ratings(39, 4)
        report = driven(rated, outcome(rated, [1.0]))
        assert (report.refused, report.needed, report.n) == ("too_few_answers", 40, 39)
        assert report.drivers == ()

    def test_not_at_exactly_ten(self) -> None:
        rated = ratings(40, 4)
        assert not driven(rated, outcome(rated, [1.0]), samples=4).refused

    def test_without_any_attribute_or_answer(self) -> None:
        assert driven(np.empty((50, 0)), np.arange(50.0)).refused == "no_attributes"
        assert driven(np.empty((0, 2)), np.empty(0)).refused == "too_few_answers"

    def test_with_more_attributes_than_can_be_reckoned(self) -> None:
        rated = ratings(500, MOST_ATTRIBUTES + 1)
        assert driven(rated, rated[:, 0]).refused == "too_many_attributes"

    def test_where_everybody_gave_the_same_outcome(self) -> None:
        assert driven(ratings(50, 2), np.full(50, 9.0)).refused == "one_outcome"

    def test_where_every_attribute_was_rated_alike(self) -> None:
        report = driven(np.full((50, 2), 4.0), np.arange(50.0))
        assert (report.refused, report.constant) == ("no_attributes", ("a0", "a1"))

    def test_of_shapes_that_do_not_fit(self) -> None:
        with pytest.raises(ValueError, match="answers × attributes"):
            relative_importance(np.ones((5, 2)), np.ones(5), ["one"])


class TestMissingRatings:
    def test_zero_and_nan_leave_the_answer_out_and_are_counted(self) -> None:
        rated = ratings(100, 2)
        felt = outcome(rated, [1.0, 0.5])
        holed = rated.copy()
        holed[:10, 0], holed[10:15, 1] = 0, np.nan
        missing = felt.copy()
        missing[15] = np.nan
        report = driven(holed, missing, samples=4)
        assert (report.n, report.left_out) == (84, 16)
        alone = driven(rated[16:], felt[16:], samples=4)
        assert report.importance == pytest.approx(alone.importance)

    def test_an_attribute_rated_alike_explains_nothing(self) -> None:
        rated = ratings(100, 3)
        rated[:, 1] = 4
        report = driven(rated, outcome(rated, [1.0]), samples=4)
        assert report.constant == ("a1",)
        assert report.importance["a1"] == 0
        assert [driver.name for driver in report.drivers] == names(3)
