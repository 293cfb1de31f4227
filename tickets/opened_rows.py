"""Writing the tickets that answers open: hundreds in one statement, each row once."""

from collections.abc import Sequence
from operator import attrgetter

from django.db import DEFAULT_DB_ALIAS, connection

from events.prepared import Prepared
from tickets.models import Ticket

# What of a new ticket is not the same for all, with its type.
_GIVEN = {
    "response_id": "uuid",
    "rule_id": "bigint",
    "rule_version": "int",
    "customer_id": "bigint",
    "touchpoint_id": "bigint",
    "subject": "varchar",
    "status": "varchar",
    "priority": "varchar",
    "team_id": "bigint",
    "assignee_id": "bigint",
    "waits_for_owner": "boolean",
    "opened_at": "timestamptz",
    "first_contact_due_at": "timestamptz",
    "resolution_due_at": "timestamptz",
    "next_due_at": "timestamptz",
    "region": "varchar",
    "product_line": "varchar",
    "tier": "varchar",
    "day": "date",
}
_NAMES = ", ".join(_GIVEN)
_read = attrgetter(*_GIVEN)
_INSERT = Prepared(
    "cem_insert_opened_tickets",
    {name: f"{kind}[]" for name, kind in _GIVEN.items()},
    f"""
    INSERT INTO tickets_ticket
        ({_NAMES}, problem_type, tags, outcome, reopened_count)
    SELECT {", ".join(f"given.{name}" for name in _GIVEN)},
        rule.problem_type, rule.tags, '', 0
    FROM unnest({", ".join(f"%({name})s" for name in _GIVEN)})
        WITH ORDINALITY AS given ({_NAMES}, place)
    JOIN tickets_rule rule ON rule.id = given.rule_id
    ORDER BY given.place
    RETURNING number""",  # noqa: S608
)


def insert_opened(tickets: Sequence[Ticket]) -> None:
    """Save new tickets, labelled as their rules say, and give them their numbers."""
    columns = zip(*map(_read, tickets), strict=True)
    values = dict(zip(_GIVEN, map(list, columns), strict=True))
    with connection.cursor() as cursor:
        _INSERT.execute(cursor, values)
        numbers = cursor.fetchall()
    for ticket, (number,) in zip(tickets, numbers, strict=True):
        ticket.number = number
        ticket._state.adding = False
        ticket._state.db = DEFAULT_DB_ALIAS
