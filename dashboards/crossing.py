"""One question that crosses dimensions, asked of packed answers and cells. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboards.packing import (
    Column,
    Numbers,
    added,
    count_matrix,
    counted,
    crossed,
    uncrossed,
)

Test = Callable[[int | str], bool]
Key = tuple[date | None, tuple[int | str, ...]]


@dataclass(frozen=True)
class Block:
    """Some answers under one bucket: packed ones with `scores`, or cells with `counts`.

    `columns` holds the dimensions in play. What is `left_out` is among the cells of
    another block and not asked for: it is taken from the counts.
    """

    bucket: date | None
    columns: Mapping[str, Column]
    scores: Column | None = None
    counts: Numbers | None = None
    left_out: bool = False

    def __len__(self) -> int:
        if self.scores is not None:
            return len(self.scores.places)
        return 0 if self.counts is None else len(self.counts)


def ask(
    blocks: Collection[Block], *, tests: Mapping[str, Test], by: Sequence[str]
) -> dict[Key, list[int]]:
    """Counts by bucket and the values of `by`, of what passes every test."""
    buckets: dict[date | None, list[Block]] = defaultdict(list)
    for block in blocks:
        left = narrowed(block, tests)
        if left:
            buckets[block.bucket].append(left)
    return {
        (bucket, values): counts
        for bucket, some in buckets.items()
        for values, counts in _sums(some, by)
    }


def narrowed(
    block: Block, tests: Mapping[str, Test], *, keep: Collection[str] | None = None
) -> Block | None:
    """The block without what fails a test; None where nothing is left.

    Of the columns, where not all are of use, those to `keep`.
    """
    rows: Any = None
    for name, test in tests.items():
        column = block.columns[name]
        passes = np.array([test(value) for value in column.values], bool)
        if passes.all():
            continue
        if not passes.any():
            return None
        places = column.places if rows is None else column.places[rows]
        found = np.flatnonzero(_passing(places, passes))
        rows = found if rows is None else rows[found]
    if rows is None:
        return block
    columns = {
        name: Column(column.values, column.places[rows])
        for name, column in block.columns.items()
        if keep is None or name in keep
    }
    scores = block.scores
    return replace(
        block,
        columns=columns,
        scores=Column(scores.values, scores.places[rows]) if scores else None,
        counts=None if block.counts is None else block.counts[rows],
    )


def _passing(places: NDArray[Any], passes: NDArray[Any]) -> NDArray[Any]:
    wanted = np.flatnonzero(passes)
    # To compare is ten times as quick as to look up, and most filters name one value.
    found: NDArray[Any] = places == wanted[0] if len(wanted) == 1 else passes[places]
    return found


def joined(blocks: Iterable[Block]) -> list[Block]:
    """The same answers and cells in few blocks: what is asked several times."""
    alike: dict[tuple[date | None, bool, bool], list[Block]] = defaultdict(list)
    for block in blocks:
        alike[block.bucket, block.scores is None, block.left_out].append(block)
    return [_joined(some) for some in alike.values()]


def _joined(blocks: Sequence[Block]) -> Block:
    first = blocks[0]
    columns = {
        name: joined_column([block.columns[name] for block in blocks])
        for name in first.columns
    }
    scores = [block.scores for block in blocks if block.scores is not None]
    counts = [block.counts for block in blocks if block.counts is not None]
    return replace(
        first,
        columns=columns,
        scores=joined_column(scores) if scores else None,
        counts=np.concatenate(counts) if counts else None,
    )


def joined_column(columns: Sequence[Column]) -> Column:
    """Several columns as one; the values are in order."""
    values = sorted({value for column in columns for value in column.values})
    place = {value: at for at, value in enumerate(values)}
    parts = [
        np.array([place[v] for v in column.values], np.int64)[column.places]
        for column in columns
    ]
    return Column(values, np.concatenate(parts) if parts else np.zeros(0, np.int64))


def counted_in(
    blocks: Sequence[Block], by: Sequence[str]
) -> tuple[list[Column], Numbers]:
    """Every combination of the values of `by` that has answers, and its counts."""
    answers = [block for block in blocks if block.scores is not None]
    cells = [block for block in blocks if block.counts is not None]
    left_out = [block for block in answers if block.left_out]
    indexes = [_index([block.columns[name] for block in blocks]) for name in by]
    parts = [
        _of_answers([b for b in answers if not b.left_out], by, indexes),
        _of_cells(cells, by, indexes),
    ]
    if left_out:
        found, less = _of_answers(left_out, by, indexes)
        parts.append((found, -less))
    groups, counts = added(
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
    )
    if left_out:
        kept = counts.any(axis=1)
        groups, counts = groups[kept], counts[kept]
    nowhere = np.zeros(0, np.int64)
    columns = [Column(list(index), nowhere) for index in indexes]
    return list(uncrossed(groups, columns)), counts


def _sums(
    blocks: Sequence[Block], by: Sequence[str]
) -> Iterable[tuple[tuple[int | str, ...], list[int]]]:
    columns, counts = counted_in(blocks, by)
    values = zip(*map(_values_of, columns), strict=True) if columns else repeat(())
    return zip(values, counts.tolist(), strict=False)


def _values_of(column: Column) -> list[int | str]:
    return [column.values[place] for place in column.places.tolist()]


Index = Mapping[int | str, int]


def _index(columns: Iterable[Column]) -> Index:
    """A place for each value of any of them."""
    index: dict[int | str, int] = {}
    for column in columns:
        for value in column.values:
            index.setdefault(value, len(index))
    return index


def _of_answers(
    blocks: Sequence[Block], by: Sequence[str], indexes: Sequence[Index]
) -> tuple[Numbers, Numbers]:
    columns = [block.scores for block in blocks if block.scores]
    nothing = np.zeros(0, np.int64)
    # Some hundred codes a day: too many for the index of one after the other.
    codes = [np.array(column.values, np.int64) for column in columns]
    scores = np.unique(np.concatenate([nothing, *codes]))
    matrix = count_matrix(scores.tolist())
    groups, size = _groups(blocks, by, indexes)
    places = [
        np.searchsorted(scores, own)[column.places]
        for own, column in zip(codes, columns, strict=True)
    ]
    at = np.concatenate([nothing, *places])
    return counted(groups, size, at, matrix)


def _of_cells(
    blocks: Sequence[Block], by: Sequence[str], indexes: Sequence[Index]
) -> tuple[Numbers, Numbers]:
    groups, _size = _groups(blocks, by, indexes)
    rows = [block.counts for block in blocks if block.counts is not None]
    empty = count_matrix([])
    return added(groups, np.concatenate([empty, *rows]))


def _groups(
    blocks: Sequence[Block], by: Sequence[str], indexes: Sequence[Index]
) -> tuple[Numbers, int]:
    """For each answer, or cell, one number for its values of `by`."""
    columns = [
        Column(list(index), _placed_all([b.columns[name] for b in blocks], index))
        for name, index in zip(by, indexes, strict=True)
    ]
    if columns:
        return crossed(columns)
    rows = sum(map(len, blocks))
    return np.zeros(rows, np.int64), 1


def _placed(column: Column, index: Index) -> Numbers:
    where = np.array([index[value] for value in column.values], np.int64)
    placed: Numbers = where[column.places]
    return placed


def _placed_all(columns: Sequence[Column], index: Index) -> Numbers:
    parts = [_placed(column, index) for column in columns]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
