"""What customers of low answers said next: kept in `NextScore`, told in the history.

Taken anew from the raw answers of the customers in question, so answers may arrive in
any order, and late; what the next one says is told once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from events import outbox
from events.prepared import Prepared
from tickets.models import Ticket

RECOVERED, STILL_LOW = "loop.recovered", "loop.still_low"


@transaction.atomic
def follow(response_ids: Sequence[UUID], *, at: datetime) -> int:
    """Look at the customers of these answers; how many tickets have news of them."""
    with connection.cursor() as cursor:
        _CUSTOMERS.execute(cursor, {"ids": list(response_ids)})
        customers = [row[0] for row in cursor.fetchall()]
        if not customers:
            return 0
        cursor.execute(_TAKE.format(condition="r.customer_id = ANY(%s)"), [customers])
        found = cursor.fetchall()
    if found:
        _tell(found, at=at)
    return len(found)


def _tell(found: Sequence[tuple[Any, ...]], *, at: datetime) -> None:
    """In the history of each ticket, in one statement: thousands may answer at once."""
    tickets = Ticket.objects.only("day").in_bulk({number for number, *_rest in found})
    outbox.record_all(
        [
            tickets[number].event_for(
                RECOVERED if is_recovered else STILL_LOW,
                by=None,
                at=at,
                metric=metric,
                before=before,
                after=after,
            )
            for number, metric, before, after, is_recovered in found
        ]
    )


def rebuild() -> int:
    """Take all of them anew, and tell nobody; how many changed."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.format(condition="true"))
        return int(cursor.rowcount)


_CUSTOMERS = Prepared(
    "cem_customers_of_answers",
    {"ids": "uuid[]"},
    """
    SELECT DISTINCT customer_id FROM surveys_response
    WHERE id = ANY(%(ids)s) AND customer_id IS NOT NULL ORDER BY customer_id""",
)
# The bottom groups of the scales, as the rules that a company begins with name them.
_LOWEST_KEPT = "CASE t.metric WHEN 'nps' THEN 7 WHEN 'ces' THEN 4 ELSE 3 END"
_METRIC = """CASE
    WHEN r.nps <= 6 THEN 'nps'
    WHEN r.csat <= 2 THEN 'csat'
    WHEN r.ces_scale = 7 AND r.ces <= 3 THEN 'ces'
    WHEN r.ces_scale = 5 AND r.ces <= 2 THEN 'ces5' END"""


def _score(row: str) -> str:
    """A row's score on the metric of the low answer `t`."""
    return f"""CASE t.metric
        WHEN 'nps' THEN {row}.nps
        WHEN 'csat' THEN {row}.csat
        WHEN 'ces' THEN CASE WHEN {row}.ces_scale = 7 THEN {row}.ces END
        WHEN 'ces5' THEN CASE WHEN {row}.ces_scale = 5 THEN {row}.ces END END"""


_TAKE = f"""
    INSERT INTO tickets_nextscore AS known
        (answer_id, response_id, metric, before, after, is_recovered)
    SELECT t.id, n.id, t.metric, {_score("t")}, n.score, n.score >= {_LOWEST_KEPT}
    FROM (
        SELECT r.*, {_METRIC} AS metric
        FROM tickets_ticketanswer a JOIN surveys_response r ON r.id = a.response_id
        WHERE {{condition}}
    ) t
    CROSS JOIN LATERAL (
        SELECT r.id, {_score("r")} AS score
        FROM surveys_response r
        WHERE r.customer_id = t.customer_id AND r.submitted_at > t.submitted_at
            AND r.state = 'complete' AND NOT r.is_test
            AND {_score("r")} IS NOT NULL
        ORDER BY r.submitted_at, r.id LIMIT 1
    ) n
    WHERE t.metric IS NOT NULL
    ON CONFLICT (answer_id) DO UPDATE SET response_id = excluded.response_id,
        after = excluded.after, is_recovered = excluded.is_recovered
    WHERE known.response_id <> excluded.response_id
    RETURNING (SELECT ticket_id FROM tickets_ticketanswer a
        WHERE a.response_id = known.answer_id), metric, before, after, is_recovered
    """  # noqa: S608  made of this module's constants only
