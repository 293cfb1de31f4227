"""What customers of low answers said next: kept in `NextScore`, told in the history.

Taken anew from the raw answers of the customers in question, so answers may arrive in
any order, and late; what the next one says is told once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from events import outbox
from events.prepared import Asked, Prepared, as_array
from tickets.models import Ticket

RECOVERED, STILL_LOW = "loop.recovered", "loop.still_low"


@transaction.atomic(savepoint=False)
def follow(response_ids: Iterable[UUID | str], *, at: datetime) -> int:
    """These answers may be the next after low ones that their customers gave before;
    how many tickets have news of it."""
    with connection.cursor() as cursor:
        _BEFORE.execute(cursor, {"ids": as_array(response_ids)})
        found = cursor.fetchall()
    tell(found, at=at)
    return len(found)


def after(response_ids: Iterable[UUID]) -> Asked:
    """What looks for the next after low answers that just came to a ticket, and is
    there where they came late. `tell` what it returns."""
    return _AFTER, {"ids": as_array(response_ids)}


def tell(found: Sequence[tuple[Any, ...]], *, at: datetime) -> None:
    """In the history of each ticket, in one statement: thousands may answer at once."""
    if not found:
        return
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
        cursor.execute(_TAKE.format(lows="true"))
        return int(cursor.rowcount)


# The bottom groups of the scales, as the rules that a company begins with name them.
_LOWEST_KEPT = "CASE t.metric WHEN 'nps' THEN 7 WHEN 'ces' THEN 4 ELSE 3 END"


def _low_metric(row: str) -> str:
    """The metric that a row is low on, if any."""
    return f"""CASE
        WHEN {row}.nps <= 6 THEN 'nps'
        WHEN {row}.csat <= 2 THEN 'csat'
        WHEN {row}.ces_scale = 7 AND {row}.ces <= 3 THEN 'ces'
        WHEN {row}.ces_scale = 5 AND {row}.ces <= 2 THEN 'ces5' END"""


def _score(row: str) -> str:
    """A row's score on the metric `t` is about."""
    return f"""CASE t.metric
        WHEN 'nps' THEN {row}.nps
        WHEN 'csat' THEN {row}.csat
        WHEN 'ces' THEN CASE WHEN {row}.ces_scale = 7 THEN {row}.ces END
        WHEN 'ces5' THEN CASE WHEN {row}.ces_scale = 5 THEN {row}.ces END END"""


def _is_counted(row: str) -> str:
    """Whether a row is an answer that counts, with a score on that metric."""
    return f"""({row}.state = 'complete' AND NOT {row}.is_test
        AND {_score(row)} IS NOT NULL)"""


_TAKE = f"""
    INSERT INTO tickets_nextscore AS known
        (answer_id, response_id, metric, before, after, is_recovered)
    SELECT t.id, n.id, t.metric, {_score("t")}, n.score, n.score >= {_LOWEST_KEPT}
    FROM (
        SELECT r.*, {_low_metric("r")} AS metric
        FROM tickets_ticketanswer a JOIN surveys_response r ON r.id = a.response_id
        WHERE {{lows}}
    ) t
    CROSS JOIN LATERAL (
        SELECT r.id, {_score("r")} AS score
        FROM surveys_response r
        WHERE r.customer_id = t.customer_id AND r.submitted_at > t.submitted_at
            AND {_is_counted("r")}
        ORDER BY r.submitted_at, r.id LIMIT 1
    ) n
    WHERE t.metric IS NOT NULL
    ON CONFLICT (answer_id) DO UPDATE SET response_id = excluded.response_id,
        after = excluded.after, is_recovered = excluded.is_recovered
    WHERE known.response_id <> excluded.response_id
    RETURNING (SELECT ticket_id FROM tickets_ticketanswer a
        WHERE a.response_id = known.answer_id), metric, before, after, is_recovered
    """  # noqa: S608  made of this module's constants only
_AFTER = Prepared(
    "cem_scores_after",
    {"ids": "uuid[]"},
    _TAKE.format(lows="a.response_id = ANY(%(ids)s)"),
)
# Those given since the last counted answer on the metric: before it, others are next.
# OFFSET 0 keeps the planner from reading all that a customer ever said.
_BEFORE = Prepared(
    "cem_scores_before",
    {"ids": "uuid[]"},
    _TAKE.format(
        lows=f"""a.response_id IN (
            SELECT earlier.id
            FROM surveys_response n
            CROSS JOIN (VALUES ('nps'), ('csat'), ('ces'), ('ces5')) t (metric)
            CROSS JOIN LATERAL (SELECT COALESCE((
                SELECT r.submitted_at FROM surveys_response r
                WHERE r.customer_id = n.customer_id
                    AND r.submitted_at < n.submitted_at AND {_is_counted("r")}
                ORDER BY r.submitted_at DESC LIMIT 1), '-infinity') AS at OFFSET 0) last
            CROSS JOIN LATERAL (
                SELECT r.id FROM surveys_response r
                WHERE r.customer_id = n.customer_id AND r.submitted_at >= last.at
                    AND r.submitted_at < n.submitted_at AND {_low_metric("r")} = t.metric
                OFFSET 0) earlier
            WHERE n.id = ANY(%(ids)s) AND {_is_counted("n")})"""  # noqa: S608
    ),
)
