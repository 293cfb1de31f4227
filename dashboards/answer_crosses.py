"""Whole months of answers, counted by every three dimensions at once."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import combinations

import numpy as np
from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values

from dashboards.bulk_answers import PACKED, SCORES
from dashboards.packing import (
    Column,
    count_matrix,
    counted,
    crossed,
    pack_cells,
    uncrossed,
)

DEEPEST = 3
CROSSES = tuple(combinations(PACKED, DEEPEST))
# More than these are no quicker to read than the days of the month.
MOST_CELLS = 30_000


def cross_for(columns: Collection[str]) -> tuple[str, ...] | None:
    """The first cross that knows these columns, which has the fewest cells."""
    return next((cross for cross in CROSSES if set(columns) <= set(cross)), None)


def name_of(cross: Collection[str]) -> str:
    return " ".join(cross)


def write_crosses(
    cursor: CursorWrapper, month: date, columns: Mapping[str, Column]
) -> None:
    """Put the month's crosses in place of what there was; the caller has the turn."""
    forget_crosses(cursor, [month])
    rows = [(name, month, packed) for name, packed in packed_crosses(columns)]
    execute_values(
        cursor.cursor,
        "INSERT INTO dashboards_answercross (dimensions, month, packed) VALUES %s",
        rows,
    )


def forget_crosses(cursor: CursorWrapper, months: Collection[date]) -> None:
    cursor.execute(
        "DELETE FROM dashboards_answercross WHERE month = ANY(%s)", [sorted(months)]
    )


def packed_crosses(
    columns: Mapping[str, Column],
) -> Iterator[tuple[str, bytes | None]]:
    """Every cross of these answers; None for one with too many cells."""
    scores = columns[SCORES]
    matrix = count_matrix(scores.values)
    for cross in CROSSES:
        kept = [columns[name] for name in cross]
        yield name_of(cross), _packed(kept, scores, matrix)


def _packed(
    kept: list[Column],
    scores: Column,
    matrix: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> bytes | None:
    try:
        groups, size = crossed(kept)
    except OverflowError:
        return None
    if not len(scores.places):
        groups = groups[:0]
    found, counts = counted(groups, size, scores.places, matrix)
    if len(found) > MOST_CELLS:
        return None
    return pack_cells(list(uncrossed(found, kept)), counts)
