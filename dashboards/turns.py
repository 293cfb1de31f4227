"""Who writes a rollup does so alone: drainers and rebuilds take turns."""

from datetime import datetime

from django.db.backends.utils import CursorWrapper

from events.prepared import Asked, Prepared


def take_turn(cursor: CursorWrapper, rollup: str) -> None:
    """Wait for the turn and keep it until the transaction ends.

    The snapshots of later statements are newer than the turn: whoever wrote before has
    committed, and nobody else writes until we have.
    """
    statement, values = turn_of(rollup)
    statement.execute(cursor, values)


def share_turn(cursor: CursorWrapper, rollup: str) -> None:
    """As `take_turn`, beside others who share it; whoever takes it waits for all."""
    _SHARED.execute(cursor, {"rollup": rollup})


def note_filled(cursor: CursorWrapper, rollup: str, *, newest_at: datetime) -> None:
    """Remember the newest event that the rollup has in it."""
    statement, values = filling_of(rollup, newest_at=newest_at)
    statement.execute(cursor, values)


def turn_of(rollup: str) -> Asked:
    """What `take_turn` runs, to go together with what it is taken for."""
    return _TURN, {"rollup": rollup}


def filling_of(rollup: str, *, newest_at: datetime) -> Asked:
    """What `note_filled` runs, to go together with what has filled it."""
    return _FILLED, {"rollup": rollup, "newest_at": newest_at}


_TURN = Prepared(
    "cem_take_turn",
    {"rollup": "text"},
    "SELECT pg_advisory_xact_lock(hashtext('cem.rollup'), hashtext(%(rollup)s))",
)
_SHARED = Prepared(
    "cem_share_turn",
    {"rollup": "text"},
    "SELECT pg_advisory_xact_lock_shared(hashtext('cem.rollup'), hashtext(%(rollup)s))",
)
_FILLED = Prepared(
    "cem_note_filled",
    {"rollup": "varchar", "newest_at": "timestamptz"},
    """
    INSERT INTO dashboards_fillstate AS f (rollup, filled_to)
    VALUES (%(rollup)s, %(newest_at)s)
    ON CONFLICT (rollup) DO UPDATE
    SET filled_to = GREATEST(f.filled_to, excluded.filled_to)""",
)
