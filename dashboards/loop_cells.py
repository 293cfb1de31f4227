"""The loop's cells: the finished tickets of a day, added up from their rows.

A day's cells are always made anew from all its rows, in the transaction that changed
the rows and in its turn; at any moment they equal what the rows add up to.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from dashboards.shapes import KEY, KEY_COLUMNS, SHAPES, grouping
from tickets.models import Clock

# Crossed dimensions are counted from the rows: so many cells would be rows themselves.
LOOP_SHAPES = tuple(SHAPES)
# Answers, by what became of their tickets: over the loop's rows.
RATES = {
    "covered": "sum(answers)",
    "resolved": "sum(answers) FILTER (WHERE is_resolved)",
    "confirmed": "sum(answers) FILTER (WHERE is_resolved AND closure = 'confirmed')",
    "unobjected": "sum(answers) FILTER (WHERE is_resolved AND closure = 'unconfirmed')",
    "reopened": "sum(answers) FILTER (WHERE was_reopened)",
}
VALUES = (
    *(
        f"{clock}_{what}"
        for clock in ("contact", "resolution")
        for what in ("met", "late", "minutes")
    ),
    *RATES,
)


def remake(cursor: CursorWrapper, days: Collection[date]) -> None:
    """Bring the cells of these days up to date; the caller has the loop's turn."""
    if not days:
        return
    cursor.execute("DELETE FROM dashboards_loopcell WHERE day = ANY(%s)", [list(days)])
    cursor.execute(_REMAKE, [list(days)])


def remake_all(cursor: CursorWrapper) -> None:
    cursor.execute("DELETE FROM dashboards_loopcell")
    cursor.execute(_REMAKE_ALL)


def differences(*, limit: int) -> list[tuple[Any, ...]]:
    """Keys of cells that are not what the rows add up to. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, [limit])
        return list(cursor.fetchall())


# The statements, made of this module's constants only -------------------------


def _of_clock(clock: str) -> str:
    state, minutes = f"{clock}_state", f"{clock}_minutes"
    return f"""
        count(*) FILTER (WHERE {state} = '{Clock.State.MET}') AS {clock}_met,
        count(*) FILTER (WHERE {state} = '{Clock.State.MET_LATE}') AS {clock}_late,
        COALESCE(string_agg(int4send({minutes}), ''::bytea ORDER BY {minutes}), '')
            AS {minutes}"""


_RATES = ", ".join(f"COALESCE({sql}, 0) AS {name}" for name, sql in RATES.items())


def _cells_of(condition: str) -> str:
    """The cells that the finished rows under a condition add up to."""
    return f"""
        SELECT {KEY_COLUMNS}, {_of_clock("contact")}, {_of_clock("resolution")},
            {_RATES}
        FROM dashboards_looprow WHERE is_finished AND {condition}
        GROUP BY {grouping(LOOP_SHAPES)}"""  # noqa: S608


_INSERT = f"INSERT INTO dashboards_loopcell ({', '.join((*KEY, *VALUES))})"
_REMAKE = f"{_INSERT} {_cells_of('day = ANY(%s)')}"
_REMAKE_ALL = f"{_INSERT} {_cells_of('true')}"
_NOW = f"ROW({', '.join(f'now.{name}' for name in VALUES)})"
_STORED = f"ROW({', '.join(f'stored.{name}' for name in VALUES)})"
_DIFFERENCES = f"""
    WITH now AS ({_cells_of("true")})
    SELECT {", ".join(KEY)}
    FROM now FULL JOIN dashboards_loopcell stored USING ({", ".join(KEY)})
    WHERE {_NOW} IS DISTINCT FROM {_STORED}
    ORDER BY {", ".join(KEY)}
    LIMIT %s"""  # noqa: S608
