"""A month of the answers' rollup at once: made anew from the raw answers, or compared
with them. One read of the answers makes cells, packed days and crosses."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection
from django.db.backends.utils import CursorWrapper

from dashboards.answer_crosses import packed_crosses, write_crosses
from dashboards.answer_rollup import PENDING, ROLLUP
from dashboards.answer_shapes import KEY, SHAPE_OF
from dashboards.bulk_answers import EPOCH, SCORES, Bulk, read_answers
from dashboards.models import AnswerCell, AnswerCross, AnswerDay, AnswerShape
from dashboards.packed_days import TURN, read_columns, write_days
from dashboards.packing import Column, counted, crossed, unpack_cells
from dashboards.scores import COUNTS
from dashboards.turns import share_turn, take_turn
from surveys.submitted import RESPONSES_CHANGED

Cell = tuple[int, date, str]
_MONTH = "r.day >= %(first)s AND r.day < %(after)s"


def rebuild_month(first: date, after: date) -> int:
    """Make the month anew, in the caller's transaction; how many cells it has."""
    span = {"first": first, "after": after}
    with connection.cursor() as cursor:
        bulk = _read(cursor, span)
        for table in ("answercell", "answerday", "answercolumn"):
            cursor.execute(
                f"DELETE FROM dashboards_{table}"  # noqa: S608
                " WHERE day >= %(first)s AND day < %(after)s",
                span,
            )
        cells = list(cells_in(bulk))
        _copy_cells(cursor, cells)
        write_days(cursor, [day for day, _part in bulk.by_day()], bulk)
        write_crosses(cursor, first, bulk.columns)
    return len(cells)


def differences_in(first: date, after: date) -> list[tuple[Any, ...]]:
    """What of the month is not as the raw answers say: key, counted, stored."""
    span = {"first": first, "after": after}
    with connection.cursor() as cursor:
        bulk = _read(cursor, span)
        changing = _days_of(cursor, _CHANGING)
        waiting = changing | _days_of(cursor, _WAITING)
        found = _differing_cells(bulk, first, after, changing)
        settled = _settled(first, after, waiting)
        found += _differing_days(cursor, bulk, settled)
        if not waiting:
            found += _differing_crosses(bulk, first)
    return found


def cells_in(bulk: Bulk) -> Iterator[tuple[Cell, list[int]]]:
    """The cells that these answers add up to."""
    days, places = np.unique(bulk.days, return_inverse=True)
    dates = [EPOCH + timedelta(days=day) for day in days.tolist()]
    by_day = Column(list(range(len(days))), places)
    nothing = Column([""], np.zeros(len(bulk), np.int64))
    columns = {AnswerShape.ALL: nothing}
    columns |= {shape: bulk.columns[name] for name, shape in SHAPE_OF.items()}
    for shape, column in columns.items():
        groups, size = crossed([by_day, column])
        scores = bulk.columns[SCORES].places
        found, counts = counted(groups[: len(bulk)], size, scores, bulk.matrix)
        for group, row in zip(found.tolist(), counts.tolist(), strict=True):
            day, place = divmod(group, len(column.values))
            yield (int(shape), dates[day], str(column.values[place])), row


def _read(cursor: CursorWrapper, span: dict[str, date]) -> Bulk:
    """Nobody packs or folds until the transaction ends, or is at the same month."""
    take_turn(cursor, f"{ROLLUP} {span['first']}")
    share_turn(cursor, TURN)
    share_turn(cursor, ROLLUP)
    return read_answers(cursor, f"{_MONTH} AND r.id NOT IN {PENDING}", span)


def _copy_cells(cursor: CursorWrapper, cells: list[tuple[Cell, list[int]]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows((*key, *counts) for key, counts in cells)
    text.seek(0)
    cursor.copy_expert(
        f"COPY dashboards_answercell ({', '.join((*KEY, *COUNTS))}) FROM STDIN"
        " WITH (FORMAT csv, FORCE_NOT_NULL (value))",
        text,
    )


def _differing_cells(
    bulk: Bulk, first: date, after: date, changing: set[date]
) -> list[tuple[Any, ...]]:
    raw = dict(cells_in(bulk))
    rows = AnswerCell.objects.filter(day__gte=first, day__lt=after)
    stored = {row[:3]: list(row[3:]) for row in rows.values_list(*KEY, *COUNTS)}
    keys = sorted(key for key in raw.keys() | stored.keys() if key[1] not in changing)
    return [
        (*key, raw.get(key), stored.get(key))
        for key in keys
        if raw.get(key) != stored.get(key)
    ]


def _settled(first: date, after: date, waiting: set[date]) -> set[date]:
    """Days whose packed answers have to be the raw ones."""
    rows = AnswerDay.objects.filter(day__gte=first, day__lt=after, is_stale=False)
    return set(rows.values_list("day", flat=True)) - waiting


def _differing_days(
    cursor: CursorWrapper, bulk: Bulk, settled: set[date]
) -> list[tuple[Any, ...]]:
    raw = {
        day: {name: column.take(part) for name, column in bulk.columns.items()}
        for day, part in bulk.by_day()
    }
    stored = read_columns(cursor, (min(settled), max(settled))) if settled else {}
    return [
        ("packed", day, _size(raw.get(day)), _size(stored.get(day)))
        for day in sorted(settled)
        if not _same(raw.get(day, {}), stored.get(day, {}))
    ]


def _differing_crosses(bulk: Bulk, month: date) -> list[tuple[Any, ...]]:
    stale = AnswerDay.objects.filter(
        is_stale=True, day__gte=month, day__lt=month + timedelta(days=31)
    )
    stored = AnswerCross.objects.filter(month=month).values_list("dimensions", "packed")
    kept = {name: bytes(packed) if packed else None for name, packed in stored}
    if not kept or any(
        day.month == month.month for day in stale.values_list("day", flat=True)
    ):
        return []
    return [
        ("crossed", month, name, "other cells", "than stored")
        for name, packed in packed_crosses(bulk.columns)
        if not _same_cells(packed, kept.get(name))
    ]


def _same(raw: dict[str, Column], stored: dict[str, Column]) -> bool:
    return raw.keys() == stored.keys() and all(
        list(column.values) == list(stored[name].values)
        and np.array_equal(column.places, stored[name].places)
        for name, column in raw.items()
    )


def _same_cells(raw: bytes | None, stored: bytes | None) -> bool:
    if raw is None or stored is None:
        return raw is stored
    (columns, counts), (kept, kept_counts) = unpack_cells(raw), unpack_cells(stored)
    return np.array_equal(counts, kept_counts) and all(
        list(one.values) == list(other.values)
        and np.array_equal(one.places, other.places)
        for one, other in zip(columns, kept, strict=True)
    )


def _size(columns: dict[str, Column] | None) -> int:
    return len(columns[SCORES].places) if columns else 0


def _days_of(cursor: CursorWrapper, statement: str) -> set[date]:
    cursor.execute(statement)
    return {day for (day,) in cursor.fetchall()}


_WAITING = f"SELECT DISTINCT day FROM surveys_response WHERE id IN {PENDING}"  # noqa: S608
_CHANGING = f"""
    SELECT jsonb_array_elements_text(payload -> 'days')::date FROM events_event
    WHERE name = '{RESPONSES_CHANGED}' AND dispatched_at IS NULL"""  # noqa: S608
