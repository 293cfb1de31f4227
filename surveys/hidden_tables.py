"""What to hide of a table whose totals are shown too, page after page. Pure.

Whoever sees a total, the same with a filter, and either told apart by something else
can subtract one from the other. So a small number is hidden together with others, until
it does not follow from what is visible (docs/metrics.md#small-samples).
"""

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from surveys.metrics import hidden_groups, is_hidden

Row = TypeVar("Row", bound=Hashable)
Column = TypeVar("Column", bound=Hashable)


class _All:
    """Stands where a row or column would: the total."""


_ALL = _All()
# Of more cells than these arrays are made: see `wide_tables`.
MOST_CELLS = 1_000
# A number of the table with its totals: of a row and a column, either of which may be
# all of them. Two ends of a graph's edge: lines are its nodes.
Number = tuple[Hashable, Hashable]
Node = tuple[int, Hashable]


@dataclass(frozen=True)
class HiddenTable(Generic[Row, Column]):
    """What is hidden of a table, and of the totals of its rows and columns.

    `is_closed`: no cell may be shown, not even which ones are empty.
    """

    rows: frozenset[Row]
    columns: frozenset[Column]
    cells: frozenset[tuple[Row, Column]]
    is_closed: bool = False


def hidden_table(
    sizes: Mapping[tuple[Row, Column], int],
) -> HiddenTable[Row, Column]:
    """Where cells, totals of rows and columns, and the total of all are all shown.

    Totals are hidden as `hidden_groups` has it, for other tables show them too. Of the
    cells those that are too small, and the next smallest until no line's hidden cells
    are fewer than five answers together, and every small number lies on a circle of
    hidden ones, each in a line with the next: exactly then it does not follow. Where
    too many cells are empty for that, the table is closed.

    The same in any order, whichever side is called rows: a page that shows it turned
    would give away what the other hides. Of thousands of cells a few more are hidden.
    """
    if not any(n and is_hidden(n) for n in sizes.values()):
        # Nothing to protect, and to find that out the long way takes long.
        return HiddenTable(frozenset(), frozenset(), frozenset())
    if sum(1 for n in sizes.values() if n) > MOST_CELLS:
        return _hidden_in_arrays(sizes)
    turned = {(column, row): n for (row, column), n in sizes.items()}
    straight, other = sorted(sizes.items(), key=repr), sorted(turned.items(), key=repr)
    if repr(straight) <= repr(other):
        return _hidden(dict(straight))
    found = _hidden(dict(other))
    cells = frozenset((row, column) for column, row in found.cells)
    return HiddenTable(found.columns, found.rows, cells, found.is_closed)


def _hidden(sizes: Mapping[tuple[Row, Column], int]) -> HiddenTable[Row, Column]:
    rows: dict[Row, int] = {}
    columns: dict[Column, int] = {}
    for (row, column), n in sizes.items():
        rows[row] = rows.get(row, 0) + n
        columns[column] = columns.get(column, 0) + n
    table = _Table(
        {cell: n for cell, n in sizes.items() if n},
        {(row, _ALL): rows[row] for row in hidden_groups(rows)}
        | {(_ALL, column): columns[column] for column in hidden_groups(columns)},
    )
    cells = table.hidden()
    return HiddenTable(
        hidden_groups(rows),
        hidden_groups(columns),
        frozenset(sizes if cells is None else (c for c in sizes if c in cells)),
        is_closed=cells is None,
    )


def _hidden_in_arrays(
    sizes: Mapping[tuple[Row, Column], int],
) -> HiddenTable[Row, Column]:
    # Needs numpy, which small tables do without.
    from surveys.wide_tables import WideTable

    table = WideTable.of(sizes)
    rows, columns = table.hidden_totals()
    hidden = table.hidden()
    if hidden is None:
        return HiddenTable(rows, columns, frozenset(sizes), is_closed=True)
    return HiddenTable(rows, columns, frozenset(table.cells(hidden)))


@dataclass(frozen=True)
class _Table:
    """`cells` that are not empty, and the `totals` that are hidden, with their sizes."""

    cells: Mapping[Number, int]
    totals: Mapping[Number, int]

    def hidden(self) -> Collection[Number] | None:
        """None where nothing but closing the table helps."""
        # In the cells' order: another process must not come to others.
        found = dict.fromkeys(cell for cell, n in self.cells.items() if is_hidden(n))
        while (lacking := next(self._exposed(found), None)) is not None:
            more = [cell for cell in lacking if cell not in found]
            if not more:
                return None
            found[min(more, key=lambda cell: (self.cells[cell], str(cell)))] = None
        return found

    def _exposed(self, found: Collection[Number]) -> Iterator[list[Number]]:
        """For each number that would follow: the cells that could keep it company."""
        for line, sizes in self._lines(found).items():
            if is_hidden(sum(sizes)) and not self._is_total_hidden(line):
                yield [cell for cell in self.cells if cell[line[0]] == line[1]]
        hidden = [*found, *self.totals]
        for number, side in bridges(hidden):
            if is_hidden(self._size(number)):
                yield [
                    (row, column)
                    for row, column in self.cells
                    if ((0, row) in side) != ((1, column) in side)
                ]

    def _lines(self, found: Collection[Number]) -> dict[Node, list[int]]:
        lines: dict[Node, list[int]] = {}
        for cell in found:
            for side in (0, 1):
                lines.setdefault((side, cell[side]), []).append(self.cells[cell])
        return lines

    def _is_total_hidden(self, line: Node) -> bool:
        side, key = line
        return ((key, _ALL) if side == 0 else (_ALL, key)) in self.totals

    def _size(self, number: Number) -> int:
        return self.cells[number] if number in self.cells else self.totals[number]


def bridges(numbers: list[Number]) -> Iterator[tuple[Number, set[Node]]]:
    """Numbers that lie on no circle, each with the lines on one of its sides."""
    beside: dict[Node, list[tuple[Node, int]]] = {}
    for place, (row, column) in enumerate(numbers):
        beside.setdefault((0, row), []).append(((1, column), place))
        beside.setdefault((1, column), []).append(((0, row), place))
    order, place_of, via = _walk(beside)
    lowest: dict[Node, int] = {}
    for node in reversed(order):
        reached = [place_of[node]]
        for other, edge in beside[node]:
            if edge == via[node]:
                continue
            is_child = via[other] == edge and place_of[other] > place_of[node]
            reached.append(lowest[other] if is_child else place_of[other])
        lowest[node] = min(reached)
        led = via[node]
        if led is not None and lowest[node] == place_of[node]:
            yield numbers[led], _side(beside, node, led)


def _walk(
    beside: Mapping[Node, list[tuple[Node, int]]],
) -> tuple[list[Node], dict[Node, int], dict[Node, int | None]]:
    """Depth first: the nodes in order, their places, and the edge that led to each."""
    order: list[Node] = []
    place_of: dict[Node, int] = {}
    via: dict[Node, int | None] = {}
    for root in beside:
        waiting: list[tuple[Node, int | None]] = [(root, None)]
        while waiting:
            node, edge = waiting.pop()
            if node in place_of:
                continue
            place_of[node], via[node] = len(order), edge
            order.append(node)
            waiting += [pair for pair in beside[node] if pair[0] not in place_of]
    return order, place_of, via


def _side(
    beside: Mapping[Node, list[tuple[Node, int]]], start: Node, without: int
) -> set[Node]:
    """What can be reached from a node without one edge."""
    found, waiting = {start}, [start]
    while waiting:
        for other, edge in beside[waiting.pop()]:
            if edge != without and other not in found:
                found.add(other)
                waiting.append(other)
    return found
