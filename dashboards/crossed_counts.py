"""Counts that cross dimensions: of whole months where they are kept, else of days."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

from dashboards.answer_crosses import cross_for, name_of
from dashboards.bulk_answers import SCORES
from dashboards.crossing import Block, ask
from dashboards.dimensions import Value
from dashboards.narrowing import Narrowing
from dashboards.packing import Column, unpack_cells, unpack_column
from dashboards.periods import Grain, bucket_of
from dashboards.scores import COUNTS

Span = tuple[date, date]
Part = tuple[tuple[Value | date, ...], Mapping[str, int]]


def crossed_counts(
    asked: Narrowing, span: Span, grain: Grain | None
) -> tuple[list[Part], list[date]]:
    """Counts by bucket and values, and the stale days that are not in them, in order."""
    with connection.cursor() as cursor:
        blocks = _months(cursor, asked, span, grain)
        days, stale = _days(cursor, asked, span, grain, blocks)
    found = ask([*blocks.values(), *days], tests=asked.only, by=asked.grouped)
    parts: list[Part] = []
    for (bucket, values), counts in found.items():
        time = (bucket,) if isinstance(bucket, date) else ()
        key = (*time, *asked.key(values))
        parts.append((key, dict(zip(COUNTS, counts, strict=True))))
    return parts, stale


def _months(
    cursor: CursorWrapper, asked: Narrowing, span: Span, grain: Grain | None
) -> dict[date, Block]:
    """The months wholly inside the span whose cross still holds, by first day."""
    cross = cross_for(asked.columns)
    wanted = list(_whole_months(span)) if grain in (None, "month") and cross else []
    if not wanted or not cross:
        return {}
    cursor.execute(_CROSSES, [name_of(cross), wanted])
    blocks = {}
    for month, packed in cursor.fetchall():
        columns, counts = unpack_cells(bytes(packed))
        named = dict(zip(cross, columns, strict=True))
        blocks[month] = Block(_bucket(month, grain), named, counts=counts)
    return blocks


def _days(
    cursor: CursorWrapper,
    asked: Narrowing,
    span: Span,
    grain: Grain | None,
    but: Collection[date],
) -> tuple[list[Block], list[date]]:
    """The span's days outside these months: packed ones, and which are stale."""
    cursor.execute(_DAYS, [[*asked.columns, SCORES], *span, list(but)])
    packed: dict[date, dict[str, Column]] = {}
    stale = []
    for day, is_stale, name, column in cursor.fetchall():
        if is_stale:
            stale.append(day)
        elif name:
            packed.setdefault(day, {})[name] = unpack_column(bytes(column))
    blocks = [
        Block(_bucket(day, grain), columns, scores=columns.pop(SCORES))
        for day, columns in packed.items()
    ]
    return blocks, stale


def _whole_months(span: Span) -> Iterator[date]:
    since, until = span
    month = since.replace(day=1)
    while month <= until:
        after = (month + timedelta(days=31)).replace(day=1)
        if since <= month and after - timedelta(days=1) <= until:
            yield month
        month = after


def _bucket(day: date, grain: Grain | None) -> date | None:
    return bucket_of(day, grain) if grain else None


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
