"""What became of low answers, and what is still open."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from django.db.models import Count, Q

from dashboards.loop_counts import (
    CaseCounts,
    ClockCounts,
    Kind,
    LoopCounts,
    loop_counts,
)
from dashboards.measuring import Question
from dashboards.registry import METRICS
from dashboards.results import Counted, Measured, Median, Result
from dashboards.selection import tickets
from dashboards.series import share_result
from surveys import metrics

# How long a ticket is open before it is old.
OLD = timedelta(days=7)

_CASES: Mapping[str, Callable[[CaseCounts], int]] = {
    "coverage": lambda cases: cases.covered,
    "closed_rate": lambda cases: cases.resolved,
    "confirmed_rate": lambda cases: cases.confirmed,
    "unobjected_rate": lambda cases: cases.unobjected,
    "reopened_rate": lambda cases: cases.reopened,
}
_CLOCKS: Mapping[str, Kind] = {
    "contact_in_sla": "contact",
    "resolution_in_sla": "resolution",
    "contact_minutes": "contact",
    "contact_minutes_p90": "contact",
    "resolution_minutes": "resolution",
    "resolution_minutes_p90": "resolution",
}


def measured_loop(question: Question, keys: Collection[str]) -> Mapping[str, Result]:
    now, before = loop_counts(
        question.user, question.period, question.filters, at=question.at
    )
    return {key: _measured(key, now, before) for key in keys}


def measured_tickets(question: Question, keys: Collection[str]) -> Mapping[str, Result]:
    """As they are at this moment, whatever the period."""
    at = question.at
    found = tickets(question.user, question.filters).open()
    counts = found.aggregate(
        open_tickets=Count("pk"),
        overdue_tickets=Count("pk", filter=Q(sort_due_at__lt=at)),
        old_tickets=Count("pk", filter=Q(opened_at__lt=at - OLD)),
    )
    return {key: Counted(METRICS[key], counts[key]) for key in keys}


def _measured(key: str, now: LoopCounts, before: LoopCounts) -> Result:
    if key in _CASES:
        part = _CASES[key]
        return share_result(
            METRICS[key],
            (part(now.cases), now.cases.qualifying),
            (part(before.cases), before.cases.qualifying),
        )
    clock = now.clocks[_CLOCKS[key]]
    past = before.clocks[_CLOCKS[key]]
    if key.endswith("_in_sla"):
        return _in_time(key, clock, past)
    return _quantile(key, clock, past)


def _in_time(key: str, now: ClockCounts, before: ClockCounts) -> Measured:
    return share_result(
        METRICS[key],
        (now.met, now.met + now.breached),
        (before.met, before.met + before.breached),
        waiting=now.waiting,
    )


def _quantile(key: str, now: ClockCounts, before: ClockCounts) -> Median:
    is_p90 = key.endswith("_p90")
    share = 0.9 if is_p90 else 0.5
    middle = None if metrics.is_hidden(now.done) else now.middle(share)
    past = None if metrics.is_hidden(before.done) else before.quantile(share)
    change = None
    if middle and past is not None and not is_p90:
        change = metrics.median_change(
            (now.longer(), now.done), (before.longer(), before.done)
        )
    return Median(
        METRICS[key],
        now.done,
        middle.value if middle else None,
        middle.low if middle else None,
        middle.high if middle else None,
        past,
        change,
    )
