"""What customers of low answers said next: kept in `NextScore`, told in the history.

Taken anew from the raw answers of the customers in question, so answers may arrive in
any order, and late; what the next one says is told once.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from events import outbox
from events.models import Event
from events.prepared import Asked, Prepared, as_array

RECOVERED, STILL_LOW = "loop.recovered", "loop.still_low"


# Ticket, its day, metric, score before, score after, is recovered.
Found = tuple[int, date, str, int, int, bool]


@transaction.atomic(savepoint=False)
def follow(response_ids: Iterable[UUID | str], *, at: datetime) -> int:
    """These answers may be the next after low ones that their customers gave before;
    how many tickets have news of it."""
    with connection.cursor() as cursor:
        _BEFORE.execute(cursor, {"ids": as_array(response_ids)})
        found: list[Found] = cursor.fetchall()
    outbox.record_all(events_of(found, at=at))
    return len(found)


def after(response_ids: Iterable[UUID]) -> Asked:
    """What looks for the next after low answers that just came to a ticket, and is
    there where they came late: finds `Found`."""
    return _AFTER, {"ids": as_array(response_ids)}


def events_of(found: Iterable[Found], *, at: datetime) -> list[Event]:
    """What is told of it in the history of each ticket, unsaved; without the tickets,
    for thousands may answer at once."""
    return [
        outbox.event_for(
            RECOVERED if is_recovered else STILL_LOW,
            subject=("ticket", number),
            at=at,
            payload={
                "day": day.isoformat(),
                "metric": metric,
                "before": before,
                "after": after,
            },
        )
        for number, day, metric, before, after, is_recovered in found
    ]


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


def _of_ticket(column: str) -> str:
    return f"""(
        SELECT ticket.{column} FROM tickets_ticketanswer a
        JOIN tickets_ticket ticket ON ticket.number = a.ticket_id
        WHERE a.response_id = known.answer_id)"""  # noqa: S608


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
    WHERE {_is_counted("t")}
    ON CONFLICT (answer_id) DO UPDATE SET response_id = excluded.response_id,
        after = excluded.after, is_recovered = excluded.is_recovered
    WHERE known.response_id <> excluded.response_id
    RETURNING {_of_ticket("number")}, {_of_ticket("day")}, metric, before, after,
        is_recovered
    """  # noqa: S608  made of this module's constants only
_AFTER = Prepared(
    "cem_scores_after",
    {"ids": "uuid[]"},
    _TAKE.format(lows="a.response_id = ANY(%(ids)s)"),
)
# Only the last counted answer on the metric: of those before it, another is next.
_BEFORE = Prepared(
    "cem_scores_before",
    {"ids": "uuid[]"},
    _TAKE.format(
        lows=f"""a.response_id IN (
            SELECT last.id
            FROM surveys_response n
            CROSS JOIN (VALUES ('nps'), ('csat'), ('ces'), ('ces5')) t (metric)
            CROSS JOIN LATERAL (
                SELECT r.id, {_low_metric("r")} AS low FROM surveys_response r
                WHERE r.customer_id = n.customer_id
                    AND r.submitted_at < n.submitted_at AND {_is_counted("r")}
                ORDER BY r.submitted_at DESC FETCH FIRST ROW WITH TIES) last
            WHERE n.id = ANY(%(ids)s) AND {_is_counted("n")} AND last.low = t.metric)
            """  # noqa: S608
    ),
)
