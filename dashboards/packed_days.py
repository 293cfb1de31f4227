"""Days of answers, packed: written in the background, a day at a time, whole.

Between a fold and the packer's next round a day is stale, and whoever asks for it asks
the answers themselves. Packers and rebuilds take turns. A packer first locks a day's
line and then reads the day's answers: what commits later marks the line again.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values

from dashboards.answer_crosses import forget_crosses, write_crosses
from dashboards.bulk_answers import PACKED, SCORES, Bulk, read_answers
from dashboards.packing import Column, pack_column, unpack_column
from dashboards.to_pack import months_to_cross, stale_days
from dashboards.turns import take_turn

TURN = "answers.packed"
# As many answers as are packed in about a second; drainers wait for a day in work.
AT_ONCE = 200_000


def pack_stale_days(*, today: date) -> int:
    """Pack every day that is stale now; then the crosses of months that are over."""
    packed = sum(_pack(days) for days in _portions())
    for month in months_to_cross(today):
        _cross(month)
    return packed


def write_days(cursor: CursorWrapper, days: Sequence[date], bulk: Bulk) -> None:
    """Put these days' answers in place of what was packed; the caller has the turn."""
    cursor.execute(
        "DELETE FROM dashboards_answercolumn WHERE day = ANY(%s)", [list(days)]
    )
    found = dict.fromkeys(days, 0)
    rows = []
    for day, part in bulk.by_day():
        found[day] = part.stop - part.start
        rows += [
            (day, name, pack_column(column.take(part)))
            for name, column in bulk.columns.items()
        ]
    _insert(cursor, "dashboards_answercolumn (day, name, packed)", rows)
    _insert(
        cursor,
        "dashboards_answerday (day, is_stale, answers)",
        [(day, False, count) for day, count in found.items()],
        "ON CONFLICT (day) DO UPDATE SET is_stale = false, answers = excluded.answers",
    )


def read_columns(
    cursor: CursorWrapper, days: tuple[date, date]
) -> dict[date, dict[str, Column]]:
    """The columns of the packed days from the first to the last."""
    cursor.execute(
        "SELECT day, name, packed FROM dashboards_answercolumn"
        " WHERE day BETWEEN %s AND %s ORDER BY day",
        days,
    )
    found: dict[date, dict[str, Column]] = {}
    for day, name, packed in cursor.fetchall():
        found.setdefault(day, {})[name] = unpack_column(bytes(packed))
    return found


def _portions() -> Iterator[list[date]]:
    days: list[date] = []
    total = 0
    for day, answers in stale_days():
        if days and total + answers > AT_ONCE:
            yield days
            days, total = [], 0
        days.append(day)
        total += answers
    if days:
        yield days


@transaction.atomic
def _pack(days: Sequence[date]) -> int:
    with connection.cursor() as cursor:
        take_turn(cursor, TURN)
        # Who folds just now has locked a day's line; the next round comes for it.
        cursor.execute(_CLAIM, [list(days)])
        claimed = [day for (day,) in cursor.fetchall()]
        if claimed:
            bulk = read_answers(cursor, "r.day = ANY(%(days)s)", {"days": claimed})
            write_days(cursor, claimed, bulk)
            forget_crosses(cursor, {day.replace(day=1) for day in claimed})
        return len(claimed)


@transaction.atomic
def _cross(month: date) -> None:
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    with connection.cursor() as cursor:
        take_turn(cursor, TURN)
        days = list(read_columns(cursor, (month, last)).values())
        write_crosses(cursor, month, joined(days))


def joined(days: Sequence[Mapping[str, Column]]) -> dict[str, Column]:
    """The columns of several days as one."""
    from dashboards.crossing import joined_column

    return {
        name: joined_column([columns[name] for columns in days])
        for name in (*PACKED, SCORES)
    }


def _insert(
    cursor: CursorWrapper, into: str, rows: Sequence[tuple[Any, ...]], more: str = ""
) -> None:
    if rows:
        execute_values(cursor.cursor, f"INSERT INTO {into} VALUES %s {more}", rows)  # noqa: S608


_CLAIM = """
    SELECT day FROM dashboards_answerday WHERE day = ANY(%s) AND is_stale
    ORDER BY day FOR UPDATE SKIP LOCKED"""
