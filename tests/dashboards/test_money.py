"""What customers are worth, against numbers worked out by hand."""

from dataclasses import replace

import pytest

from dashboards.money import (
    YEAR,
    Assumptions,
    Behaviour,
    lifetime_value,
    over,
    ratio,
    return_of,
    yearly_churn,
)

# Ten orders of 100 and ten of 300 by ten buyers, two each; 5 of 50 active ones lost.
SHOP = Behaviour(
    customers=60,
    active=50,
    lost=5,
    buyers=10,
    repeaters=10,
    orders=20,
    order_squares=40.0,
    revenue=4_000.0,
    squares=10 * 100.0**2 + 10 * 300.0**2,
)
A_YEAR = 365


class TestBehaviour:
    def test_shares_are_of_the_active_and_the_buyers(self) -> None:
        assert SHOP.churn is not None
        assert SHOP.retention is not None
        assert SHOP.repurchase is not None
        assert (SHOP.churn.value, SHOP.churn.n) == (10.0, 50)
        assert SHOP.retention.value == 90.0
        assert SHOP.repurchase.value == 100.0

    def test_means_have_students_interval(self) -> None:
        worth = SHOP.order_value
        assert worth is not None
        # Deviations of 100: variance 20 × 100² ÷ 19; t(19) = 2.0930.
        assert worth.value == 200.0
        error = 2.0930 * (20 * 100**2 / 19 / 20) ** 0.5
        assert worth.high - worth.value == pytest.approx(error, rel=1e-3)

    def test_that_is_always_the_same_has_no_spread(self) -> None:
        often = SHOP.frequency
        assert often is not None
        assert (often.low, often.value, often.high) == (2.0, 2.0, 2.0)

    def test_adds_up(self) -> None:
        assert (
            replace(
                SHOP,
                **{
                    name: 2 * getattr(SHOP, name)
                    for name in Behaviour.__dataclass_fields__
                },
            )
            == SHOP + SHOP
        )

    def test_of_nobody_is_nothing_and_not_zero(self) -> None:
        nobody = Behaviour()
        assert nobody.churn is None
        assert nobody.order_value is None
        assert nobody.frequency is None
        assert nobody.repurchase is None


class TestRates:
    @pytest.mark.parametrize(
        ("churn", "days", "yearly"),
        [(0.1, YEAR, 0.1), (0.1, YEAR / 2, 0.19), (0.0, 30, 0.0), (1.0, 30, 1.0)],
    )
    def test_of_a_period_become_those_of_a_year(
        self, churn: float, days: float, yearly: float
    ) -> None:
        assert yearly_churn(churn, days) == pytest.approx(yearly)  # type: ignore[arg-type]

    def test_by_the_month_are_spread_over_days(self) -> None:
        assert over(100, 365) == pytest.approx(100 * 365 * 12 / 365.25)

    def test_of_nothing_is_none(self) -> None:
        assert ratio(1, 0) is None
        assert ratio(1, 4) == 0.25


class TestLifetimeValue:
    def test_is_margin_by_value_by_frequency_by_years(self) -> None:
        found = lifetime_value(
            SHOP, Assumptions(margin_percent=25, lifetime_cap_years=50), days=A_YEAR
        )
        assert found is not None
        lost = 1 - 0.9 ** (YEAR / A_YEAR)
        assert found.years == pytest.approx(1 / lost)
        assert found.value == pytest.approx(0.25 * 200 * 2 * YEAR / A_YEAR / lost)
        assert not found.is_capped
        assert found.low < found.value < found.high

    def test_lasts_no_longer_than_the_cap(self) -> None:
        found = lifetime_value(
            replace(SHOP, lost=0), Assumptions(lifetime_cap_years=5), days=A_YEAR
        )
        assert found is not None
        assert (found.years, found.is_capped) == (5, True)

    @pytest.mark.parametrize("without", ["active", "buyers", "orders"])
    def test_needs_buyers_and_who_could_be_lost(self, without: str) -> None:
        done = replace(SHOP, lost=0, **{without: 0})
        assert lifetime_value(done, Assumptions(), days=90) is None


class TestReturnOfExperience:
    RECOVERED = Behaviour(
        customers=20, active=20, lost=1, revenue=2_000.0, calls=2, referrals=3
    )
    OTHERS = Behaviour(customers=40, active=40, lost=10, calls=20)
    ASSUMED = Assumptions(
        margin_percent=50,
        horizon_months=12,
        programme_cost_per_month=10,
        cost_per_contact=8,
        value_per_referral=30,
    )

    def test_adds_up_its_factors(self) -> None:
        found = return_of(
            self.RECOVERED, self.OTHERS, self.ASSUMED, recoveries=70, days=365
        )
        # 95 % stayed against 75 %: 20 points of 20 customers are 4, worth 100 a year each.
        assert found.kept_share is not None
        assert found.kept_share.value == pytest.approx(20)
        assert found.revenue_each == pytest.approx(100 * YEAR / 365)
        assert found.kept == pytest.approx(0.5 * 100 * 4 * YEAR / 365)
        assert found.referrals == 90
        # Half a call each against a tenth: 0.4 × 20 × 8.
        assert found.avoided == pytest.approx(64)
        assert found.programme == pytest.approx(10 * 12 * 365 / YEAR)
        assert found.value == pytest.approx(found.kept + 90 + 64 - found.programme - 70)
        assert found.low < found.value < found.high

    def test_counts_what_referrals_brought_where_that_is_known(self) -> None:
        recovered = replace(self.RECOVERED, referred=500.0)
        found = return_of(recovered, self.OTHERS, self.ASSUMED, recoveries=0, days=365)
        assert found.referrals == 500

    def test_keeps_nothing_without_anybody_to_compare_with(self) -> None:
        found = return_of(
            self.RECOVERED, Behaviour(), self.ASSUMED, recoveries=0, days=365
        )
        assert (found.kept_share, found.kept, found.avoided) == (None, 0, 0)

    def test_can_be_a_loss(self) -> None:
        found = return_of(
            self.OTHERS, self.RECOVERED, self.ASSUMED, recoveries=0, days=365
        )
        assert found.avoided < 0
        assert found.value <= found.high
