"""What to hide of a table with thousands of cells: as `hidden_tables`, in arrays. Pure.

Whatever would follow is given company at once instead of one after the other, so a few
cells more are hidden than in a small table. Lines that have the same hidden cells are
looked at once: two of them lie on one circle.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveys.hidden_tables import Node, bridges
from surveys.metrics import hidden_below

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]
# Beyond these a table is closed: it would take seconds to say more.
MOST_PAIRS, MOST_HIDDEN, MOST_TURNS = 20_000_000, 30_000, 40
# Stands where a row of the table would: the totals of columns.
_ALL = -1


_Side = tuple[Sequence[Any], Numbers]


@dataclass(frozen=True)
class WideTable:
    """The cells that are not empty: at which `rows` and `columns` they stand by place
    in the names, and how many answers each has."""

    names: tuple[Sequence[Any], Sequence[Any]]
    places: tuple[Numbers, Numbers]
    sizes: Numbers

    @classmethod
    def of(cls, sizes: Mapping[tuple[Any, Any], int]) -> "WideTable":
        cells = [cell for cell, n in sizes.items() if n]
        rows, columns = (
            {name: place for place, name in enumerate(dict.fromkeys(side))}
            for side in zip(*cells, strict=True)
        )
        return cls(
            (list(rows), list(columns)),
            (
                np.array([rows[row] for row, _column in cells], np.int64),
                np.array([columns[column] for _row, column in cells], np.int64),
            ),
            np.array([sizes[cell] for cell in cells], np.int64),
        )

    def hidden_in(self, row: object) -> frozenset[Any] | None:
        """Which columns of a row to hide; None where the table is closed."""
        hidden = self.hidden()
        if hidden is None:
            return None
        place = next((p for p, name in enumerate(self.names[0]) if name == row), -1)
        chosen = hidden & (self.places[0] == place)
        return frozenset(column for _row, column in self.cells(chosen))

    def cells(self, chosen: Mask) -> Iterator[tuple[Any, Any]]:
        rows, columns = (places[chosen].tolist() for places in self.places)
        for row, column in zip(rows, columns, strict=True):
            yield self.names[0][row], self.names[1][column]

    def hidden_totals(self) -> tuple[frozenset[Any], frozenset[Any]]:
        """Of rows and of columns."""
        rows, columns = (
            frozenset(names[place] for place in np.flatnonzero(hidden).tolist())
            for names, hidden in zip(
                self.names, self._straight.hidden_totals, strict=True
            )
        )
        return rows, columns

    @property
    def _straight(self) -> "_Table":
        return _Table(self.names, self.places, self.sizes)

    def hidden(self) -> Mask | None:
        """Which cells to hide; None where the table is closed.

        The same whichever side is called rows.
        """
        rows, columns = sorted(map(self._in_order, (0, 1)), key=_longer_first)
        if len(rows[0]) * len(columns[0]) > MOST_PAIRS:
            return None
        return _Table((rows[0], columns[0]), (rows[1], columns[1]), self.sizes).hidden()

    def _in_order(self, side: int) -> "_Side":
        """The names that have answers, sorted, and the places in them."""
        used, places = np.unique(self.places[side], return_inverse=True)
        names = [self.names[side][place] for place in used.tolist()]
        order = sorted(range(len(names)), key=lambda place: str(names[place]))
        rank = np.empty(len(names), np.int64)
        rank[order] = np.arange(len(names))
        return [names[place] for place in order], rank[places]


def _longer_first(side: _Side) -> tuple[int, list[str]]:
    names, _places = side
    return -len(names), list(map(str, names))


def hidden_lines(sizes: Numbers, names: Sequence[Any]) -> Mask:
    """As `metrics.hidden_groups`, of groups by place."""
    below = hidden_below()
    hidden = (sizes > 0) & (sizes < below)
    while hidden.any() and (hidden.sum() == 1 or sizes[hidden].sum() < below):
        others = np.flatnonzero((sizes > 0) & ~hidden)
        if not len(others):
            break
        least = others[sizes[others] == sizes[others].min()]
        hidden[min(least.tolist(), key=lambda place: str(names[place]))] = True
    return hidden


@dataclass(frozen=True)
class _Table:
    """Rows are the longer side; names are sorted, so that nothing depends on the order
    in which they came."""

    names: tuple[Sequence[Any], Sequence[Any]]
    places: tuple[Numbers, Numbers]
    sizes: Numbers

    def hidden(self) -> Mask | None:
        found = self.sizes < hidden_below()
        for _turn in range(MOST_TURNS):
            more = self._company_of_lines(found)
            if more is not None and not len(more):
                more = self._company_of_bridges(found)
            if more is None:
                return None
            if not len(more):
                return found
            found[more] = True
        return None

    @cached_property
    def line_sizes(self) -> tuple[Numbers, Numbers]:
        rows, columns = (self._added(side, slice(None)) for side in (0, 1))
        return rows, columns

    @cached_property
    def hidden_totals(self) -> tuple[Mask, Mask]:
        rows, columns = map(hidden_lines, self.line_sizes, self.names)
        return rows, columns

    @cached_property
    def rank(self) -> Numbers:
        """The place of each cell among all, the smallest first; ties go by names."""
        rows, columns = self.places
        found = np.empty(len(self.sizes), np.int64)
        found[np.lexsort((columns, rows, self.sizes))] = np.arange(len(found))
        return found

    def _company_of_lines(self, found: Mask) -> Numbers | None:
        """A cell more for each line whose hidden ones are too few together; None where
        a line has no more."""
        more = [np.zeros(0, np.int64)]
        for side in (0, 1):
            sums = self._added(side, found)
            lacks = (sums > 0) & (sums < hidden_below()) & ~self.hidden_totals[side]
            cells = np.flatnonzero(~found & lacks[self.places[side]])
            cells = cells[np.argsort(self.rank[cells])]
            lines, first = np.unique(self.places[side][cells], return_index=True)
            if len(lines) < lacks.sum():
                return None
            more.append(cells[first])
        return np.unique(np.concatenate(more))

    def _company_of_bridges(self, found: Mask) -> Numbers | None:
        """A cell more for each small number that lies on no circle of hidden ones."""
        shapes = _shapes_of(self, found)
        if shapes.edges > MOST_HIDDEN:
            return None
        more = set()
        for row, column, side in shapes.alone():
            if self._size(row, column) >= hidden_below():
                continue
            is_beside = shapes.is_beside(side)
            ends = (is_beside[at][self.places[at]] for at in (0, 1))
            cells = np.flatnonzero(~found & np.not_equal(*ends))
            if not len(cells):
                return None
            more.add(int(cells[np.argmin(self.rank[cells])]))
        return np.array(sorted(more), np.int64)

    def _added(self, side: int, cells: Any) -> Numbers:
        sums = np.bincount(
            self.places[side][cells], self.sizes[cells], len(self.names[side])
        )
        return sums.astype(np.int64)

    def _size(self, row: int, column: int) -> int:
        if row == _ALL:
            return int(self.line_sizes[1][column])
        if column == len(self.names[1]):
            return int(self.line_sizes[0][row])
        rows, columns = self.places
        return int(self.sizes[(rows == row) & (columns == column)].sum())


@dataclass(frozen=True)
class _Shapes:
    """Rows by which cells of theirs are hidden, their total as one column more.

    `kinds` are the different ones, `kind_of` that of each row.
    """

    kinds: Mask
    kind_of: Numbers
    first: Numbers
    many: Mask
    totals: Mask

    @cached_property
    def edges(self) -> int:
        return int(self.kinds.sum()) * 2 + int(self.totals.sum())

    def alone(self) -> Iterator[tuple[int, int, Set[Node]]]:
        """Hidden numbers on no circle, with what is on one side of them. Of a kind with
        several rows only lines' only hidden cell is one, which is large enough."""
        numbers: list[tuple[object, object]] = [
            ((int(kind), copy), int(column))
            for kind, column in np.argwhere(self.kinds)
            for copy in range(1 + int(self.many[kind]))
        ]
        numbers += [(_ALL, int(column)) for column in np.flatnonzero(self.totals)]
        for (line, column), side in bridges(numbers):
            assert isinstance(column, int)
            if line == _ALL:
                yield _ALL, column, side
            elif isinstance(line, tuple) and not self.many[line[0]]:
                yield int(self.first[line[0]]), column, side

    def is_beside(self, side: Set[Node]) -> tuple[Mask, Mask]:
        """Which rows and which columns are on that side."""
        kinds = np.array([(0, (k, 0)) in side for k in range(len(self.kinds))], bool)
        columns = range(self.kinds.shape[1] - 1)
        return kinds[self.kind_of], np.array([(1, c) in side for c in columns], bool)


def _shapes_of(table: _Table, found: Mask) -> _Shapes:
    rows, columns = (places[found] for places in table.places)
    is_hidden = np.zeros((len(table.names[0]), len(table.names[1]) + 1), bool)
    is_hidden[rows, columns] = True
    is_hidden[:, -1] = table.hidden_totals[0]
    packed = np.packbits(is_hidden, axis=1)
    texts = np.ascontiguousarray(packed).view(f"V{packed.shape[1]}").ravel()
    _kinds, first, kind_of, rows_of = np.unique(
        texts, return_index=True, return_inverse=True, return_counts=True
    )
    return _Shapes(
        is_hidden[first], kind_of, first, rows_of > 1, table.hidden_totals[1]
    )
