"""How tasks at touchpoints go, from interactions of the kind `task`: docs/interactions.md."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from dashboards.counting import Counts, Key
from dashboards.dimensions import Dimension
from dashboards.measuring import Question
from dashboards.orders import OF_CUSTOMERS, bounds, customers, tier
from dashboards.periods import ImpossiblePeriod, Period
from dashboards.registry import METRICS
from dashboards.remainders import Bases
from dashboards.results import Amount, Median, Result
from dashboards.selection import Filters, touchpoints
from dashboards.series import share_result
from surveys import metrics
from surveys.quantiles import quantile

_OUTCOMES = {
    "task_success": "success",
    "task_abandonment": "abandoned",
    "task_errors": "error",
}


@dataclass(frozen=True)
class Tasks:
    """How many ended how; the seconds and the clicks of those that succeeded, sorted."""

    outcomes: Mapping[str, int]
    seconds: tuple[float, ...]
    clicks: int
    click_sum: float
    click_squares: float

    @property
    def ended(self) -> int:
        return sum(self.outcomes.values())


NONE = Tasks({}, (), 0, 0.0, 0.0)
# Of this period and of the one before.
Both = tuple[Tasks, Tasks]


def measured_behaviour(
    question: Question, keys: Collection[str]
) -> Mapping[str, Result]:
    both, hidden = _both(question), _hidden(question)
    return {
        key: _result(key, both, (_base(key) in hidden[0], _base(key) in hidden[1]))
        for key in keys
    }


def _both(question: Question) -> Both:
    earlier = _earlier(question.period)
    now = tasks(question, question.period)
    return now, tasks(question, earlier) if earlier else NONE


def _earlier(period: Period) -> Period | None:
    try:
        return Period(period.preceding_start, period.preceding_end)
    except ImpossiblePeriod:
        return None


def _hidden(question: Question) -> tuple[frozenset[str], frozenset[str]]:
    """What a filter leaves so few out of that they would be given away: in this period,
    in the one before."""
    earlier = _earlier(question.period)
    return _hidden_in(question, question.period), (
        _hidden_in(question, earlier) if earlier else frozenset()
    )


def _hidden_in(question: Question, period: Period) -> frozenset[str]:
    def read(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
        return _told_apart(replace(question, filters=filters), period, by)

    bases = Bases(read, _SIZES, (*OF_CUSTOMERS, "touchpoint"))
    return bases.hidden(question.filters)


def _base(key: str) -> str:
    """Which tasks a number rests on."""
    return "ended" if key in _OUTCOMES else key


def _told_apart(
    question: Question, period: Period, by: Sequence[Dimension]
) -> dict[Key, Counts]:
    """How many tasks, and how many that say how long and how many clicks."""
    keys = [_COLUMNS[dimension] for dimension in by]
    sql, values = _selected(question, period)
    sql = f"SELECT {''.join(f'{key}, ' for key in keys)}{_COUNTED} {sql}"
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} GROUP BY GROUPING SETS (({', '.join(keys)}))", values)
        rows = cursor.fetchall()
    return {
        tuple("" if value is None else value for value in row[: len(by)]): dict(
            zip(_SIZES, row[len(by) :], strict=True)
        )
        for row in rows
    }


def tasks(question: Question, period: Period) -> Tasks:
    """Of the customers and the touchpoints that the person may count."""
    sql, values = _selected(question, period)
    with connection.cursor() as cursor:
        cursor.execute(f"{_BY_OUTCOME} {sql} GROUP BY 1", values)
        rows = cursor.fetchall()
    outcomes = {outcome: n for outcome, n, *_rest in rows}
    done = next((row for row in rows if row[0] == "success"), None)
    if done is None:
        return Tasks(outcomes, (), 0, 0.0, 0.0)
    _outcome, _n, seconds, clicks, click_sum, click_squares = done
    return Tasks(
        outcomes,
        tuple(map(float, seconds or ())),
        clicks,
        float(click_sum or 0),
        float(click_squares or 0),
    )


def _selected(question: Question, period: Period) -> tuple[str, list[Any]]:
    within = customers(question.user, question.filters).order_by()
    base = within.values("id", "region", "product_line", "account_id", t=tier())
    base_sql, base_values = base.query.sql_with_params()
    places = touchpoints(question.user)
    if question.filters.touchpoint is not None:
        places = places.filter(pk=question.filters.touchpoint)
    place_sql, place_values = (
        places.order_by().values("id", "key").query.sql_with_params()
    )
    return (
        _SELECTED.format(base=base_sql, places=place_sql),
        [*base_values, *place_values, *bounds(period)],
    )


def _result(key: str, both: Both, hides: tuple[bool, bool]) -> Result:
    now, before = both
    if key in _OUTCOMES:
        outcome = _OUTCOMES[key]
        return share_result(
            METRICS[key],
            (now.outcomes.get(outcome, 0), now.ended),
            (before.outcomes.get(outcome, 0), before.ended),
            hide=hides[0],
            hide_before=hides[1],
        )
    if key == "task_seconds":
        return _seconds(now, before, hides)
    mean = metrics.mean_amount(now.click_sum, now.click_squares, now.clicks)
    if mean is None or metrics.is_hidden(mean.n) or hides[0]:
        return Amount(METRICS[key], now.clicks, None)
    return Amount(METRICS[key], mean.n, mean.value, mean.low, mean.high)


def _seconds(now: Tasks, before: Tasks, hides: tuple[bool, bool]) -> Median:
    metric, n = METRICS["task_seconds"], len(now.seconds)
    if metrics.is_hidden(n) or hides[0]:
        return Median(metric, n, None)
    low, high = metrics.quantile_ranks(n, 0.5)
    hidden_before = metrics.is_hidden(len(before.seconds)) or hides[1]
    return Median(
        metric,
        n,
        _median(now.seconds),
        now.seconds[low],
        now.seconds[high],
        None if hidden_before else _median(before.seconds),
    )


def _median(seconds: tuple[float, ...]) -> float | None:
    return quantile(Counter(seconds), 0.5)


# By dimension: the column of `_SELECTED`.
_COLUMNS: Mapping[Dimension, str] = {
    **{name: f"base.{name}" for name in OF_CUSTOMERS},
    "touchpoint": "places.id",
}
_SIZES = ("ended", "task_seconds", "task_clicks")
_COUNTED = """count(*), count(seconds) FILTER (WHERE data ->> 'outcome' = 'success'),
    count(clicks) FILTER (WHERE data ->> 'outcome' = 'success')"""
_BY_OUTCOME = """
SELECT data ->> 'outcome', count(*), array_agg(seconds ORDER BY seconds)
    FILTER (WHERE seconds IS NOT NULL),
    count(clicks), sum(clicks), sum(clicks * clicks)"""
# What is no number in the data is none here, instead of an error.
_SELECTED = """
FROM customers_interaction i
JOIN ({base}) base (id, region, product_line, account, tier) ON base.id = i.customer_id
JOIN ({places}) places (id, key) ON places.key = i.touchpoint_key
CROSS JOIN LATERAL (SELECT
    CASE jsonb_typeof(data -> 'seconds') WHEN 'number'
        THEN (data ->> 'seconds')::float END AS seconds,
    CASE jsonb_typeof(data -> 'clicks') WHEN 'number'
        THEN (data ->> 'clicks')::float END AS clicks) d
WHERE kind = 'task' AND occurred_at >= %s AND occurred_at < %s
    AND data ->> 'outcome' IN ('success', 'abandoned', 'error')"""
