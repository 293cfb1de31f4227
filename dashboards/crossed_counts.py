"""Counts that cross dimensions: of whole months where they are kept, else of days."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.db import connection
from django.db.backends.utils import CursorWrapper

from dashboards.answer_crosses import cross_for, name_of
from dashboards.bulk_answers import SCORES
from dashboards.crossing import Block, ask, narrowed
from dashboards.dimensions import Value
from dashboards.narrowing import Narrowing, column_of
from dashboards.packing import Column, unpack_cells, unpack_column
from dashboards.periods import Stretch
from dashboards.scores import COUNTS

Part = tuple[tuple[Value | date, ...], Mapping[str, int]]


def crossed_counts(asked: Narrowing, days: Stretch) -> tuple[list[Part], list[date]]:
    """Counts by bucket and values, and the stale days that are not in them, in order."""
    blocks, stale = read_blocks(asked.columns, days)
    found = ask(blocks, tests=asked.only, by=asked.grouped)
    parts: list[Part] = []
    for (bucket, values), counts in found.items():
        time = (bucket,) if isinstance(bucket, date) else ()
        key = (*time, *asked.key(values))
        parts.append((key, dict(zip(COUNTS, counts, strict=True))))
    return parts, stale


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
