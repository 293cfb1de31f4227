"""What customers are worth, by formula: docs/metrics.md#money. Pure.

Money is in one currency; a rate of a period is turned into one of a year by its days.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

from surveys import metrics
from surveys.metrics import Difference, Mean, ShareScore

Z = NormalDist().inv_cdf(0.975)
YEAR = 365.25  # days


@dataclass(frozen=True)
class Assumptions:
    """What the company knows or believes; everything else is observed.

    Percent, years, months, and money in the currency of the orders.
    """

    margin_percent: float = 100.0
    lifetime_cap_years: float = 5.0
    horizon_months: float = 12.0
    programme_cost_per_month: float = 0.0
    cost_per_contact: float = 0.0
    value_per_referral: float = 0.0
    acquisition_cost_per_month: float = 0.0
    # Who has ordered nothing for so long is no customer any more.
    active_days: float = 365.0


@dataclass(frozen=True)
class Behaviour:
    """What a group of customers did in a period, added up.

    `active` at its start, `lost` of these; `won` ordered and were not active; `squares`
    of the order values, `order_squares` of the numbers of orders per buyer.
    """

    customers: int = 0
    active: int = 0
    lost: int = 0
    won: int = 0
    buyers: int = 0
    repeaters: int = 0
    orders: int = 0
    order_squares: float = 0.0
    revenue: float = 0.0
    squares: float = 0.0
    calls: int = 0
    called: int = 0
    referrals: int = 0
    referred: float = 0.0

    def __add__(self, other: "Behaviour") -> "Behaviour":
        names = self.__dataclass_fields__
        return Behaviour(**{n: getattr(self, n) + getattr(other, n) for n in names})

    @property
    def churn(self) -> ShareScore | None:
        return metrics.share(self.lost, self.active)

    @property
    def retention(self) -> ShareScore | None:
        return metrics.share(self.active - self.lost, self.active)

    @property
    def order_value(self) -> Mean | None:
        return metrics.mean_amount(self.revenue, self.squares, self.orders)

    @property
    def frequency(self) -> Mean | None:
        """Orders per buyer in the period."""
        return metrics.mean_amount(self.orders, self.order_squares, self.buyers)

    @property
    def repurchase(self) -> ShareScore | None:
        return metrics.share(self.repeaters, self.buyers)


@dataclass(frozen=True)
class Lifetime:
    """A customer's value over an expected lifetime; `is_capped` where the cap holds."""

    value: float
    low: float
    high: float
    n: int
    years: float
    is_capped: bool


def ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def over(per_month: float, days: int) -> float:
    """What comes to so much a month, in so many days."""
    return per_month * days * 12 / YEAR


def yearly_churn(churn: float, days: int) -> float:
    """A share of 0 to 1 lost in `days`, as the share that a year would lose."""
    return float(1 - (1 - churn) ** (YEAR / days))


def lifetime_value(
    done: Behaviour, assumed: Assumptions, *, days: int
) -> Lifetime | None:
    """Margin × order value × orders a year × years, 1 ÷ churn but no more than the cap.

    The interval takes the factors as independent and carries their relative errors on
    (the delta method), that of the churn where the cap does not hold. None without
    buyers or without anybody who could have been lost.
    """
    worth, often, churn = done.order_value, done.frequency, done.churn
    if worth is None or often is None or churn is None:
        return None
    lost = yearly_churn(churn.value / 100, days)
    expected = ratio(1, lost) or math.inf
    years = min(expected, assumed.lifetime_cap_years)
    is_capped = expected >= assumed.lifetime_cap_years
    a_year = often.value * YEAR / days
    value = assumed.margin_percent / 100 * worth.value * a_year * years
    errors = [_relative(worth), _relative(often)]
    if not is_capped:
        errors.append((churn.high - churn.low) / (2 * Z) / churn.value)
    spread = Z * math.hypot(*errors)
    return Lifetime(
        value, value * math.exp(-spread), value * math.exp(spread), often.n, years,
        is_capped,
    )  # fmt: skip


def _relative(mean: Mean) -> float:
    return (mean.high - mean.low) / (2 * Z) / mean.value if mean.value else 0.0


@dataclass(frozen=True)
class Return:
    """What the programme brought and cost in the period, factor by factor.

    `kept_share`: retention of recovered customers less that of the comparison group, in
    points, with its interval; None where either group is missing. `low` and `high` of
    `kept` and of `value` follow from that interval alone.
    """

    recovered: int
    kept_share: Difference | None
    revenue_each: float
    kept: float
    kept_low: float
    kept_high: float
    referrals: float
    avoided: float
    programme: float
    recoveries: float

    @property
    def _rest(self) -> float:
        return self.referrals + self.avoided - self.programme - self.recoveries

    @property
    def value(self) -> float:
        return self.kept + self._rest

    @property
    def low(self) -> float:
        return self.kept_low + self._rest

    @property
    def high(self) -> float:
        return self.kept_high + self._rest


def return_of(
    recovered: Behaviour,
    comparison: Behaviour,
    assumed: Assumptions,
    *,
    recoveries: float,
    days: int,
) -> Return:
    """Revenue kept + referrals + avoided contacts − programme cost − recoveries paid.

    Kept is margin × what a recovered customer orders in the horizon × those who stayed
    and would have left as the comparison group did. A referral counts what it brought,
    or what one is assumed to be worth. Contacts are those that recovered customers made
    less than the comparison group, per head; more than that is a loss.
    """
    kept = _difference(recovered.retention, comparison.retention)
    each = ratio(recovered.revenue, recovered.customers) or 0.0
    each *= assumed.horizon_months * YEAR / 12 / days
    worth = assumed.margin_percent / 100 * each * recovered.active / 100
    fewer = (ratio(comparison.calls, comparison.customers) or 0.0) - (
        ratio(recovered.calls, recovered.customers) or 0.0
    )
    if not comparison.customers:
        fewer = 0.0
    return Return(
        recovered=recovered.customers,
        kept_share=kept,
        revenue_each=each,
        kept=worth * kept.value if kept else 0.0,
        kept_low=worth * kept.low if kept else 0.0,
        kept_high=worth * kept.high if kept else 0.0,
        referrals=recovered.referred
        or recovered.referrals * assumed.value_per_referral,
        avoided=fewer * recovered.customers * assumed.cost_per_contact,
        programme=over(assumed.programme_cost_per_month, days),
        recoveries=recoveries,
    )


def _difference(a: ShareScore | None, b: ShareScore | None) -> Difference | None:
    return metrics.share_difference(a, b) if a and b else None
