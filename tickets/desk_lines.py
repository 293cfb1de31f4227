"""What the lines of the list show: of each ticket a part, and names in place of rows.

Read past the models: as fifty tickets with all that stands around them a page took
longer to plan and to build than to find.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from tickets.models import Ticket, TicketWords


class Line(NamedTuple):
    """`customer` is None for an unknown one; `comment` may be cut."""

    number: int
    subject: str
    status: str
    priority: str
    urgency: int
    opened_at: datetime
    next_due_at: datetime | None
    sort_due_at: datetime
    first_contacted_at: datetime | None
    unanswered_since: datetime | None
    waits_for_owner: bool
    tags: Sequence[str]
    closure: str
    tier: str
    assignee_id: int
    team_id: int
    assignee: str
    team: str
    comment: str
    customer: str | None
    account: str | None

    @property
    def is_resolved(self) -> bool:
        return self.status == Ticket.Status.RESOLVED


def lines_among(rows: QuerySet[Ticket] | QuerySet[TicketWords]) -> list[Line]:
    """A line for each of these tickets, in no order; the caller narrows and limits."""
    try:
        return _read(*rows.values("pk").query.sql_with_params())
    except EmptyResultSet:
        return []


def lines_met(
    walk: QuerySet[Ticket, dict[str, Any]],
    found: QuerySet[TicketWords],
    order: str,
    most: int,
) -> list[Line]:
    """The first of `found` that a walk meets, which ends with the last of these.
    `walk`: numbers with what they are sorted by; `order`: the same as SQL."""
    try:
        way, of_way = walk.query.sql_with_params()
        met, of_met = found.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    # One by one: the planner would not stop at the last.
    # ruff: noqa: S608  whatever is asked for is a parameter
    numbers = f"""
        SELECT number FROM ({way}) way, LATERAL (
            SELECT FROM ({met}) met WHERE met.pk = way.number LIMIT 1) one
        ORDER BY {order} LIMIT {most}"""
    return _read(numbers, (*of_way, *of_met))


def _read(numbers: str, values: Sequence[Any]) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES.format(numbers=numbers), values)
        return [Line(*row) for row in cursor.fetchall()]


# Each name by itself: the planner tries every order of what is joined.
_LINES = """
    SELECT t.number, t.subject, t.status, t.priority, t.urgency, t.opened_at,
        t.next_due_at, t.sort_due_at, t.first_contacted_at, t.unanswered_since,
        t.waits_for_owner, t.tags, t.closure, t.tier, t.assignee_id, t.team_id,
        (SELECT coalesce(nullif(name, ''), email) FROM teams_user
            WHERE id = t.assignee_id),
        (SELECT name FROM teams_team WHERE id = t.team_id),
        (SELECT left(comment, 1000) FROM surveys_response WHERE id = t.response_id),
        coalesce(nullif(customer.name, ''), customer.external_id),
        (SELECT name FROM customers_account WHERE id = customer.account_id)
    FROM tickets_ticket t
    LEFT JOIN customers_customer customer ON customer.id = t.customer_id
    WHERE t.number IN ({numbers})"""
