"""The loop's rollup: one row per ticket, as it stands now, and cells of finished ones.

A row is always taken anew from its ticket and the ticket's clocks, so folding the same
event again, or in another order, changes nothing. The cells follow the rows; a ticket
that neither is nor was finished has no part in them, so most folds leave them alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from dashboards import loop_cells
from dashboards.turns import note_filled, take_turn
from events.prepared import Prepared

ROLLUP = "loop"
# Everything that moves a clock, the team, the cohort or the answers of a ticket, or says
# how it ended.
EVENTS = (
    "ticket.opened",
    "ticket.answer_attached",
    "ticket.assigned",
    "ticket.first_contacted",
    "ticket.contact_taken_back",
    "ticket.sla_breached",
    "ticket.paused",
    "ticket.resumed",
    "ticket.resolved",
    "ticket.reopened",
    "ticket.came_back",
    "ticket.priority_changed",
    "ticket.merged",
    "ticket.absorbed",
    "ticket.unmerged",
    "ticket.released",
    "ticket.split",
    "ticket.split_off",
    "ticket.outcome_told",
    "loop.confirmed",
    "loop.disputed",
    "loop.unconfirmed",
)
# One event for all the tickets whose deadlines it moved.
POLICY_EVENT = "sla_policy.changed"
HANDLER = "dashboards.handlers.fold_tickets"


def fold(ticket_numbers: Sequence[int], *, newest_at: datetime) -> None:
    """Bring these tickets' rows and cells up to date, in the caller's transaction."""
    with connection.cursor() as cursor:
        take_turn(cursor, ROLLUP)
        _FOLD.execute(cursor, {"numbers": list(ticket_numbers)})
        loop_cells.remake(cursor, [day for (day,) in cursor.fetchall()])
        note_filled(cursor, ROLLUP, newest_at=newest_at)


def fold_under_policies(policy_ids: Sequence[int], *, newest_at: datetime) -> None:
    """As `fold`, for every ticket with a clock under these policies."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ticket_id FROM tickets_clock WHERE policy_id = ANY(%s)",
            [list(policy_ids)],
        )
        numbers = [number for (number,) in cursor.fetchall()]
    fold(numbers, newest_at=newest_at)


@transaction.atomic
def rebuild() -> int:
    """Take every row anew, and the cells; how many rows there are then."""
    with connection.cursor() as cursor:
        take_turn(cursor, ROLLUP)
        cursor.execute("DELETE FROM dashboards_looprow")
        cursor.execute(f"{_REBUILD} ORDER BY t.day, t.number")
        rows = int(cursor.rowcount)
        loop_cells.remake_all(cursor)
        return rows


def differences(*, limit: int) -> list[tuple[Any, ...]]:
    """Rows that are not what their tickets say: number, of the ticket, stored.

    Tickets with an event that is not folded yet are left out. One statement, so one
    snapshot: right while tickets change and events are drained.
    """
    names = list(EVENTS)
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, [names, names, HANDLER, POLICY_EVENT, limit])
        return list(cursor.fetchall())


# The statements, made of this module's constants only -------------------------

_COLUMNS = (
    "ticket_id",
    "day",
    "survey_id",
    "touchpoint_id",
    "team_id",
    "region",
    "product_line",
    "tier",
    "contact_state",
    "contact_due_at",
    "contact_minutes",
    "resolution_state",
    "resolution_due_at",
    "resolution_minutes",
    "answers",
    "is_resolved",
    "was_reopened",
    "closure",
)
_ROWS = """
    SELECT t.number AS ticket_id, t.day, r.survey_id, t.touchpoint_id, t.team_id,
        t.region, t.product_line, t.tier,
        COALESCE(c.state, '') AS contact_state, c.due_at AS contact_due_at,
        c.minutes_used AS contact_minutes,
        COALESCE(s.state, '') AS resolution_state, s.due_at AS resolution_due_at,
        s.minutes_used AS resolution_minutes,
        (SELECT count(*) FROM tickets_ticketanswer a WHERE a.ticket_id = t.number)
            AS answers,
        t.status = 'resolved' AND t.merged_into_id IS NULL AS is_resolved,
        t.reopened_count > 0 OR t.closure = 'disputed' OR EXISTS (
            SELECT FROM tickets_ticket f WHERE f.follow_up_of_id = t.number)
            AS was_reopened,
        t.closure
    FROM tickets_ticket t
    JOIN surveys_response r ON r.id = t.response_id
    LEFT JOIN tickets_clock c ON c.ticket_id = t.number AND c.kind = 'first_contact'
        AND c.cycle = 0
    LEFT JOIN tickets_clock s ON s.ticket_id = t.number AND s.kind = 'resolution'
        AND s.cycle = 0"""
_REBUILD = f"INSERT INTO dashboards_looprow ({', '.join(_COLUMNS)}) {_ROWS}"
_TAKEN = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
# Gives the days whose cells change: where one of the tickets was or is finished.
_FOLD = Prepared(
    "cem_fold_tickets",
    {"numbers": "bigint[]"},
    f"""
    WITH was AS (
        SELECT day FROM dashboards_looprow
        WHERE ticket_id = ANY(%(numbers)s) AND is_finished),
    folded AS (
        {_REBUILD} WHERE t.number = ANY(%(numbers)s) ORDER BY t.number
        ON CONFLICT (ticket_id) DO UPDATE SET {_TAKEN}
        RETURNING day, is_finished)
    SELECT day FROM was UNION SELECT day FROM folded WHERE is_finished""",  # noqa: S608
)
_PENDING = """
    SELECT subject_id::bigint FROM events_event
    WHERE name = ANY(%s) AND dispatched_at IS NULL
    UNION ALL
    SELECT e.subject_id::bigint
    FROM events_failure f JOIN events_event e ON e.id = f.event_id
    WHERE e.name = ANY(%s) AND f.handler = %s
    UNION ALL
    SELECT c.ticket_id FROM tickets_clock c JOIN events_event e
        ON e.name = %s AND e.dispatched_at IS NULL AND e.subject_id = c.policy_id::text"""
_NOW = f"ROW({', '.join(f'now.{name}' for name in _COLUMNS)})"
_STORED = f"ROW({', '.join(f'stored.{name}' for name in _COLUMNS)})"
_DIFFERENCES = f"""
    WITH now AS ({_ROWS})
    SELECT ticket_id, {_NOW}::text, {_STORED}::text
    FROM now FULL JOIN dashboards_looprow stored USING (ticket_id)
    WHERE {_NOW} IS DISTINCT FROM {_STORED} AND ticket_id NOT IN ({_PENDING})
    ORDER BY ticket_id
    LIMIT %s"""  # noqa: S608
