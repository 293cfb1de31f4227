"""Nothing small follows from a table and its totals, however they are subtracted."""

from collections.abc import Hashable, Mapping
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.hidden_tables import hidden_table

Sizes = Mapping[tuple[str, str], int]
ROWS, COLUMNS = "NSEW", "gsb"
TABLES = st.fixed_dictionaries(
    dict.fromkeys(
        product(ROWS, COLUMNS),
        st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 20, 50]),
    )
)


def visible(sizes: Sizes) -> list[dict[tuple[str, str], int]]:
    """What is shown, each as the cells that it adds up."""
    hidden = hidden_table(sizes)
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
    @given(TABLES)
    def test_is_the_same_turned(self, sizes: Sizes) -> None:
        found = hidden_table(sizes)
        turned = hidden_table({(c, r): n for (r, c), n in reversed(sizes.items())})
        assert turned.cells == {(column, row) for row, column in found.cells}
        assert (turned.rows, turned.columns) == (found.columns, found.rows)
        assert turned.is_closed == found.is_closed

    @settings(max_examples=300, deadline=None)
    @given(TABLES)
    def test_lets_nobody_work_out_a_small_number(self, sizes: Sizes) -> None:
        shown = visible(sizes)
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
