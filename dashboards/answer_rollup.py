"""The answers' rollup: counts of every score per day and single dimension.

An answer is *folded* once, when its event is drained: the counts and the event's mark
commit together. Whatever is stored but not folded yet is *pending*; at any moment, in
any one snapshot, the cells equal the raw counts of what is not pending. Rebuilding and
comparing rely on that, so both work while the system runs.

What crosses dimensions is read from packed days (`dashboards.packed_days`); a fold
only notes that the days it touched have to be packed again.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from dashboards.answer_shapes import KEY, cells_of
from dashboards.scores import COUNTS, RAW_COUNTS, SCORE_COLUMNS
from dashboards.turns import filling_of, take_turn, turn_of
from events.prepared import Prepared, as_array, execute_together
from surveys.submitted import NEW_ANSWERS, RESPONSE_SUBMITTED, RESPONSES_IMPORTED

__all__ = [
    "COUNTS",
    "HANDLER",
    "RAW_COUNTS",
    "ROLLUP",
    "SCORE_COLUMNS",
    "differences",
    "fold",
    "months",
    "rebuild",
    "remake",
]

ROLLUP = "answers"
# The handler that folds: what it failed at and will try again is pending, too.
HANDLER = "dashboards.handlers.fold_answers"
# Months that are made anew: while the database puts one together, we pack the other.
AT_ONCE = 2


def fold(response_ids: Iterable[UUID | str], *, newest_at: datetime) -> None:
    """Add these answers to the cells, in the caller's transaction.

    Tests and partial answers count nothing. Drainers would queue up at today's cells
    anyway; taking turns, they cannot deadlock.
    """
    ids = {"ids": as_array(response_ids)}
    with connection.cursor() as cursor:
        execute_together(
            cursor,
            turn_of(ROLLUP),
            (_FOLD, ids),
            (_NOTE_STALE, ids),
            (_NOTE_FOLDED, ids),
            filling_of(ROLLUP, newest_at=newest_at),
        )


def remake(days: Iterable[date]) -> None:
    """Count these days anew: answers of theirs were changed or erased. Caller's
    transaction, and before it folds anything."""
    wanted = sorted(set(days))
    with connection.cursor() as cursor:
        take_turn(cursor, ROLLUP)
        cursor.execute(
            "DELETE FROM dashboards_answercell WHERE day = ANY(%s)", [wanted]
        )
        cursor.execute(_REMAKE, [wanted])
        cursor.execute(_MARK_STALE, [wanted])
        # Written although it stays the same: so open pages know (dashboards.fresh).
        cursor.execute(
            "UPDATE dashboards_fillstate SET filled_to = filled_to WHERE rollup = %s",
            [ROLLUP],
        )


def rebuild(*, progress: Callable[[int, int], None]) -> int:
    """Count everything anew from the raw answers; how many cells there are then.

    A month at a time, each in its own transaction and turn: answers that are drained
    meanwhile wait for the months in work at most, and pages never see half of one.
    Inside a transaction there is one after the other, for nobody else would see it.
    """
    found = list(months())
    cells = 0
    others = ThreadPoolExecutor(AT_ONCE)
    try:
        alone = connection.in_atomic_block
        made = map(_month, found) if alone else others.map(_month_apart, found)
        for done, count in enumerate(made, 1):
            cells += count
            progress(done, len(found))
    finally:
        # What failed, or was interrupted, begins no further month.
        others.shutdown(cancel_futures=True)
    return cells


def _month_apart(month: tuple[date, date]) -> int:
    """In a thread, which has a connection of its own."""
    try:
        return _month(month)
    finally:
        connection.close()


@transaction.atomic
def _month(month: tuple[date, date]) -> int:
    # Needs numpy, which the fold does without.
    from dashboards.answer_months import rebuild_month

    return rebuild_month(*month)


def differences(*, limit: int) -> list[tuple[Any, ...]]:
    """Cells that are not what the raw answers say: key, counted, stored.

    Month by month in the rollup's turn: right while answers arrive and are drained.
    """
    from dashboards.answer_months import differences_in

    found: list[tuple[Any, ...]] = []
    for first, after in months():
        with transaction.atomic():
            found += differences_in(first, after)
        if len(found) >= limit:
            break
    return found[:limit]


def months() -> Iterator[tuple[date, date]]:
    """Half-open months that cover every day with a cell or an answer."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS)
        first, last = cursor.fetchone() or (None, None)
    if first is None:
        return
    start = first.replace(day=1)
    while start <= last:
        after = (start + timedelta(days=31)).replace(day=1)
        yield start, after
        start = after


# The statements, made of this module's constants only -------------------------

PENDING = f"""(
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
INSERT_CELLS = (
    f"INSERT INTO dashboards_answercell AS cell ({', '.join((*KEY, *COUNTS))})"
)
_FOLD = Prepared(
    "cem_fold_answers",
    {"ids": "uuid[]"},
    f"{INSERT_CELLS} {cells_of('id = ANY(%(ids)s)')}"
    f" ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = cell.{name} + excluded.{name}" for name in COUNTS),
)
# Of this transaction, as far as it is not undone to a savepoint: folded, but not marked.
_FOLDED = "COALESCE(NULLIF(current_setting('cem.folded', true), ''), '{}')::uuid[]"
_NOTE_FOLDED = Prepared(
    "cem_note_folded",
    {"ids": "uuid[]"},
    f"SELECT set_config('cem.folded', ({_FOLDED} || %(ids)s)::text, true)",
)
_REMAKE = f"""{INSERT_CELLS} {
    cells_of(f"day = ANY(%s) AND (id NOT IN {PENDING} OR id = ANY({_FOLDED}))")
}"""
# A line that is stale already is locked all the same: the packer, which has it in
# hand, must not finish without what we have just folded. In the order of days, as the
# packer takes them, so that nobody waits in a circle.
_STALE = """
    ON CONFLICT (day) DO UPDATE SET is_stale = true WHERE NOT kept.is_stale"""
_NOTE_STALE = Prepared(
    "cem_note_stale_days",
    {"ids": "uuid[]"},
    f"""
    INSERT INTO dashboards_answerday AS kept (day, is_stale, answers)
    SELECT DISTINCT day, true, 0 FROM surveys_response
    WHERE id = ANY(%(ids)s) AND state = 'complete' AND NOT is_test
    ORDER BY day {_STALE}""",  # noqa: S608
)
_MARK_STALE = f"""
    INSERT INTO dashboards_answerday AS kept (day, is_stale, answers)
    SELECT day, true, 0 FROM unnest(%s::date[]) one (day) ORDER BY day {_STALE}"""  # noqa: S608
_DAYS = """
    SELECT min(day), max(day) FROM (
        SELECT min(day) AS day FROM surveys_response
            WHERE state = 'complete' AND NOT is_test
        UNION ALL SELECT max(day) FROM surveys_response
            WHERE state = 'complete' AND NOT is_test
        UNION ALL SELECT day FROM dashboards_answerday
        UNION ALL SELECT day FROM dashboards_answercell WHERE shape = 0
    ) days"""
