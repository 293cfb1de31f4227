"""What the loop's tiles rest on: counts and medians of two periods, in one query.

Finished tickets come added up, from the cells, where a shape of them knows the filters
and the person's scope; the others, and crossed filters, come from the rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Aggregate,
    BinaryField,
    BooleanField,
    DateTimeField,
    ExpressionWrapper,
    IntegerField,
    Q,
    QuerySet,
    Value,
)

from dashboards.loop_cells import RATES
from dashboards.models import LoopCell, LoopRow, Uncovered
from dashboards.periods import Period
from dashboards.selection import Filters, loop_cells, loop_rows
from dashboards.sorted_runs import Middle, SortedRuns
from dashboards.uncovered import uncovered
from teams.models import User
from tickets.models import Clock

Kind = Literal["contact", "resolution"]
KINDS: tuple[Kind, ...] = ("contact", "resolution")
Part = Mapping[str, Any]
Found = QuerySet[LoopRow] | QuerySet[LoopCell] | QuerySet[Uncovered]
Source = tuple[Found, Mapping[str, Aggregate]]


@dataclass(frozen=True)
class ClockCounts:
    """Tickets by what became of one clock; `done` ones have minutes.

    Past due and unmet is breached. Of a clock that is `stopped`, nothing was promised:
    it counts nowhere. `both` are the minutes of this period and of the one before.
    """

    met: int
    breached: int
    waiting: int
    done: int
    minutes: SortedRuns
    both: SortedRuns

    def middle(self, share: float) -> Middle | None:
        """The median or another quantile, with the interval of its place."""
        return self.minutes.middle(share)

    def quantile(self, share: float) -> float | None:
        return self.minutes.quantile(share)

    def longer(self) -> int:
        """How many took longer than the median of both periods together."""
        middle = self.both.median()
        return 0 if middle is None else self.minutes.above(middle)


@dataclass(frozen=True)
class CaseCounts:
    """Answers with a ticket, by what became of it; `missing` ones should have one."""

    covered: int = 0
    resolved: int = 0
    confirmed: int = 0
    unobjected: int = 0
    reopened: int = 0
    missing: int = 0

    @property
    def qualifying(self) -> int:
        return self.covered + self.missing


@dataclass(frozen=True)
class LoopCounts:
    """Of the tickets of one period's answers."""

    clocks: Mapping[Kind, ClockCounts]
    cases: CaseCounts


# Of the tickets of this period's answers, and of the period before.
Both = tuple[LoopCounts, LoopCounts]


def loop_counts(
    user: User, period: Period, choices: Sequence[Filters], *, at: datetime
) -> list[Both]:
    """For each of the filters to choose from; minutes of the first alone, which are
    much to read."""
    parts: list[list[Part]] = [[] for _filters in choices]
    for part in _parts(user, period, choices, at=at):
        parts[part["place"]].append(part)
    return list(map(_both, parts))


def _both(parts: Sequence[Part]) -> Both:
    halves = [[p for p in parts if p["is_now"] is now] for now in (True, False)]
    clocks = {kind: _clock_counts(kind, halves) for kind in KINDS}
    now, before = (
        LoopCounts({kind: clocks[kind][place] for kind in KINDS}, _cases(half))
        for place, half in enumerate(halves)
    )
    return now, before


def _parts(
    user: User, period: Period, choices: Sequence[Filters], *, at: datetime
) -> Iterable[dict[str, Any]]:
    asked = [
        _by_period(found, period, place, columns)
        for place, filters in enumerate(choices)
        for found, columns in _sources(user, filters, at, is_counted_only=place > 0)
    ]
    return asked[0].union(*asked[1:], all=True)


def _sources(
    user: User, filters: Filters, at: datetime, *, is_counted_only: bool
) -> Iterator[Source]:
    of_rows, of_cells = _of_rows(at), _of_cells()
    if is_counted_only:
        of_rows, of_cells = of_rows | _no_minutes(), of_cells | _no_minutes()
    yield uncovered(user, filters), _of_uncovered()
    rows, cells = loop_rows(user, filters), loop_cells(user, filters)
    if cells is None:
        yield rows, of_rows
    else:
        yield rows.filter(is_finished=False), of_rows
        yield cells, of_cells


def _by_period(
    found: Found, period: Period, place: int, columns: Mapping[str, Aggregate]
) -> QuerySet[Any, Any]:
    is_now = ExpressionWrapper(Q(day__gte=period.start), BooleanField())
    within = found.filter(day__range=(period.preceding_start, period.end))
    return within.values(place=Value(place), is_now=is_now).annotate(**columns)


def _cases(parts: Sequence[Part]) -> CaseCounts:
    rates = ((0,) * (len(RATES) + 1), *(part["rates"] for part in parts))
    return CaseCounts(*map(sum, zip(*rates, strict=True)))


def _clock_counts(kind: Kind, halves: Sequence[Sequence[Part]]) -> list[ClockCounts]:
    runs = [_runs(kind, half) for half in halves]
    both = _runs(kind, [part for half in halves for part in half])
    return [
        _counts_of_clock(kind, half, minutes, both)
        for half, minutes in zip(halves, runs, strict=True)
    ]


def _counts_of_clock(
    kind: Kind, parts: Sequence[Part], minutes: SortedRuns, both: SortedRuns
) -> ClockCounts:
    fates = (0, 0, 0, 0, 0), *(part[f"{kind}_fates"] for part in parts)
    met, late, unmet, past_due, done = map(sum, zip(*fates, strict=True))
    return ClockCounts(met, late + past_due, unmet - past_due, done, minutes, both)


def _runs(kind: Kind, parts: Sequence[Part]) -> SortedRuns:
    return SortedRuns.unpacked(
        b"".join(part[f"{kind}_runs"] for part in parts),
        b"".join(part[f"{kind}_loose"] for part in parts),
    )


# What a query adds up for one clock: as one array, because Django takes longer over
# many expressions than the database over their rows, and as the two texts of bytes
# that `SortedRuns` reads. The same columns in the same order, for the union.


def _of_rows(at: datetime) -> dict[str, Aggregate]:
    asked = Value(at, DateTimeField())
    rates = Aggregate(template=_ROW_RATES, output_field=_NUMBERS)
    return {"rates": rates} | {
        column: part
        for kind in KINDS
        for column, part in {
            f"{kind}_fates": _numbers(_ROW_FATES, kind, asked),
            f"{kind}_runs": _bytes(_NOTHING, kind),
            f"{kind}_loose": _bytes(_ROW_MINUTES, kind),
        }.items()
    }


def _of_cells() -> dict[str, Aggregate]:
    return _without_minutes(_CELL_RATES, fates=_CELL_FATES, runs=_CELL_RUNS)


def _of_uncovered() -> dict[str, Aggregate]:
    return _without_minutes(_MISSING_RATES, fates=_NO_FATES, runs=_NOTHING)


def _without_minutes(rates: str, *, fates: str, runs: str) -> dict[str, Aggregate]:
    return {"rates": Aggregate(template=rates, output_field=_NUMBERS)} | {
        column: part
        for kind in KINDS
        for column, part in {
            f"{kind}_fates": _numbers(fates, kind),
            f"{kind}_runs": _bytes(runs, kind),
            f"{kind}_loose": _bytes(_NOTHING, kind),
        }.items()
    }


def _no_minutes() -> dict[str, Aggregate]:
    return {
        f"{kind}_{what}": _bytes(_NOTHING, kind)
        for kind in KINDS
        for what in ("runs", "loose")
    }


def _numbers(sql: str, kind: Kind, *values: Value) -> Aggregate:
    template = sql.format(clock=kind, **_STATES)
    return Aggregate(*values, template=template, output_field=_NUMBERS)


def _bytes(sql: str, kind: Kind) -> Aggregate:
    return Aggregate(template=sql.format(clock=kind), output_field=_BYTES)


_NUMBERS = ArrayField(IntegerField())
_BYTES = BinaryField()
_STATES = {state.name.lower(): f"'{state.value}'" for state in Clock.State}
# Met, late, unmet, how many of the unmet are past due, and how many have minutes.
_ROW_FATES = """ARRAY[
    count(*) FILTER (WHERE {clock}_state = {met}),
    count(*) FILTER (WHERE {clock}_state IN ({breached}, {met_late})),
    count(*) FILTER (WHERE {clock}_state IN ({running}, {paused})),
    count(*) FILTER (
        WHERE {clock}_state = {running} AND {clock}_due_at < %(expressions)s),
    count({clock}_minutes)]"""
_CELL_FATES = """ARRAY[sum({clock}_met), sum({clock}_late), 0, 0,
    sum(octet_length({clock}_minutes) / 4)]"""
_NO_FATES = "ARRAY[0, 0, 0, 0, 0]::bigint[]"
# As CaseCounts: those of RATES, and the missing.
_ROW_RATES = (
    f"ARRAY[{', '.join(f'COALESCE({sql}, 0)' for sql in RATES.values())}, 0::bigint]"
)
_CELL_RATES = f"ARRAY[{', '.join(f'sum({name})' for name in RATES)}, 0::bigint]"
_MISSING_RATES = f"ARRAY[{'0, ' * len(RATES)}count(*)]::bigint[]"
_ROW_MINUTES = "COALESCE(string_agg(int4send({clock}_minutes), ''::bytea), '')"
_CELL_RUNS = """string_agg(
    int4send(octet_length({clock}_minutes) / 4) || {clock}_minutes, ''::bytea)"""
_NOTHING = "''::bytea"
