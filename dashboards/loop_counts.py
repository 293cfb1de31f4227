"""What the loop's tiles rest on: counts and medians of two periods, in one query.

Finished tickets come added up, from the cells, where a shape of them knows the filters
and the person's scope; the others, and crossed filters, come from the rows.
"""

import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import (
    Aggregate,
    BinaryField,
    BooleanField,
    Case,
    Count,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from dashboards.models import LoopCell, LoopRow
from dashboards.periods import Period
from dashboards.selection import Filters, loop_cells, loop_rows
from teams.models import User
from tickets.models import Clock

Kind = Literal["contact", "resolution"]
KINDS: tuple[Kind, ...] = ("contact", "resolution")


@dataclass(frozen=True)
class ClockCounts:
    """Tickets by what became of one clock; `done` ones have minutes.

    Past due and unmet is breached. Of a clock that is `stopped`, nothing was promised:
    it counts nowhere. `median` is None where nothing is done.
    """

    met: int = 0
    breached: int = 0
    waiting: int = 0
    done: int = 0
    median: float | None = None


LoopCounts = Mapping[Kind, ClockCounts]


def loop_counts(
    user: User, period: Period, filters: Filters, *, at: datetime
) -> tuple[LoopCounts, LoopCounts]:
    """Of the tickets of this period's answers, and of the period before."""
    found = list(_parts(user, period, filters, at=at))
    return _added(r for r in found if r["is_now"]), _added(
        r for r in found if not r["is_now"]
    )


def median(minutes: Mapping[int, int]) -> float | None:
    """Of values by how often they occur; the mean of the two in the middle."""
    n = sum(minutes.values())
    if not n:
        return None
    wanted, passed = [(n - 1) // 2, n // 2], 0
    middle: list[int] = []
    for value in sorted(minutes):
        passed += minutes[value]
        while len(middle) < 2 and wanted[len(middle)] < passed:
            middle.append(value)
    return sum(middle) / 2


def _parts(
    user: User, period: Period, filters: Filters, *, at: datetime
) -> Iterable[dict[str, Any]]:
    rows, cells = loop_rows(user, filters), loop_cells(user, filters)
    if cells is None:
        return _by_period(rows, period, _of_rows(at))
    unfinished = _by_period(rows.filter(is_finished=False), period, _of_rows(at))
    return _by_period(cells, period, _of_cells()).union(unfinished, all=True)


def _by_period(
    found: QuerySet[LoopRow] | QuerySet[LoopCell],
    period: Period,
    sums: Mapping[str, Any],
) -> QuerySet[Any, Any]:
    is_now = Case(
        When(day__gte=period.start, then=True),
        default=False,
        output_field=BooleanField(),
    )
    within = found.filter(day__range=(period.preceding_start, period.end))
    return within.values(is_now=is_now).annotate(**sums)


class _Packed(Aggregate):
    """Minutes as a cell holds them; their order is nobody's business."""

    function = "string_agg"
    template = "%(function)s(int4send(%(expressions)s), ''::bytea)"
    output_field = BinaryField()


class _Joined(Aggregate):
    function = "string_agg"
    template = "%(function)s(%(expressions)s, ''::bytea)"
    output_field = BinaryField()


def _of_rows(at: datetime) -> dict[str, Any]:
    return {
        name: part for kind in KINDS for name, part in _of_row_clock(kind, at).items()
    }


def _of_row_clock(kind: Kind, at: datetime) -> dict[str, Any]:
    state = f"{kind}_state"
    running = Q(**{state: Clock.State.RUNNING})
    past_due = running & Q(**{f"{kind}_due_at__lt": at})
    late = Q(**{f"{state}__in": [Clock.State.BREACHED, Clock.State.MET_LATE]})
    paused = Q(**{state: Clock.State.PAUSED})
    return {
        f"{kind}_in_time": Count("pk", filter=Q(**{state: Clock.State.MET})),
        f"{kind}_breached": Count("pk", filter=late | past_due),
        f"{kind}_waiting": Count("pk", filter=paused | running & ~past_due),
        f"{kind}_packed": _Packed(f"{kind}_minutes"),
    }


def _of_cells() -> dict[str, Any]:
    """The same columns in the same order, for the union."""
    return {name: part for kind in KINDS for name, part in _of_cell_clock(kind).items()}


def _of_cell_clock(kind: Kind) -> dict[str, Any]:
    return {
        f"{kind}_in_time": Sum(f"{kind}_met"),
        f"{kind}_breached": Sum(f"{kind}_late"),
        f"{kind}_waiting": Value(0, IntegerField()),
        f"{kind}_packed": _Joined(f"{kind}_minutes"),
    }


def _added(parts: Iterable[Mapping[str, Any]]) -> LoopCounts:
    found = list(parts)
    return {kind: _clock_counts(kind, found) for kind in KINDS}


def _clock_counts(kind: Kind, parts: Iterable[Mapping[str, Any]]) -> ClockCounts:
    counts: Counter[str] = Counter()
    minutes: Counter[int] = Counter()
    for part in parts:
        for name in ("in_time", "breached", "waiting"):
            counts[name] += part[f"{kind}_{name}"]
        minutes.update(_unpacked(part[f"{kind}_packed"]))
    return ClockCounts(
        counts["in_time"],
        counts["breached"],
        counts["waiting"],
        minutes.total(),
        median(minutes),
    )


def _unpacked(packed: memoryview | bytes | None) -> tuple[int, ...]:
    content = bytes(packed or b"")
    return struct.unpack(f">{len(content) // 4}i", content)
