"""The answers' rollup: counts of every score per day and shape.

An answer is *folded* once, when its event is drained: the counts and the event's mark
commit together. Whatever is stored but not folded yet is *pending*; at any moment, in
any one snapshot, the cells equal the raw counts of what is not pending. Rebuilding and
comparing rely on that, so both work while the system runs.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from dashboards.shapes import KEY, KEY_COLUMNS, SHAPES, grouping
from dashboards.turns import filling_of, take_turn, turn_of
from events.prepared import Prepared, execute_together
from surveys.submitted import NEW_ANSWERS, RESPONSE_SUBMITTED, RESPONSES_IMPORTED

ROLLUP = "answers"
# The handler that folds: what it failed at and will try again is pending, too.
HANDLER = "dashboards.handlers.fold_answers"

SCORE_COLUMNS = {
    metric: {score: f"{metric}_{score}" for score in scale}
    for metric, scale in {
        "nps": range(11),
        "csat": range(1, 6),
        "ces": range(1, 8),
        "ces5": range(1, 6),
    }.items()
}
COUNTS = (
    "responses",
    *(name for columns in SCORE_COLUMNS.values() for name in columns.values()),
)


def fold(response_ids: Iterable[UUID | str], *, newest_at: datetime) -> None:
    """Add these answers to the cells, in the caller's transaction.

    Tests and partial answers count nothing. Drainers would queue up at today's cells
    anyway; taking turns, they cannot deadlock.
    """
    # One text: psycopg2 writes a cast for each UUID of a list, which costs more than
    # finding it.
    ids = ",".join(map(str, response_ids))
    with connection.cursor() as cursor:
        execute_together(
            cursor,
            turn_of(ROLLUP),
            (_FOLD, {"ids": f"{{{ids}}}"}),
            filling_of(ROLLUP, newest_at=newest_at),
        )


def rebuild(*, progress: Callable[[int, int], None]) -> int:
    """Count everything anew from the raw answers; how many cells there are then.

    A month at a time, each in its own transaction and turn: answers that are drained
    meanwhile wait for one month at most, and pages never see half of one.
    """
    months = list(_months())
    cells = 0
    for done, (first, after) in enumerate(months, 1):
        cells += _rebuild_between(first, after)
        progress(done, len(months))
    return cells


def differences(*, limit: int) -> list[tuple[Any, ...]]:
    """Cells that are not what the raw answers say: key, counted, stored.

    One statement, so one snapshot: right while answers arrive and are drained.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, [limit])
        return list(cursor.fetchall())


def _rebuild_between(first: date, after: date) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        take_turn(cursor, ROLLUP)
        cursor.execute(
            "DELETE FROM dashboards_answercell WHERE day >= %s AND day < %s",
            [first, after],
        )
        cursor.execute(_REBUILD, [first, after])
        return int(cursor.rowcount)


def _months() -> Iterator[tuple[date, date]]:
    """Half-open months that cover every day with a cell or an answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(day), max(day) FROM ("
            " SELECT day FROM surveys_response"
            " UNION ALL SELECT day FROM dashboards_answercell) days"
        )
        first, last = cursor.fetchone() or (None, None)
    if first is None:
        return
    start = first.replace(day=1)
    while start <= last:
        after = (start + timedelta(days=31)).replace(day=1)
        yield start, after
        start = after


# The statements, made of this module's constants only -------------------------


def _condition(metric: str, score: int) -> str:
    """Under which a response has this score; the two scales of effort kept apart."""
    if metric in ("ces", "ces5"):
        return f"ces = {score} AND ces_scale = {len(SCORE_COLUMNS[metric])}"
    return f"{metric} = {score}"


# Of raw answers, in the order of COUNTS.
RAW_COUNTS = (
    "count(*)",
    *(
        f"count(*) FILTER (WHERE {_condition(metric, score)})"
        for metric, columns in SCORE_COLUMNS.items()
        for score in columns
    ),
)
_COUNTED = ", ".join(
    f"{count} AS {name}" for count, name in zip(RAW_COUNTS, COUNTS, strict=True)
)


def _cells_of(condition: str) -> str:
    """The cells that the counted responses under a condition add up to."""
    return f"""
        SELECT {KEY_COLUMNS}, {_COUNTED}
        FROM surveys_response
        WHERE state = 'complete' AND NOT is_test AND {condition}
        GROUP BY {grouping(SHAPES)}"""  # noqa: S608


_NOT_PENDING = f"""id NOT IN (
    WITH pending AS (
        SELECT name, subject_id, payload FROM events_event
        WHERE name = ANY(ARRAY{list(NEW_ANSWERS)}) AND dispatched_at IS NULL
        UNION ALL
        SELECT e.name, e.subject_id, e.payload
        FROM events_failure f JOIN events_event e ON e.id = f.event_id
        WHERE f.handler = '{HANDLER}' AND e.name = ANY(ARRAY{list(NEW_ANSWERS)})
    )
    SELECT subject_id::uuid FROM pending WHERE name = '{RESPONSE_SUBMITTED}'
    UNION ALL
    SELECT jsonb_array_elements_text(payload -> 'responses')::uuid
    FROM pending WHERE name = '{RESPONSES_IMPORTED}')"""  # noqa: S608
_INSERT = f"INSERT INTO dashboards_answercell AS cell ({', '.join((*KEY, *COUNTS))})"
_FOLD = Prepared(
    "cem_fold_answers",
    {"ids": "uuid[]"},
    f"{_INSERT} {_cells_of('id = ANY(%(ids)s)')}"
    f" ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = cell.{name} + excluded.{name}" for name in COUNTS),
)
_REBUILD = f"{_INSERT} {_cells_of(f'day >= %s AND day < %s AND {_NOT_PENDING}')}"
_RAW = f"ARRAY[{', '.join(f'raw.{name}' for name in COUNTS)}]"
_STORED = f"ARRAY[{', '.join(f'cell.{name}' for name in COUNTS)}]"
_DIFFERENCES = f"""
    WITH raw AS ({_cells_of(_NOT_PENDING)})
    SELECT {", ".join(KEY)}, {_RAW} AS counted, {_STORED} AS stored
    FROM raw FULL JOIN dashboards_answercell cell USING ({", ".join(KEY)})
    WHERE {_RAW}::int[] IS DISTINCT FROM {_STORED}
    ORDER BY {", ".join(KEY)}
    LIMIT %s"""  # noqa: S608
