"""Tables of customers, and whether a group follows from what is shown of them."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from hypothesis import strategies as st

REGIONS, TIERS = ("North", "South", "West"), ("gold", "silver", "basic")
Cell = tuple[str, str]
Sizes = Mapping[Cell, int]
CELLS: Sequence[Cell] = tuple(product(REGIONS, TIERS))

sizes_of_cells = st.fixed_dictionaries(
    dict.fromkeys(CELLS, st.sampled_from([0, 0, 1, 2, 3, 5, 6, 12]))
)
# Sizes that tie: pages that show one table from either side must hide the same.
TIED = (
    dict.fromkeys(CELLS, 0)
    | {("South", "gold"): 5, ("South", "silver"): 12}
    | {("West", "gold"): 12, ("West", "silver"): 5, ("West", "basic"): 3}
)


def small_groups(sizes: Sizes) -> list[set[Cell]]:
    """Cells and lines of one to four."""
    lines = [{cell for cell in sizes if cell[0] == region} for region in REGIONS]
    lines += [{cell for cell in sizes if cell[1] == tier} for tier in TIERS]
    groups = [*({cell} for cell in sizes), *lines]
    return [group for group in groups if 0 < sum(map(sizes.__getitem__, group)) < 5]


def follows(group: set[Cell], known: Sequence[set[Cell]], sizes: Sizes) -> bool:
    """Whether what is known of these sums says what the group gave, of somebody who does
    not know which cells are empty."""
    if not known:
        return False
    cells = list(sizes)
    matrix = np.array([[cell in each for cell in cells] for each in known], float)
    asked = np.array([[cell in group for cell in cells]], float)
    rank = np.linalg.matrix_rank
    return bool(rank(np.vstack([matrix, asked])) == rank(matrix))
