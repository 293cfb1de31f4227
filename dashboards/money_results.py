"""The numbers of what customers do and what it is worth, for whoever asks by key."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from dashboards import money
from dashboards.assumptions import company_assumptions
from dashboards.measuring import Question
from dashboards.money import Assumptions, Behaviour
from dashboards.orders import Asked, currencies, everybody
from dashboards.periods import ImpossiblePeriod, Period
from dashboards.registry import METRICS
from dashboards.remainders import leave_few, wider
from dashboards.results import Amount, Result
from dashboards.series import share_result
from dashboards.worth import worth
from surveys import metrics
from surveys.metrics import Mean

# Part and whole of a share; the mean of amounts.
_SHARES: Mapping[str, Callable[[Behaviour], tuple[int, int]]] = {
    "churn_rate": lambda done: (done.lost, done.active),
    "retention_rate": lambda done: (done.active - done.lost, done.active),
    "repurchase_rate": lambda done: (done.repeaters, done.buyers),
}
_MEANS: Mapping[str, Callable[[Behaviour], Mean | None]] = {
    "order_value": lambda done: done.order_value,
    "purchase_frequency": lambda done: done.frequency,
}


# How many customers or orders each of them rests on.
_BASES: Mapping[str, Callable[[Behaviour], int]] = {
    "churn_rate": lambda done: done.active,
    "retention_rate": lambda done: done.active,
    "repurchase_rate": lambda done: done.buyers,
    "order_value": lambda done: done.orders,
    "purchase_frequency": lambda done: done.buyers,
}


def measured_orders(question: Question, keys: Collection[str]) -> Mapping[str, Result]:
    """In the currency of most orders; others are left out."""
    asked, _assumed = _asked(question)
    earlier = _earlier(asked)
    now, before = everybody(asked), everybody(earlier) if earlier else Behaviour()
    wholes = _wider(asked)
    wholes_before = _wider(earlier) if earlier else []
    found: dict[str, Result] = {}
    for key in keys:
        hide = _leaves_few(key, now, wholes)
        hide_before = _leaves_few(key, before, wholes_before)
        if key in _SHARES:
            read = _SHARES[key]
            found[key] = share_result(
                METRICS[key],
                read(now),
                read(before),
                hide=hide,
                hide_before=hide_before,
            )
        else:
            mean = _MEANS[key]
            past = None if hide_before else mean(before)
            found[key] = _mean(key, mean(now), past, asked.currency, hide=hide)
    return found


def measured_costs(question: Question, keys: Collection[str]) -> Mapping[str, Result]:
    """Under the company's assumptions; the page Value has others."""
    asked, assumed = _asked(question)

    def read(of: Asked) -> dict[str, Amount]:
        done = everybody(of)
        return {key: _COSTS[key](of, assumed, done) for key in keys}

    found = read(asked)
    wholes = [read(replace(asked, filters=rest)) for rest in wider(asked.filters)]
    return {
        key: replace(found[key], value=None)
        if leave_few(found[key].n, (whole[key].n for whole in wholes))
        else found[key]
        for key in keys
    }


def _lifetime(asked: Asked, assumed: Assumptions, done: Behaviour) -> Amount:
    value = money.lifetime_value(done, assumed, days=asked.period.days)
    n = value.n if value else 0
    return _amount("lifetime_value", value.value if value else None, n, asked)


def _acquisition(asked: Asked, assumed: Assumptions, done: Behaviour) -> Amount:
    spent = money.over(assumed.acquisition_cost_per_month, asked.period.days)
    value = money.ratio(spent, done.won) if spent else None
    return _amount("acquisition_cost", value, done.won if spent else 0, asked)


def _service(asked: Asked, assumed: Assumptions, done: Behaviour) -> Amount:
    spent = assumed.cost_per_contact * done.calls
    value = money.ratio(spent, done.called) if spent else None
    return _amount("service_cost", value, done.called if spent else 0, asked)


def _return(asked: Asked, assumed: Assumptions, _done: Behaviour) -> Amount:
    found = worth(asked, assumed)
    known = found.gained.kept_share is not None
    n = min(found.recovered.active, found.comparison.active)
    value = found.gained.value if known else None
    return _amount("return_on_experience", value, n if known else 0, asked)


_COSTS: Mapping[str, Callable[[Asked, Assumptions, Behaviour], Amount]] = {
    "lifetime_value": _lifetime,
    "acquisition_cost": _acquisition,
    "service_cost": _service,
    "return_on_experience": _return,
}


def _amount(key: str, value: float | None, n: int, asked: Asked) -> Amount:
    shown = None if metrics.is_hidden(n) else value
    return Amount(METRICS[key], n, shown, currency=asked.currency)


def _wider(asked: Asked) -> list[Behaviour]:
    """Of all that the person may count, less one filter each."""
    return [everybody(replace(asked, filters=rest)) for rest in wider(asked.filters)]


def _leaves_few(key: str, found: Behaviour, wholes: Sequence[Behaviour]) -> bool:
    """Whether a filter leaves out so few that the others would give them away."""
    size = _BASES[key]
    return leave_few(size(found), map(size, wholes))


def _mean(
    key: str, now: Mean | None, before: Mean | None, currency: str, *, hide: bool
) -> Amount:
    """Clear where the two intervals lie apart, which asks for more than a test."""
    metric = METRICS[key]
    n = now.n if now else 0
    money_of = currency if metric.unit == "money" else ""
    if now is None or hide or metrics.is_hidden(n):
        return Amount(metric, n, None, currency=money_of)
    past = None if before is None or metrics.is_hidden(before.n) else before
    apart = past is not None and (now.low > past.high or now.high < past.low)
    return Amount(
        metric,
        n,
        now.value,
        now.low,
        now.high,
        past.value if past else None,
        apart,
        money_of,
    )


def _asked(question: Question) -> tuple[Asked, Assumptions]:
    assumed = company_assumptions()
    found = currencies(question.user, question.period)
    currency = found[0][0] if found else ""
    asked = Asked(
        question.user, question.filters, question.period, currency, assumed.active_days
    )
    return asked, assumed


def _earlier(asked: Asked) -> Asked | None:
    span = asked.period
    try:
        earlier = Period(span.preceding_start, span.preceding_end)
    except ImpossiblePeriod:
        return None
    return replace(asked, period=earlier)
