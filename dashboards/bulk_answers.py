"""Counted answers in bulk: read from the database as columns of numbers.

Hundreds of thousands of rows become Python objects too slowly; numbers of a fixed
width, as COPY sends them, are read as they are. Texts go by their `AnswerValue`.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from django.db.backends.utils import CursorWrapper
from numpy.typing import NDArray

from dashboards.packing import Column, Numbers, count_matrix, in_order
from dashboards.scores import CODE

EPOCH = date(2000, 1, 1)
SCORES = "scores"
NUMBERS = {"survey": "survey_id", "touchpoint": "touchpoint_id"}
TEXTS = {
    "region": "region",
    "product_line": "product_line",
    "tier": "tier",
    "channel": "channel",
    "language": "locale",
}
# Fewer values first, so that what is sorted by them has longer runs.
PACKED = (
    "language",
    "tier",
    "channel",
    "touchpoint",
    "survey",
    "region",
    "product_line",
)

_HEADER = 19
_SENT = {
    "day": ("(r.day - DATE '2000-01-01')::int4", ">i4"),
    **{name: (f"r.{column}::int8", ">i8") for name, column in NUMBERS.items()},
    **{name: (f"COALESCE({name}.id, 0)::int8", ">i8") for name in TEXTS},
    SCORES: (f"({CODE})::int2", ">i2"),
}
_ROW = np.dtype(
    [("fields", ">i2")]
    + [
        part
        for name, (_sql, kind) in _SENT.items()
        for part in ((f"{name} width", ">i4"), (name, kind))
    ]
)
_JOINS = " ".join(
    f"LEFT JOIN dashboards_answervalue {name} ON {name}.text = r.{column}"
    for name, column in TEXTS.items()
)
# ruff: noqa: S608  the statements are made of this module's constants
_READ = f"""
    COPY (SELECT {", ".join(sql for sql, _kind in _SENT.values())}
          FROM surveys_response r {_JOINS}
          WHERE r.state = 'complete' AND NOT r.is_test AND {{condition}})
    TO STDOUT (FORMAT binary)"""
_LEARN = f"""
    INSERT INTO dashboards_answervalue (text)
    SELECT DISTINCT text FROM surveys_response r
    CROSS JOIN LATERAL (VALUES {", ".join(f"(r.{c})" for c in TEXTS.values())}) v (text)
    WHERE {{condition}}
    ORDER BY text ON CONFLICT DO NOTHING"""


@dataclass(frozen=True)
class Bulk:
    """Answers in the order of day and columns; `columns` are PACKED and SCORES."""

    days: Numbers
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.days)

    @cached_property
    def matrix(self) -> Numbers:
        return count_matrix(self.columns[SCORES].values)

    def by_day(self) -> Iterator[tuple[date, slice]]:
        days, starts = np.unique(self.days, return_index=True)
        edges = [*starts.tolist(), len(self)]
        for day, start, end in zip(days.tolist(), edges, edges[1:], strict=False):
            yield EPOCH + timedelta(days=day), slice(start, end)


def read_answers(
    cursor: CursorWrapper, condition: str, params: Mapping[str, Any]
) -> Bulk:
    """The counted answers `r` under an SQL condition."""
    rows = _read(cursor, condition, params)
    if any((rows[name] == 0).any() for name in TEXTS):
        cursor.execute(_LEARN.format(condition=condition), params)
        rows = _read(cursor, condition, params)
    texts = _texts(cursor, rows)
    columns = {name: _column(rows[name], texts.get(name)) for name in PACKED}
    columns[SCORES] = _column(rows[SCORES], None)
    days = rows["day"].astype(np.int64)
    order = in_order({"day": _column(days, None), **columns})
    sorted_columns = {
        name: Column(column.values, column.places[order])
        for name, column in columns.items()
    }
    return Bulk(days[order], sorted_columns)


def _read(
    cursor: CursorWrapper, condition: str, params: Mapping[str, Any]
) -> NDArray[Any]:
    sent = io.BytesIO()
    statement = cursor.mogrify(_READ.format(condition=condition), params)
    cursor.copy_expert(statement, sent)
    count = (sent.tell() - _HEADER - 2) // _ROW.itemsize
    return np.frombuffer(sent.getbuffer(), _ROW, count=count, offset=_HEADER)


def _texts(cursor: CursorWrapper, rows: NDArray[Any]) -> dict[str, dict[int, str]]:
    ids = {name: _distinct(rows[name])[0].tolist() for name in TEXTS}
    wanted = sorted({one for found in ids.values() for one in found})
    cursor.execute(
        "SELECT id, text FROM dashboards_answervalue WHERE id = ANY(%s)", [wanted]
    )
    known = dict(cursor.fetchall())
    return {name: {one: known[one] for one in found} for name, found in ids.items()}


def _column(numbers: NDArray[Any], texts: Mapping[int, str] | None) -> Column:
    """Values in order, so that the same answers are packed in the same way."""
    found, places = _distinct(numbers)
    if texts is None:
        return Column(found.tolist(), places)
    values = [texts[one] for one in found.tolist()]
    order = sorted(range(len(values)), key=values.__getitem__)
    rank = np.zeros(len(values), np.int64)
    rank[order] = np.arange(len(values))
    return Column([values[one] for one in order], rank[places])


def _distinct(numbers: NDArray[Any]) -> tuple[Numbers, Numbers]:
    """As np.unique with the inverse, without sorting where numbers are small."""
    plain = numbers.astype(np.int64)
    if not len(plain) or plain.min() < 0 or plain.max() > max(65_536, len(plain)):
        found, places = np.unique(plain, return_inverse=True)
        return found, places
    found = np.flatnonzero(np.bincount(plain))
    place = np.zeros(int(plain.max()) + 1, np.int64)
    place[found] = np.arange(len(found))
    return found, place[plain]
