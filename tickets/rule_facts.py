"""What rules may ask of a customer's past, as it stood when each answer was given.

Read for a whole batch in one statement, and only where a rule asks.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from events.prepared import Prepared
from surveys.models import Response
from tickets.rule_fields import HISTORY_KEYS

History = Mapping[str, Any]
NO_HISTORY: History = {}
DAYS = 90
# What counts as low, whatever the rules in force say of it.
LOW = Q(nps__lte=6) | Q(csat__lte=2) | Q(ces_scale=7, ces__lte=3)
LOW |= Q(ces_scale=5, ces__lte=2)
LOW_SQL = """(past.nps <= 6 OR past.csat <= 2 OR (past.ces_scale = 7 AND past.ces <= 3)
    OR (past.ces_scale = 5 AND past.ces <= 2))"""


def is_low(response: Response) -> bool:
    """As `LOW` says it in SQL."""
    scale, effort = response.ces_scale, response.ces
    return (
        (response.nps is not None and response.nps <= 6)
        or (response.csat is not None and response.csat <= 2)
        or (effort is not None and effort <= {7: 3, 5: 2}.get(scale or 0, -1))
    )


def histories_of(
    ids: Collection[UUID], asked: Collection[str]
) -> Mapping[UUID, History]:
    """The past of each answer's customer; nothing where no rule asks, or the customer
    is unknown. Tickets that are opened in the same batch are not in it yet."""
    if not HISTORY_KEYS & set(asked) or not ids:
        return {}
    with connection.cursor() as cursor:
        _PAST.execute(cursor, {"ids": list(ids), "days": DAYS})
        return {
            row[0]: {
                "low_in_90_days": row[1],
                "open_tickets": row[2],
                "days_since_ticket": row[3],
            }
            for row in cursor.fetchall()
        }


_PAST = Prepared(
    "cem_rule_facts",
    {"ids": "uuid[]", "days": "int"},
    f"""
    SELECT r.id, low.total, opened.still_open, opened.days
    FROM surveys_response r
    CROSS JOIN LATERAL (
        SELECT count(*) AS total FROM surveys_response past
        WHERE past.customer_id = r.customer_id AND past.state = 'complete'
            AND NOT past.is_test
            AND past.submitted_at > r.submitted_at - %(days)s * interval '1 day'
            AND (past.submitted_at, past.id) <= (r.submitted_at, r.id)
            AND {LOW_SQL}) low
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (
                WHERE t.resolved_at IS NULL OR t.resolved_at > r.submitted_at
            ) AS still_open,
            floor(extract(epoch FROM r.submitted_at - max(t.opened_at)) / 86400)::int
                AS days
        FROM tickets_ticket t
        WHERE t.customer_id = r.customer_id AND t.opened_at < r.submitted_at) opened
    WHERE r.id = ANY(%(ids)s) AND r.customer_id IS NOT NULL""",  # noqa: S608
)
