"""Who writes a rollup does so alone: drainers and rebuilds take turns."""

from datetime import datetime

from django.db.backends.utils import CursorWrapper

from events.prepared import Prepared


def take_turn(cursor: CursorWrapper, rollup: str) -> None:
    """Wait for the turn and keep it until the transaction ends.

    The snapshots of later statements are newer than the turn: whoever wrote before has
    committed, and nobody else writes until we have.
    """
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtext('cem.rollup'), hashtext(%s))", [rollup]
    )


def note_filled(cursor: CursorWrapper, rollup: str, *, newest_at: datetime) -> None:
    """Remember the newest event that the rollup has in it."""
    _FILLED.execute(cursor, {"rollup": rollup, "newest_at": newest_at})


_FILLED = Prepared(
    "cem_note_filled",
    {"rollup": "varchar", "newest_at": "timestamptz"},
    """
    INSERT INTO dashboards_fillstate AS f (rollup, filled_to)
    VALUES (%(rollup)s, %(newest_at)s)
    ON CONFLICT (rollup) DO UPDATE
    SET filled_to = GREATEST(f.filled_to, excluded.filled_to)""",
)
