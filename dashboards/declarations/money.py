"""What customers do, and what it is worth."""

from typing import Literal

from django.utils.translation import gettext_lazy as _

from dashboards.declarations.words import (
    BY_OCCURRENCE,
    BY_PERIOD,
    NOT_DEFINED,
    ORDER,
    STUDENT,
    WILSON,
)
from dashboards.metric import Better, Metric, Unit, Words


def _share(
    key: str, label: Words, words: tuple[Words, Words, Words], better: Better
) -> Metric:
    formula, numerator, denominator = words
    return Metric(
        key=key,
        label=label,
        unit="percent",
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        interval=WILSON,
        source="orders",
        grain=BY_PERIOD,
        better=better,
    )


def _mean(
    key: str,
    label: Words,
    words: tuple[Words, Words, Words],
    unit: Literal["money", "times"],
) -> Metric:
    formula, numerator, denominator = words
    return Metric(
        key=key,
        label=label,
        unit=unit,
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        interval=STUDENT,
        source="orders",
        grain=BY_OCCURRENCE,
        better="higher",
    )


def _estimate(
    key: str,
    label: Words,
    words: tuple[Words, Words, Words],
    better: Better = "higher",
) -> Metric:
    formula, numerator, denominator = words
    return Metric(
        key=key,
        label=label,
        unit="money",
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        interval=NOT_DEFINED,
        source="costs",
        grain=BY_PERIOD,
        better=better,
    )


def _behaviour(
    key: str,
    label: Words,
    unit: Unit,
    words: tuple[Words, Words, Words],
    *,
    better: Better = "lower",
) -> Metric:
    formula, numerator, denominator = words
    intervals = {"percent": WILSON, "seconds": ORDER, "clicks": STUDENT}
    return Metric(
        key=key,
        label=label,
        unit=unit,
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        interval=intervals[unit],
        source="behaviour",
        grain=BY_OCCURRENCE,
        better=better,
    )


_ACTIVE = _("customers who were active at the start of the period")
_BUYERS = _("customers with at least one order in the period")
_TASKS = _("tasks begun at a touchpoint whose end is known")

MONEY = (
    _share(
        "churn_rate",
        _("Churn"),
        (
            _("100 × customers lost ÷ customers active at the start"),
            _("customers lost in the period"),
            _ACTIVE,
        ),
        "lower",
    ),
    _share(
        "retention_rate",
        _("Retention"),
        (
            _("100 − churn"),
            _("customers active at the start who were not lost in the period"),
            _ACTIVE,
        ),
        "higher",
    ),
    _mean(
        "order_value",
        _("Average order value"),
        (_("revenue ÷ orders"), _("value of the orders"), _("orders")),
        "money",
    ),
    _mean(
        "purchase_frequency",
        _("Orders per buyer"),
        (_("orders ÷ buyers"), _("orders"), _BUYERS),
        "times",
    ),
    _share(
        "repurchase_rate",
        _("Repurchase rate"),
        (
            _("100 × buyers with two or more orders ÷ buyers"),
            _("buyers with two or more orders"),
            _BUYERS,
        ),
        "higher",
    ),
    _estimate(
        "lifetime_value",
        _("Customer lifetime value"),
        (
            _("margin × average order value × orders per buyer × 1 ÷ churn"),
            _("what a customer is expected to bring; assumptions printed beside"),
            _BUYERS,
        ),
    ),
    _estimate(
        "acquisition_cost",
        _("Acquisition cost"),
        (
            _("money spent on winning customers ÷ customers won"),
            _("money spent on winning customers, as entered"),
            _("customers won in the period"),
        ),
        "lower",
    ),
    _estimate(
        "service_cost",
        _("Cost to serve"),
        (
            _("contacts × cost per contact ÷ customers served"),
            _("cost of the contacts, as entered"),
            _("customers with a contact in the period"),
        ),
        "lower",
    ),
    _estimate(
        "return_on_experience",
        _("Return on experience"),
        (
            _(
                "revenue kept + referrals + avoided contacts − programme cost −"
                " recoveries paid"
            ),
            _("each factor stands on the page Value and can be edited there"),
            _("none, it is a sum"),
        ),
    ),
    _behaviour(
        "task_success",
        _("Task success"),
        "percent",
        (_("100 × successful ÷ begun"), _("tasks that were completed"), _TASKS),
        better="higher",
    ),
    _behaviour(
        "task_abandonment",
        _("Task abandonment"),
        "percent",
        (_("100 × abandoned ÷ begun"), _("tasks that were given up"), _TASKS),
    ),
    _behaviour(
        "task_errors",
        _("Task errors"),
        "percent",
        (_("100 × failed ÷ begun"), _("tasks that ended in an error"), _TASKS),
    ),
    _behaviour(
        "task_seconds",
        _("Median time of a task"),
        "seconds",
        (
            _("median of the time that a completed task took"),
            _("seconds of each completed task"),
            _("completed tasks whose time is known"),
        ),
    ),
    _behaviour(
        "task_clicks",
        _("Clicks of a task"),
        "clicks",
        (
            _("clicks ÷ completed tasks"),
            _("clicks of the completed tasks"),
            _("completed tasks whose clicks are known"),
        ),
    ),
)
