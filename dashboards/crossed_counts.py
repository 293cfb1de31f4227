"""Counts that cross dimensions: of whole months where they are kept, else of days."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np
from django.db import connection
from django.db.backends.utils import CursorWrapper

from dashboards.answer_crosses import cross_for, name_of
from dashboards.bulk_answers import SCORES
from dashboards.count_tables import MANY, CountTable
from dashboards.crossing import Block, Test, ask, counted_in, narrowed
from dashboards.dimensions import Value
from dashboards.narrowing import Narrowing, column_of
from dashboards.packing import Column, unpack_cells, unpack_column
from dashboards.periods import Stretch
from dashboards.scores import COUNTS

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
    with connection.cursor() as cursor:
        months = _months(cursor, columns, days)
        packed, stale = _days(cursor, columns, days, but=months)
    return [*months.values(), *packed], stale


def of_dimensions(block: Block, asked: Narrowing) -> Block | None:
    """What may be seen of a block, its columns those of the dimensions asked by; None
    where nothing is left."""
    left = narrowed(block, asked.only)
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


def _months(
    cursor: CursorWrapper, columns: Sequence[str], days: Stretch
) -> dict[date, Block]:
    """The months wholly inside a bucket whose cross still holds, by first day."""
    cross = cross_for(columns)
    wanted = list(days.whole_months()) if cross else []
    if not wanted or not cross:
        return {}
    cursor.execute(_CROSSES, [name_of(cross), wanted])
    blocks = {}
    for month, packed in cursor.fetchall():
        values, counts = unpack_cells(bytes(packed))
        named = dict(zip(cross, values, strict=True))
        blocks[month] = Block(days.bucket(month), named, counts=counts)
    return blocks


def _days(
    cursor: CursorWrapper,
    columns: Sequence[str],
    days: Stretch,
    but: Collection[date],
) -> tuple[list[Block], list[date]]:
    """The days outside these months: packed ones, and which are stale."""
    span = (days.first, days.until)
    cursor.execute(_DAYS, [[*columns, SCORES], *span, list(but)])
    packed: dict[date, dict[str, Column]] = {}
    stale = []
    for day, is_stale, name, column in cursor.fetchall():
        if is_stale:
            stale.append(day)
        elif name:
            packed.setdefault(day, {})[name] = unpack_column(bytes(column))
    blocks = [
        Block(days.bucket(day), columns, scores=columns.pop(SCORES))
        for day, columns in packed.items()
    ]
    return blocks, stale


_CROSSES = """
    SELECT month, packed FROM dashboards_answercross c
    WHERE dimensions = %s AND month = ANY(%s) AND packed IS NOT NULL AND NOT EXISTS (
        SELECT FROM dashboards_answerday d WHERE d.is_stale
        AND d.day >= c.month AND d.day < c.month + interval '1 month')"""
_DAYS = """
    SELECT d.day, d.is_stale, c.name, c.packed
    FROM dashboards_answerday d LEFT JOIN dashboards_answercolumn c
        ON c.day = d.day AND c.name = ANY(%s) AND NOT d.is_stale
    WHERE d.day BETWEEN %s AND %s
        AND date_trunc('month', d.day)::date <> ALL(%s::date[])
    ORDER BY d.day"""
