"""Counts that cross dimensions: of whole months where they are kept, else of days."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np
from django.db import connection

from dashboards.answer_crosses import cross_for, name_of
from dashboards.bulk_answers import SCORES
from dashboards.count_tables import MANY, CountTable
from dashboards.crossing import Block, Test, ask, counted_in, narrowed
from dashboards.dimensions import Value
from dashboards.narrowing import Narrowing, column_of
from dashboards.packing import Column, unpack_cells, unpack_column
from dashboards.periods import Stretch
from dashboards.scores import COUNTS

# Days that are read in the time of one month's cross.
CROSS_DAYS = 2
# A few megabytes.
FEW_CELLS = 20_000
# No dimension is called so.
BUCKET = "\N{NULL}bucket"
Key = tuple[Value | date, ...]
Part = tuple[Key, Mapping[str, int]]


def counted_blocks(
    blocks: Collection[Block],
    by: Sequence[str],
    tests: Mapping[str, Test] = MappingProxyType({}),
) -> Mapping[Key, Mapping[str, int]]:
    """Counts by bucket, where the blocks have one, and by the values of `by`."""
    if _is_wide(blocks, by):
        left = [each for each in (narrowed(b, tests) for b in blocks) if each]
        if any(block.bucket for block in left):
            left, by = list(map(told_in_time, left)), (BUCKET, *by)
        found = CountTable[Key](*counted_in(left, by))
        return found if len(found) > MANY else dict(found)
    return {
        (*((bucket,) if bucket else ()), *values): dict(
            zip(COUNTS, counts, strict=True)
        )
        for (bucket, values), counts in ask(blocks, tests=tests, by=by).items()
    }


def _is_wide(blocks: Collection[Block], by: Sequence[str]) -> bool:
    most = (len(block.columns[name].values) for block in blocks for name in by)
    return max(most, default=0) > MANY // 4


def told_in_time(block: Block) -> Block:
    """The bucket as one dimension more."""
    bucket: Any = block.bucket
    when = Column([bucket], np.zeros(len(block), np.int64))
    return replace(block, bucket=None, columns={**block.columns, BUCKET: when})


def gathered(blocks: Sequence[Block], by: Sequence[str]) -> list[Block]:
    """The same as the cells of one block, where they are few: what is asked often."""
    values = [{v for b in blocks for v in b.columns[name].values} for name in by]
    if not blocks or prod(map(len, values)) > FEW_CELLS:
        return list(blocks)
    columns, counts = counted_in(blocks, by)
    return [Block(None, dict(zip(by, columns, strict=True)), counts=counts)]


def blocks_of(
    parts: Iterable[Part], by: Sequence[str], *, in_buckets: bool
) -> list[Block]:
    """Counts that were asked of the answers themselves, beside what is packed."""
    buckets: dict[date | None, list[Part]] = {}
    for key, part in parts:
        bucket = key[0] if in_buckets else None
        assert bucket is None or isinstance(bucket, date)
        buckets.setdefault(bucket, []).append((key[in_buckets:], part))
    return [_block(bucket, some, by) for bucket, some in buckets.items()]


def _block(bucket: date | None, parts: Sequence[Part], by: Sequence[str]) -> Block:
    numbers = [[part[name] for name in COUNTS] for _key, part in parts]
    columns = {
        name: _column_of([key[place] for key, _part in parts])
        for place, name in enumerate(by)
    }
    return Block(bucket, columns, counts=np.array(numbers, np.int64))


def _column_of(values: Sequence[Any]) -> Column:
    index = {value: place for place, value in enumerate(dict.fromkeys(values))}
    return Column(list(index), np.array([index[value] for value in values], np.int64))


def read_blocks(
    columns: Sequence[str], days: Stretch
) -> tuple[list[Block], list[date]]:
    """What is packed of these days and columns, and the stale days, in order."""
    cross = cross_for(columns)
    pieces = list(_pieces(days, has_crosses=cross is not None))
    months = {piece.month: days.bucket(piece.asked) for piece in pieces if piece.month}
    blocks, stale = [], []
    packed: dict[tuple[date, bool], dict[str, Column]] = {}
    for day, is_stale, left_out, name, column in _rows(columns, cross, pieces):
        if is_stale:
            stale.append(day)
        elif cross and name == name_of(cross):
            values, counts = unpack_cells(bytes(column))
            named = dict(zip(cross, values, strict=True))
            blocks.append(Block(months[day], named, counts=counts))
        elif name:
            packed.setdefault((day, left_out), {})[name] = unpack_column(bytes(column))
    for (day, left_out), found in packed.items():
        bucket = months[day.replace(day=1)] if left_out else days.bucket(day)
        scores = found.pop(SCORES)
        blocks.append(Block(bucket, found, scores=scores, left_out=left_out))
    return blocks, sorted(stale)


def _rows(
    columns: Sequence[str], cross: Sequence[str] | None, pieces: Sequence["_Piece"]
) -> list[tuple[Any, ...]]:
    """In one statement: what is left out of a cross must be of the same moment."""
    months = [piece.month for piece in pieces if piece.month]
    asked = zip(*((p.month, p.first, p.last, p.left_out) for p in pieces), strict=True)
    names = [*columns, SCORES]
    with connection.cursor() as cursor:
        cursor.execute(
            _PACKED, [name_of(cross or ()), months, *map(list, asked), names]
        )
        return list(cursor.fetchall())


@dataclass(frozen=True)
class _Piece:
    """Days to be read: where the cross of `month` holds, if they are `left_out` of it,
    and where it does not, if they are not; those of no month in any case.

    `asked` is a day of the month that is asked for.
    """

    month: date | None
    first: date
    last: date
    left_out: bool
    asked: date


def _pieces(days: Stretch, *, has_crosses: bool) -> Iterator[_Piece]:
    if not has_crosses:
        yield _Piece(None, days.first, days.until, False, days.first)
        return
    cut = Counter(part.month for part in days.slices())
    for part in days.slices():
        first, last = part.first, part.last
        left = sum((to - since).days + 1 for since, to in part.rest())
        is_alone = part.is_one_bucket and cut[part.month] == 1
        if is_alone and left + CROSS_DAYS <= (last - first).days + 1:
            yield _Piece(part.month, first, last, False, first)
            for since, to in part.rest():
                yield _Piece(part.month, since, to, True, first)
        else:
            yield _Piece(None, first, last, False, first)


def of_dimensions(block: Block, asked: Narrowing) -> Block | None:
    """What may be seen of a block, its columns those of the dimensions asked by; None
    where nothing is left."""
    left = narrowed(block, asked.only, keep=asked.grouped)
    if left is None:
        return None
    columns: dict[str, Column] = {
        name: Column(
            [asked.read(name, value) for value in column.values], column.places
        )
        for name in asked.by
        for column in (left.columns[column_of(name)],)
    }
    return replace(left, columns=columns)


_PACKED = """
    WITH held AS MATERIALIZED (
        SELECT month, dimensions, packed FROM dashboards_answercross c
        WHERE dimensions = %s AND month = ANY(%s::date[]) AND packed IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM dashboards_answerday d WHERE d.is_stale
            AND d.day >= c.month AND d.day < c.month + interval '1 month'))
    SELECT month, false, false, dimensions, packed FROM held
    UNION ALL
    SELECT d.day, d.is_stale, piece.left_out, c.name, c.packed
    FROM unnest(%s::date[], %s::date[], %s::date[], %s::bool[])
        piece (month, first, last, left_out)
    JOIN dashboards_answerday d ON d.day BETWEEN piece.first AND piece.last
    LEFT JOIN dashboards_answercolumn c
        ON c.day = d.day AND c.name = ANY(%s) AND NOT d.is_stale
    WHERE piece.month IS NULL
        OR (piece.month IN (SELECT month FROM held)) = piece.left_out"""
