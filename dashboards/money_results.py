"""The numbers of what customers do and what it is worth, for whoever asks by key."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from dashboards import money
from dashboards.assumptions import company_assumptions
from dashboards.measuring import Question
from dashboards.money import Assumptions, Behaviour
from dashboards.order_bases import OF_EVERYBODY, OF_RETURN, bases_of, bases_of_return
from dashboards.orders import Asked, currencies, everybody
from dashboards.periods import ImpossiblePeriod, Period
from dashboards.registry import METRICS
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


# Which customers each of them rests on. An order's value is a buyer's.
_BASES: Mapping[str, str] = {
    "churn_rate": "active",
    "retention_rate": "active",
    "repurchase_rate": "buyers",
    "order_value": "buyers",
    "purchase_frequency": "buyers",
}


def measured_orders(question: Question, keys: Collection[str]) -> Mapping[str, Result]:
    """In the currency of most orders; others are left out."""
    asked, _assumed = _asked(question)
    earlier = _earlier(asked)
    now, before = everybody(asked), everybody(earlier) if earlier else Behaviour()
    hidden = _hidden(asked, now)
    hidden_before = _hidden(earlier, before) if earlier else frozenset()
    found: dict[str, Result] = {}
    for key in keys:
        hide = _BASES[key] in hidden
        hide_before = _BASES[key] in hidden_before
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

    done = everybody(asked)
    found = {key: _COSTS[key](asked, assumed, done) for key in keys}
    hidden = _hidden(asked, done)
    if "return_on_experience" in found:
        hidden |= bases_of_return(asked).hidden(asked.filters)
    return {
        key: replace(amount, value=None) if hidden & _REST_ON[key] else amount
        for key, amount in found.items()
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


# Which customers each of them rests on.
_REST_ON: Mapping[str, frozenset[str]] = {
    "lifetime_value": frozenset({"active", "buyers"}),
    "acquisition_cost": frozenset({"won"}),
    "service_cost": frozenset({"called"}),
    "return_on_experience": frozenset(OF_RETURN),
}


def _amount(key: str, value: float | None, n: int, asked: Asked) -> Amount:
    shown = None if metrics.is_hidden(n) else value
    return Amount(METRICS[key], n, shown, currency=asked.currency)


def _hidden(asked: Asked, done: Behaviour) -> frozenset[str]:
    """What is too small by itself, or for what a filter leaves out."""
    few = {n for n in OF_EVERYBODY if 0 < getattr(done, n) < metrics.hidden_below()}
    return bases_of(asked).hidden(asked.filters) | few


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
