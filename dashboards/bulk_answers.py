"""Counted answers in bulk: read from the database as columns of numbers.

Hundreds of thousands of rows become Python objects too slowly. So the database puts
together what has the same values in every dimension, and sends each column as one
string of numbers. Texts go by their `AnswerValue`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from django.db.backends.utils import CursorWrapper
from numpy.typing import NDArray

from dashboards.packing import Column, Numbers, count_matrix, in_order
from dashboards.scores import CODE, CODE_BITS

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
# Of an answer's number: the place of its combination stands between day and scores.
_PLACE_BITS = 32

_COLUMNS = {**NUMBERS, **TEXTS}
_GROUPED = ", ".join(f"r.{column}" for column in _COLUMNS.values())
_IDS = {
    **{name: f"g.{column}" for name, column in NUMBERS.items()},
    **{name: f"COALESCE({name}.id, 0)" for name in TEXTS},
}
_SENT = {
    **{name: f"string_agg(int8send({sql}::int8), '')" for name, sql in _IDS.items()},
    "sizes": "string_agg(int8send(octet_length(g.answers)::int8), '')",
    "answers": "string_agg(g.answers, '')",
}
_JOINS = " ".join(
    f"LEFT JOIN dashboards_answervalue {name} ON {name}.text = g.{column}"
    for name, column in TEXTS.items()
)
# Sorting hundreds of thousands of texts takes ten times as long as hashing them; what
# does not fit into the memory is put aside on the disk.
_AS_HASHES = "SET LOCAL enable_sort = off; SET LOCAL work_mem = '64MB'"
_AS_BEFORE = "SET LOCAL enable_sort TO DEFAULT; SET LOCAL work_mem TO DEFAULT"
# ruff: noqa: S608  the statements are made of this module's constants
_READ = f"""
    SELECT {", ".join(_SENT.values())} FROM (
        SELECT {_GROUPED}, string_agg(int4send(
            ((r.day - DATE '{EPOCH}') << {CODE_BITS}) | {CODE}), '') AS answers
        FROM surveys_response r
        WHERE r.state = 'complete' AND NOT r.is_test AND {{condition}}
        GROUP BY {_GROUPED}) g {_JOINS}"""
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
    """The counted answers `r` under an SQL condition, in the caller's transaction."""
    sent = _read(cursor, condition, params)
    if any((sent[name] == 0).any() for name in TEXTS):
        cursor.execute(_LEARN.format(condition=condition), params)
        sent = _read(cursor, condition, params)
    texts = _texts(cursor, sent)
    combinations = {name: _column(sent[name], texts.get(name)) for name in PACKED}
    order = in_order(combinations)
    numbers = _numbers(sent, order)
    places = numbers >> CODE_BITS & (1 << _PLACE_BITS) - 1
    columns = {
        name: Column(column.values, column.places[order][places])
        for name, column in combinations.items()
    }
    columns[SCORES] = _column(numbers & (1 << CODE_BITS) - 1, None)
    return Bulk(numbers >> CODE_BITS + _PLACE_BITS, columns)


def _read(
    cursor: CursorWrapper, condition: str, params: Mapping[str, Any]
) -> dict[str, NDArray[Any]]:
    """A number for each combination; of `answers` one for each answer."""
    cursor.execute(_AS_HASHES)
    cursor.execute(_READ.format(condition=condition), params)
    row = cursor.fetchone() or ()
    cursor.execute(_AS_BEFORE)
    return {
        name: np.frombuffer(part or b"", ">i4" if name == "answers" else ">i8")
        for name, part in zip(_SENT, row, strict=True)
    }


def _numbers(sent: Mapping[str, NDArray[Any]], order: NDArray[Any]) -> Numbers:
    """Of each answer: its day, the place of its combination, and its scores; sorted."""
    place = np.zeros(len(order), np.int64)
    place[order] = np.arange(len(order))
    answers = sent["answers"].astype(np.int64)
    places = np.repeat(place, sent["sizes"] // sent["answers"].itemsize)
    days = answers >> CODE_BITS << CODE_BITS + _PLACE_BITS
    return np.sort(days | places << CODE_BITS | answers & (1 << CODE_BITS) - 1)


def _texts(
    cursor: CursorWrapper, sent: Mapping[str, NDArray[Any]]
) -> dict[str, dict[int, str]]:
    ids = {name: np.unique(sent[name]).tolist() for name in TEXTS}
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
