"""Nothing small follows from a table and its totals, however they are subtracted."""

import random
from collections import Counter
from collections.abc import Hashable, Mapping
from itertools import product
from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.hidden_tables import HiddenTable, hidden_table
from surveys.metrics import hidden_groups
from surveys.wide_tables import hidden_lines

Sizes = Mapping[tuple[str, str], int]
ROWS, COLUMNS = "NSEW", "gsb"
TABLES = st.fixed_dictionaries(
    dict.fromkeys(
        product(ROWS, COLUMNS),
        st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 20, 50]),
    )
)


def as_wide(sizes: Sizes) -> HiddenTable[str, str]:
    """As a table of thousands of cells is looked at."""
    with patch("surveys.hidden_tables.MOST_CELLS", -1):
        return hidden_table(sizes)


def visible(
    sizes: Sizes, hidden: HiddenTable[str, str]
) -> list[dict[tuple[str, str], int]]:
    """What is shown, each as the cells that it adds up."""
    shown = [{cell: 1} for cell, n in sizes.items() if n and cell not in hidden.cells]
    if not hidden.is_closed:
        shown += [{cell: 1} for cell, n in sizes.items() if not n]
    for side, names, gone in ((0, ROWS, hidden.rows), (1, COLUMNS, hidden.columns)):
        shown += [
            {cell: 1 for cell in sizes if cell[side] == name}
            for name in names
            if name not in gone
        ]
    if sum(sizes.values()) >= 5:
        shown.append(dict.fromkeys(sizes, 1))
    return shown


def follows(
    wanted: Mapping[Hashable, int],
    shown: list[dict[tuple[str, str], int]],
    sizes: Sizes,
) -> bool:
    """Whether sums and differences of what is shown come to it."""
    cells = list(sizes)
    known = np.array([[each.get(cell, 0) for cell in cells] for each in shown])
    asked = np.array([[wanted.get(cell, 0) for cell in cells]])
    if not len(shown):
        return False
    return bool(
        np.linalg.matrix_rank(np.vstack([known, asked])) == np.linalg.matrix_rank(known)
    )


class TestHiddenTable:
    @settings(max_examples=100, deadline=None)
    @given(TABLES, st.booleans())
    def test_is_the_same_turned(self, sizes: Sizes, is_wide: bool) -> None:
        look = as_wide if is_wide and any(sizes.values()) else hidden_table
        found = look(sizes)
        turned = look({(c, r): n for (r, c), n in reversed(sizes.items())})
        assert turned.cells == {(column, row) for row, column in found.cells}
        assert (turned.rows, turned.columns) == (found.columns, found.rows)
        assert turned.is_closed == found.is_closed

    @settings(max_examples=300, deadline=None)
    @given(TABLES, st.booleans())
    def test_lets_nobody_work_out_a_small_number(
        self, sizes: Sizes, is_wide: bool
    ) -> None:
        look = as_wide if is_wide and any(sizes.values()) else hidden_table
        shown = visible(sizes, look(sizes))
        groups: list[dict[Hashable, int]] = [{cell: 1} for cell in sizes]
        groups += [{c: 1 for c in sizes if c[0] == name} for name in ROWS]
        groups += [{c: 1 for c in sizes if c[1] == name} for name in COLUMNS]
        for group in groups:
            n = sum(sizes[cell] for cell in group)  # type: ignore[index]
            if 0 < n < 5:
                assert not follows(group, shown, sizes)

    @settings(max_examples=200, deadline=None)
    @given(TABLES)
    def test_hides_no_lines_cells_of_fewer_than_five_together(
        self, sizes: Sizes
    ) -> None:
        hidden = hidden_table(sizes)
        for row in () if hidden.is_closed else ROWS:
            gone = [sizes[c] for c in hidden.cells if c[0] == row]
            assert not gone or row in hidden.rows or sum(gone) >= 5

    def test_closes_what_empty_cells_would_give_away(self) -> None:
        # The north has silver and bronze, the east silver only: 6 - 5 = 1.
        found = hidden_table({("N", "s"): 1, ("N", "b"): 5, ("E", "s"): 5})
        assert found.is_closed
        assert found.rows == found.columns == frozenset()

    def test_hides_nothing_of_large_groups(self) -> None:
        found = hidden_table({("N", "g"): 9, ("N", "s"): 8, ("S", "g"): 30})
        assert (found.rows, found.columns, found.cells) == (set(), set(), set())

    def test_hides_what_a_filter_and_a_total_would_give_away(self) -> None:
        # Gold of the north is small. Silver keeps it company in the north; without gold
        # and silver of the south, the totals of gold and silver would tell it.
        sizes = {
            ("N", "g"): 3,
            ("N", "s"): 40,
            ("N", "b"): 50,
            ("S", "g"): 20,
            ("S", "s"): 10,
            ("S", "b"): 30,
        }
        found = hidden_table(sizes)
        assert found.rows == found.columns == frozenset()
        assert found.cells == {("N", "g"), ("N", "s"), ("S", "g"), ("S", "s")}


class TestTableOfThousandsOfCells:
    @settings(max_examples=100, deadline=None)
    @given(TABLES)
    def test_hides_the_same_totals(self, sizes: Sizes) -> None:
        if any(sizes.values()):
            found, small = as_wide(sizes), hidden_table(sizes)
            assert (found.rows, found.columns) == (small.rows, small.columns)

    @given(st.lists(st.sampled_from([0, 1, 3, 4, 5, 6, 7, 9])))
    def test_hides_the_same_groups(self, sizes: list[int]) -> None:
        names = [f"group {place % 7}-{place}" for place in range(len(sizes))]
        hidden = hidden_lines(np.array(sizes, np.int64), names)
        asked = dict(zip(names, sizes, strict=True))
        assert {names[p] for p in np.flatnonzero(hidden)} == hidden_groups(asked)

    def test_shows_what_is_large_among_many_that_are_small(self) -> None:
        dice = random.Random(7)
        small = [(f"line {n}", dice.choice(COLUMNS)) for n in range(3_000)]
        large = [(f"large {n}", column) for n in range(20) for column in COLUMNS] * 30
        sizes = Counter([*small, *large])
        found = hidden_table(sizes)
        assert not found.is_closed
        assert found.cells == set(small)
