"""What the loop's tiles rest on: counts and medians of two periods, in one query.

Finished tickets come added up, from the cells, where a shape of them knows the filters
and the person's scope; the others, and crossed filters, come from the rows.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
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
    TextField,
    Value,
)
from django.db.models.functions import Cast

from dashboards.counting import Counts, Key
from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.loop_cells import RATES
from dashboards.loop_lookups import OF_CELLS, OF_ROWS, OF_UNCOVERED
from dashboards.models import LoopCell, LoopRow, Uncovered
from dashboards.periods import Period
from dashboards.remainders import Bases, Lookups, Table, added_up
from dashboards.selection import Filters, loop_cells, loop_rows
from dashboards.sorted_runs import Middle, SortedRuns
from dashboards.uncovered import uncovered
from teams.models import User
from tickets.models import Clock

Kind = Literal["contact", "resolution"]
KINDS: tuple[Kind, ...] = ("contact", "resolution")
Part = Mapping[str, Any]
Found = QuerySet[LoopRow] | QuerySet[LoopCell] | QuerySet[Uncovered]
Told = Mapping[str, Any]
Source = tuple[Found, Told, Mapping[str, Aggregate]]
# The columns of what a table is told apart by: two dimensions at most.
_TOLD_BY = ("first", "second")
# Columns of rows, of cells, and of answers without a ticket.
Columns = tuple[
    Mapping[str, Aggregate], Mapping[str, Aggregate], Mapping[str, Aggregate]
]
# The place of the selection itself; tables have those of their list.
_OWN = -1


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


@dataclass(frozen=True)
class LoopTables:
    """What one query has read: of a selection, and of tables."""

    tables: Sequence[Table]
    parts: Sequence[Part]

    @property
    def both(self) -> Both:
        """Of the selection."""
        own = [part for part in self.parts if part["place"] == _OWN]
        halves = [[p for p in own if p["is_now"] is now] for now in (True, False)]
        clocks = {kind: _clock_counts(kind, halves) for kind in KINDS}
        now, before = (
            LoopCounts({kind: clocks[kind][place] for kind in KINDS}, _cases(half))
            for place, half in enumerate(halves)
        )
        return now, before

    def bases(self, names: Collection[str], *, is_now: bool) -> Bases:
        """How many answers or tickets numbers rest on; `_sizes` gives the names."""
        found: dict[Table, dict[Key, Counts]] = {
            table: added_up(
                (_key(part, table[1]), _sizes(part))
                for part in self.parts
                if part["place"] == place and part["is_now"] is is_now
            )
            for place, table in enumerate(self.tables)
        }

        def read(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
            return found[filters, tuple(by)]

        return Bases(read, names)


def loop_counts(
    user: User,
    period: Period,
    filters: Filters,
    *,
    at: datetime,
    tables: Sequence[Table] = (),
) -> LoopTables:
    asked = [
        *(
            _by_period(source, period, _OWN)
            for source in _sources(user, filters, (), _of_own(at))
        ),
        *(
            _by_period(source, period, place)
            for place, (wider, by) in enumerate(tables)
            for source in _sources(user, wider, by, _of_table(at))
        ),
    ]
    return LoopTables(tables, list(asked[0].union(*asked[1:], all=True)))


def _key(part: Part, by: Sequence[Dimension]) -> Key:
    texts = (part[name] or "" for name in _TOLD_BY)
    return tuple(
        int(text) if text and DIMENSIONS[dimension].is_number else text
        for dimension, text in zip(by, texts, strict=False)
    )


def _sizes(part: Part) -> Counts:
    [cases] = part["rates"]
    found = {"cases": cases}
    for kind in KINDS:
        found[f"{kind} due"], found[f"{kind} done"] = part[f"{kind}_fates"]
    return found


def _sources(
    user: User, filters: Filters, by: Sequence[Dimension], columns: Columns
) -> Iterator[Source]:
    of_rows, of_cells, of_uncovered = columns
    yield uncovered(user, filters), _told(by, OF_UNCOVERED), of_uncovered
    rows, cells = loop_rows(user, filters), loop_cells(user, filters, by)
    if cells is None:
        yield rows, _told(by, OF_ROWS), of_rows
    else:
        yield rows.filter(is_finished=False), _told(by, OF_ROWS), of_rows
        yield cells, _told(by, OF_CELLS), of_cells


def _told(by: Sequence[Dimension], lookups: Lookups) -> Told:
    """Texts, because one query tells apart by several dimensions."""
    values = [Cast(lookups[dimension], _TEXT) for dimension in by]
    return dict(zip(_TOLD_BY, (*values, _EMPTY, _EMPTY), strict=False))


def _by_period(source: Source, period: Period, place: int) -> QuerySet[Any, Any]:
    found, told, columns = source
    is_now = ExpressionWrapper(Q(day__gte=period.start), BooleanField())
    within = found.filter(day__range=(period.preceding_start, period.end))
    return within.values(place=Value(place), is_now=is_now, **told).annotate(**columns)


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


def _of_own(at: datetime) -> Columns:
    asked = Value(at, DateTimeField())
    return (
        _columns(_ROW_RATES, _ROW_FATES, _NOTHING, _ROW_MINUTES, asked),
        _columns(_CELL_RATES, _CELL_FATES, _CELL_RUNS, _NOTHING),
        _columns(_MISSING_RATES, _NO_FATES, _NOTHING, _NOTHING),
    )


def _of_table(at: datetime) -> Columns:
    """Only what numbers rest on, for all lines of a table are read."""
    asked = Value(at, DateTimeField())
    return (
        _columns(_ROW_CASES, _ROW_BASES, _NOTHING, _NOTHING, asked),
        _columns(_CELL_CASES, _CELL_BASES, _NOTHING, _NOTHING),
        _columns(_MISSING_CASES, _NO_BASES, _NOTHING, _NOTHING),
    )


def _columns(
    rates: str, fates: str, runs: str, loose: str, *asked: Value
) -> Mapping[str, Aggregate]:
    return {"rates": Aggregate(template=rates, output_field=_NUMBERS)} | {
        column: part
        for kind in KINDS
        for column, part in {
            f"{kind}_fates": _numbers(fates, kind, *asked),
            f"{kind}_runs": _bytes(runs, kind),
            f"{kind}_loose": _bytes(loose, kind),
        }.items()
    }


def _numbers(sql: str, kind: Kind, *values: Value) -> Aggregate:
    template = sql.format(clock=kind, row=_ROW, **_STATES)
    return Aggregate(*values, template=template, output_field=_NUMBERS)


def _bytes(sql: str, kind: Kind) -> Aggregate:
    return Aggregate(template=sql.format(clock=kind), output_field=_BYTES)


_NUMBERS = ArrayField(IntegerField())
_TEXT = TextField()
_EMPTY = Value("", _TEXT)
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
# Tickets, which rows are told apart by, have columns of the same names.
_ROW = LoopRow._meta.db_table
# Of a table: how many cases there are, how many clocks are over, how many have minutes.
_ROW_CASES = f"ARRAY[COALESCE(sum({_ROW}.answers), 0)]"
_CELL_CASES = "ARRAY[sum(covered)]"
_MISSING_CASES = "ARRAY[count(*)]"
_ROW_BASES = """ARRAY[
    count(*) FILTER (WHERE {row}.{clock}_state IN ({met}, {breached}, {met_late})
        OR {row}.{clock}_state = {running} AND {row}.{clock}_due_at < %(expressions)s),
    count({row}.{clock}_minutes)]"""
_CELL_BASES = """ARRAY[sum({clock}_met + {clock}_late),
    sum(octet_length({clock}_minutes) / 4)]"""
_NO_BASES = "ARRAY[0, 0]::bigint[]"
