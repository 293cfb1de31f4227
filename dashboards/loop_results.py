"""What became of low answers, and what is still open."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from django.db.models import Count, Q

from dashboards.loop_counts import (
    Both,
    CaseCounts,
    ClockCounts,
    Kind,
    loop_counts,
)
from dashboards.measuring import Question
from dashboards.registry import METRICS
from dashboards.remainders import tables_behind
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
    filters = question.filters
    found = loop_counts(
        question.user,
        question.period,
        filters,
        at=question.at,
        tables=tables_behind(filters),
    )
    names = {_base(key) for key in keys}
    now, before = (
        found.bases(names, is_now=is_now).hidden(filters) for is_now in (True, False)
    )
    both = found.both
    return {
        key: _measured(key, both, (_base(key) in now, _base(key) in before))
        for key in keys
    }


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


def _base(key: str) -> str:
    """The name of what a number rests on."""
    if key in _CASES:
        return "cases"
    return f"{_CLOCKS[key]} {'due' if key.endswith('_in_sla') else 'done'}"


def _measured(key: str, both: Both, hides: tuple[bool, bool]) -> Result:
    now, before = both
    if key in _CASES:
        part = _CASES[key]
        return share_result(
            METRICS[key],
            (part(now.cases), now.cases.qualifying),
            (part(before.cases), before.cases.qualifying),
            hide=hides[0],
            hide_before=hides[1],
        )
    clock = now.clocks[_CLOCKS[key]]
    past = before.clocks[_CLOCKS[key]]
    if key.endswith("_in_sla"):
        return _in_time(key, clock, past, hides)
    return _quantile(key, clock, past, hides)


def _in_time(
    key: str, now: ClockCounts, before: ClockCounts, hides: tuple[bool, bool]
) -> Measured:
    return share_result(
        METRICS[key],
        (now.met, now.met + now.breached),
        (before.met, before.met + before.breached),
        waiting=now.waiting,
        hide=hides[0],
        hide_before=hides[1],
    )


def _quantile(
    key: str, now: ClockCounts, before: ClockCounts, hides: tuple[bool, bool]
) -> Median:
    is_p90 = key.endswith("_p90")
    share = 0.9 if is_p90 else 0.5
    middle, past = now.middle(share), before.quantile(share)
    if metrics.is_hidden(now.done) or hides[0]:
        middle = None
    if metrics.is_hidden(before.done) or hides[1]:
        past = None
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
