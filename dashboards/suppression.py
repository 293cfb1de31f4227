"""What may not be shown because of what else can be looked at.

A page with a filter, the same page without it and either told apart by something else
can be subtracted from each other. So whether a number is shown depends on the table of
every filter that is set against what the page tells apart, not on its size alone.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Any, Protocol

from dashboards.count_tables import CountTable, by_value, sizes_in
from dashboards.counting import Counts, Key, counts
from dashboards.dimensions import Dimension, Value
from dashboards.periods import Grain
from dashboards.scores import SCORE_COLUMNS
from dashboards.selection import Filters
from surveys import hidden_tables
from surveys.hidden_tables import hidden_table
from surveys.metrics import hidden_groups, is_hidden
from teams.models import User

Sizes = Mapping[Key, int]
# By number: what it is added up of.
Columns = Mapping[str, Collection[str]]
_OF_SCORES: Columns = {
    key: tuple(columns.values()) for key, columns in SCORE_COLUMNS.items()
}
# With the attribute that a filter names, or with anything else.
WITH, WITHOUT = "with", "without"


class Reading(Protocol):
    """Answers as `counting.counts` does, of counts that were read already."""

    def __call__(
        self, filters: Filters, by: Sequence[Dimension], grain: Grain | None
    ) -> Mapping[Key, Counts]: ...


class Told(Protocol):
    """How many each number rests on, in any selection and told apart by anything."""

    @property
    def columns(self) -> Columns: ...

    def read(
        self, filters: Filters, by: list[Dimension], grain: Grain | None = None
    ) -> Mapping[Key, Counts]: ...


@dataclass(frozen=True)
class Span:
    """The scores: who looks at which days; `reading` spares asking the database."""

    user: User
    since: date
    until: date
    reading: Reading | None = None

    @property
    def columns(self) -> Columns:
        return _OF_SCORES

    def read(
        self, filters: Filters, by: list[Dimension], grain: Grain | None = None
    ) -> Mapping[Key, Counts]:
        if self.reading:
            return self.reading(filters, by, grain)
        return counts(
            self.user, filters, since=self.since, until=self.until, by=by, grain=grain
        )


@dataclass(frozen=True)
class Hidden:
    """Of one score: which of the groups told apart, and whether all of them."""

    groups: frozenset[Value | date]
    is_closed: bool = False

    def __contains__(self, value: object) -> bool:
        return self.is_closed or value in self.groups


NOTHING_HIDDEN = Hidden(frozenset())


def hidden_scores(told: Told, filters: Filters) -> frozenset[str]:
    """Which scores of a selection may not be shown, although n is large enough.

    Each filter is looked at alone, and each two together, with the others set.
    """
    found: set[str] = set()
    columns = told.columns
    for rest, given in _without_one(filters):
        groups = by_value(_told_apart(told, rest, given.by))
        found |= {n for n in columns if given.key in _alone(groups, columns[n])}
    for rest, row, column in _without_two(filters):
        table = _crossed(told, rest, row, column)
        turn = _turns(row.by, column.by)
        cell = (row.key, column.key)
        found |= {n for n in columns if _hides(table, columns[n], cell, turn=turn)}
    return frozenset(found)


def hidden_values(
    told: Told,
    filters: Filters,
    by: Dimension,
    groups: Mapping[Value, Counts],
    *,
    scores: Sequence[str] = (),
) -> dict[str, Hidden]:
    """Which values of a dimension may not be shown, for each of these scores.

    `groups` are the counts within the filters.
    """
    columns = {key: told.columns[key] for key in scores or told.columns}
    found = {key: Hidden(_alone(groups, names)) for key, names in columns.items()}
    for rest, row in _without_one(filters):
        table = _crossed(told, rest, row, _Given(by, ""))
        turn = _turns(row.by, by)
        for key, names in columns.items():
            mine = _row_of(table, names, row.key, turn=turn)
            found[key] = _joined(found[key], mine)
    return found


def hidden_buckets(
    told: Told, filters: Filters, grain: Grain, buckets: Mapping[date, Counts]
) -> dict[str, Hidden]:
    """Which points of a line may not be shown, for each score."""
    columns = told.columns
    found = {key: Hidden(_alone(buckets, names)) for key, names in columns.items()}
    for rest, row in _without_one(filters):
        table = _over_time(told, rest, row, grain)
        for key, names in columns.items():
            found[key] = _joined(found[key], _row_of(table, names, row.key))
    return found


@dataclass(frozen=True)
class _Given:
    """A filter that is set: a dimension and its value, or one of the attributes."""

    by: Dimension | tuple[str, str]
    key: Value


def _without_one(filters: Filters) -> Iterator[tuple[Filters, _Given]]:
    for given in _given(filters):
        yield _drop(filters, given), given


def _without_two(filters: Filters) -> Iterator[tuple[Filters, _Given, _Given]]:
    for first, second in combinations(_given(filters), 2):
        yield _drop(_drop(filters, first), second), first, second


def _given(filters: Filters) -> list[_Given]:
    dimensions = [_Given(d, value) for d, value in filters.given.items()]
    return [*dimensions, *(_Given(each, WITH) for each in filters.attributes)]


def _drop(filters: Filters, given: _Given) -> Filters:
    if isinstance(given.by, tuple):
        left = tuple(each for each in filters.attributes if each != given.by)
        return replace(filters, attributes=left)
    # A dimension's name is that of the field.
    return replace(filters, **{given.by: None})  # type: ignore[arg-type]


def _told_apart(
    told: Told, rest: Filters, by: Dimension | tuple[str, str]
) -> Mapping[Key, Counts]:
    if not isinstance(by, tuple):
        return told.read(rest, [by])
    return _by_attribute(by, rest, lambda filters: told.read(filters, []))


def _crossed(
    told: Told, rest: Filters, row: _Given, column: _Given
) -> Mapping[Key, Counts]:
    """By both; of a column's dimension every value."""
    first, second = row.by, column.by
    if not isinstance(first, tuple) and not isinstance(second, tuple):
        return told.read(rest, [first, second])
    if isinstance(first, tuple):
        return _by_attribute(first, rest, lambda f: _told_apart(told, f, second))
    assert isinstance(second, tuple)
    turned = _by_attribute(second, rest, lambda f: _told_apart(told, f, first))
    return {(one, other): parts for (other, one), parts in turned.items()}


def _over_time(
    told: Told, rest: Filters, row: _Given, grain: Grain
) -> Mapping[Key, Counts]:
    if isinstance(row.by, tuple):
        return _by_attribute(row.by, rest, lambda f: told.read(f, [], grain))
    turned = told.read(rest, [row.by], grain)
    if isinstance(turned, CountTable):
        return turned.turned()
    return {(value, bucket): parts for (bucket, value), parts in turned.items()}


def _by_attribute(
    attribute: tuple[str, str],
    rest: Filters,
    ask: Callable[[Filters], Mapping[Key, Counts]],
) -> Mapping[Key, Counts]:
    """Those with the attribute, and what is left of all."""
    narrowed = replace(rest, attributes=(*rest.attributes, attribute))
    having, everybody = ask(narrowed), ask(rest)
    found: dict[Key, Counts] = {(WITH, *key): parts for key, parts in having.items()}
    for key, parts in everybody.items():
        mine = having.get(key, {})
        others = {name: n - mine.get(name, 0) for name, n in parts.items()}
        found[(WITHOUT, *key)] = others
    return found


def _alone(groups: Mapping[Any, Counts], names: Collection[str]) -> frozenset[Any]:
    """Which groups are hidden because of their total alone."""
    if isinstance(groups, CountTable):
        return groups.hidden_groups(names)
    return hidden_groups(sizes_in(groups, names))


def _turns(row: Dimension | tuple[str, str], column: object) -> bool:
    """Whether the table is looked at from its other side: two pages that show it, each
    from its own, must hide the same cells."""
    return str(row) > str(column)


def _hides(
    found: Mapping[Key, Counts],
    names: Collection[str],
    cell: tuple[Value, Value],
    *,
    turn: bool,
) -> bool:
    n = _size_of(found.get(cell), names)
    return (n > 0 and is_hidden(n)) or cell[1] in _row_of(
        found, names, cell[0], turn=turn
    )


def _row_of(
    found: Mapping[Key, Counts],
    names: Collection[str],
    row: Value,
    *,
    turn: bool = False,
) -> Hidden:
    if isinstance(found, CountTable):
        wide = found.as_wide(names)
        if len(wide.sizes) > hidden_tables.MOST_CELLS:
            groups = wide.hidden_in(row)
            return Hidden(groups or frozenset(), is_closed=groups is None)
    table = hidden_table(_as_table(sizes_in(found, names), turn=turn))
    cells = ((b, a) if turn else (a, b) for a, b in table.cells)
    return Hidden(
        frozenset(column for each, column in cells if each == row),
        is_closed=table.is_closed,
    )


def _size_of(parts: Counts | None, names: Collection[str]) -> int:
    return sum(parts[name] for name in names) if parts else 0


def _as_table(
    sizes: Sizes, *, turn: bool
) -> dict[tuple[Value | date, Value | date], int]:
    """In an order of its own, whatever order the database told them in."""
    cells = (
        (((column, row) if turn else (row, column)), n)
        for (row, column), n in sizes.items()
    )
    return dict(sorted(cells, key=lambda cell: str(cell[0])))


def _joined(one: Hidden, other: Hidden) -> Hidden:
    return Hidden(one.groups | other.groups, one.is_closed or other.is_closed)
