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
from dashboards.turns import take_turn

TURN = "answers.packed"
# As many answers as are packed in about a second; drainers wait for a day in work.
AT_ONCE = 200_000


def pack_stale_days(*, today: date) -> int:
    """Pack every day that is stale now; then the crosses of months that are over."""
    packed = sum(_pack(days) for days in _portions())
    for month in _months_to_cross(today):
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
    with connection.cursor() as cursor:
        cursor.execute(_STALE)
        waiting = cursor.fetchall()
    days: list[date] = []
    total = 0
    for day, answers in waiting:
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


def _months_to_cross(today: date) -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(_OVER, [today.replace(day=1)])
        return [month for (month,) in cursor.fetchall()]


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


_STALE = """
    SELECT d.day, COALESCE(c.responses, 0)
    FROM dashboards_answerday d
    LEFT JOIN dashboards_answercell c ON c.shape = 0 AND c.day = d.day AND c.value = ''
    WHERE d.is_stale ORDER BY d.day"""
_CLAIM = """
    SELECT day FROM dashboards_answerday WHERE day = ANY(%s) AND is_stale
    ORDER BY day FOR UPDATE SKIP LOCKED"""
_OVER = """
    SELECT month FROM (
        SELECT date_trunc('month', day)::date AS month, bool_or(is_stale) AS is_stale
        FROM dashboards_answerday WHERE day < %s GROUP BY 1) months
    WHERE NOT is_stale AND NOT EXISTS (
        SELECT FROM dashboards_answercross c WHERE c.month = months.month)
    ORDER BY month"""
