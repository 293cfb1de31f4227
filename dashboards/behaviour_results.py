"""How tasks at touchpoints go, from interactions of the kind `task`: docs/interactions.md."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection

from dashboards.measuring import Question
from dashboards.orders import bounds, customers
from dashboards.periods import ImpossiblePeriod, Period
from dashboards.registry import METRICS
from dashboards.remainders import leave_few_in_both, wider
from dashboards.results import Amount, Median, Result
from dashboards.selection import touchpoints
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
    both = _both(question)
    wholes = [
        _both(replace(question, filters=rest)) for rest in wider(question.filters)
    ]
    return {key: _result(key, both, _hides(key, both, wholes)) for key in keys}


def _both(question: Question) -> Both:
    period = question.period
    now = tasks(question, period)
    try:
        earlier = Period(period.preceding_start, period.preceding_end)
    except ImpossiblePeriod:
        return now, NONE
    return now, tasks(question, earlier)


def _hides(key: str, both: Both, wholes: Sequence[Both]) -> tuple[bool, bool]:
    """Whether a filter leaves out so few that the others would give them away: in this
    period, in the one before."""
    return leave_few_in_both(
        _bases(key, both), (_bases(key, whole) for whole in wholes)
    )


def _bases(key: str, both: Both) -> tuple[int, int]:
    now, before = both
    return _base(key, now), _base(key, before)


def _base(key: str, found: Tasks) -> int:
    """How many tasks a number rests on."""
    if key in _OUTCOMES:
        return found.ended
    return len(found.seconds) if key == "task_seconds" else found.clicks


def tasks(question: Question, period: Period) -> Tasks:
    """Of the customers and the touchpoints that the person may count."""
    base = customers(question.user, question.filters).order_by().values("id")
    base_sql, base_values = base.query.sql_with_params()
    places = touchpoints(question.user)
    if question.filters.touchpoint is not None:
        places = places.filter(pk=question.filters.touchpoint)
    place_sql, place_values = places.order_by().values("key").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(base=base_sql, places=place_sql),
            [*bounds(period), *base_values, *place_values],
        )
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


# What is no number in the data is none here, instead of an error.
_SQL = """
SELECT data ->> 'outcome', count(*), array_agg(seconds ORDER BY seconds)
    FILTER (WHERE seconds IS NOT NULL),
    count(clicks), sum(clicks), sum(clicks * clicks)
FROM customers_interaction i CROSS JOIN LATERAL (SELECT
    CASE jsonb_typeof(data -> 'seconds') WHEN 'number'
        THEN (data ->> 'seconds')::float END AS seconds,
    CASE jsonb_typeof(data -> 'clicks') WHEN 'number'
        THEN (data ->> 'clicks')::float END AS clicks) d
WHERE kind = 'task' AND occurred_at >= %s AND occurred_at < %s
    AND data ->> 'outcome' IN ('success', 'abandoned', 'error')
    AND customer_id IN ({base}) AND touchpoint_key IN ({places})
GROUP BY 1"""
