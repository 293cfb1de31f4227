"""Answers as columns of numbers: packed into few bytes, read again, counted. Pure.

A column says for each answer at which place of its values the answer's own stands.
Answers that are sorted by their columns pack into a byte or two each.
"""

import json
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboards.scores import COUNTS, counted_under

Numbers = NDArray[np.int64]
Values = Sequence[int | str]
END = b"\0"
# Half of the time of the usual level, for a few percent more.
QUICKLY = 4
# Beyond this a number of groups is not counted in one table, but sorted.
MOST_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Column:
    values: Values
    places: NDArray[Any]

    def take(self, rows: Any) -> "Column":
        """Some of the answers, with no value but theirs; values keep their order."""
        places = self.places[rows]
        used = np.flatnonzero(np.bincount(places, minlength=len(self.values)))
        place = np.zeros(len(self.values), np.int64)
        place[used] = np.arange(len(used))
        return Column([self.values[one] for one in used.tolist()], place[places])


def pack_column(column: Column) -> bytes:
    places = column.places.astype(_width(len(column.values)))
    return _pressed(column.values, places.tobytes())


def unpack_column(packed: bytes) -> Column:
    values, text, start = _released(packed)
    return Column(values, np.frombuffer(text, _width(len(values)), offset=start))


def pack_cells(columns: Sequence[Column], counts: Numbers) -> bytes:
    """Cells with a value in each column, and `counts` of theirs, a row each."""
    # Column after column, each as wide as it needs: those of a metric that nobody was
    # asked are all zeros, and take nothing.
    numbers = [*(column.places for column in columns), *counts.T]
    most = [int(one.max(initial=0)) for one in numbers]
    header = [[list(column.values) for column in columns], len(counts), most]
    kept = (
        n.astype(_width(top + 1)) for n, top in zip(numbers, most, strict=True) if top
    )
    return _pressed(header, b"".join(one.tobytes() for one in kept))


def unpack_cells(packed: bytes) -> tuple[list[Column], Numbers]:
    (values, cells, most), text, at = _released(packed)
    numbers = np.zeros((len(most), cells), np.int64)
    for place, top in enumerate(most):
        if top:
            one = np.frombuffer(text, _width(top + 1), count=cells, offset=at)
            numbers[place] = one
            at += one.nbytes
    columns = [Column(v, numbers[place]) for place, v in enumerate(values)]
    return columns, numbers[len(values) :].T


def _pressed(header: Any, numbers: bytes) -> bytes:
    words = json.dumps(header, ensure_ascii=False).encode()
    return zlib.compress(words + END + numbers, QUICKLY)


def _released(packed: bytes) -> tuple[Any, bytes, int]:
    """The header, everything, and where the numbers begin in it."""
    text = zlib.decompress(packed)
    start = text.index(END)
    return json.loads(text[:start]), text, start + len(END)


def count_matrix(codes: Values) -> Numbers:
    """For each code of scores, which of COUNTS an answer with it adds to."""
    rows = [_counts_under(int(code)) for code in codes]
    return np.array(rows, np.int64).reshape(len(codes), len(COUNTS))


@cache
def _counts_under(code: int) -> tuple[bool, ...]:
    names = counted_under(code)
    return tuple(name in names for name in COUNTS)


def counted(
    groups: NDArray[Any], size: int, scores: NDArray[Any], matrix: Numbers
) -> tuple[Numbers, Numbers]:
    """The groups that have answers, and the counts of each; groups are below `size`."""
    if size * len(matrix) > MOST_AT_ONCE:
        return _counted_sparsely(groups, scores, matrix)
    kinds = len(matrix)
    found = np.bincount(groups * kinds + scores, minlength=size * kinds)
    table = found.reshape(size, kinds)
    taken = np.flatnonzero(table.any(axis=1))
    # Whole numbers below 2 ** 53 stay exact, and floats are multiplied far faster.
    sums = table[taken].astype(np.float64) @ matrix.astype(np.float64)
    return taken, sums.astype(np.int64)


def _counted_sparsely(
    groups: NDArray[Any], scores: NDArray[Any], matrix: Numbers
) -> tuple[Numbers, Numbers]:
    """One count after the other: a row of all for every answer would fill the memory."""
    taken, places = np.unique(groups.astype(np.int64), return_inverse=True)
    columns = [
        np.bincount(places, weights=matrix[scores, one], minlength=len(taken))
        for one in range(len(COUNTS))
    ]
    return taken, np.stack(columns, axis=1).astype(np.int64)


def added(groups: NDArray[Any], counts: Numbers) -> tuple[Numbers, Numbers]:
    """Rows of counts added up by group; groups in their order."""
    if not len(groups):
        return groups.astype(np.int64), counts
    order = np.argsort(groups, kind="stable")
    sorted_groups = groups[order].astype(np.int64)
    starts = np.flatnonzero(np.r_[True, np.diff(sorted_groups) != 0])
    return sorted_groups[starts], np.add.reduceat(counts[order], starts, axis=0)


def crossed(columns: Collection[Column]) -> tuple[NDArray[Any], int]:
    """One number for each answer's values together, and what all are below."""
    groups: NDArray[Any] = np.zeros(1, np.int64)
    size = 1
    for column in columns:
        size *= max(1, len(column.values))
        if size >= 2**62:
            raise OverflowError("too many combinations for one number")
        groups = groups * max(1, len(column.values)) + column.places
    return groups, size


def in_order(columns: Mapping[str, Column]) -> NDArray[Any]:
    """The answers sorted by their columns, the first before the second."""
    try:
        groups, _size = crossed(columns.values())
    except OverflowError:
        return np.lexsort([column.places for column in reversed([*columns.values()])])
    return np.argsort(groups)


def uncrossed(groups: Numbers, columns: Sequence[Column]) -> Iterator[Column]:
    """The columns of what `crossed` made one number of, in their order."""
    found = []
    for column in reversed(columns):
        groups, places = np.divmod(groups, max(1, len(column.values)))
        found.append(Column(column.values, places))
    return reversed(found)


def _width(values: int) -> str:
    return "u1" if values <= 2**8 else "<u2" if values <= 2**16 else "<u4"
