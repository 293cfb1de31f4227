"""How many tickets hold words, about and at once: by a look at two hundred of them.

What the planner expects is no help: it knows whole words, and people type beginnings.
"""

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from tickets.models import TicketWords

LOOKS = 200


def count_about(rows: QuerySet[TicketWords]) -> int:
    """Never to be shown."""
    try:
        held, values = rows.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLE.format(held=held, looks=LOOKS), values)
        return int(cursor.fetchone()[0])


# Numbers are given in turn: those that lie evenly among them are like the others.
_SAMPLE = """
    SELECT coalesce(max(last.number), 0) * count(*) / {looks}
    FROM (SELECT max(number) AS number FROM tickets_ticket) last,
        generate_series(1, {looks}) look,
        LATERAL (SELECT FROM ({held}) held
            WHERE held.pk = last.number * look / {looks} LIMIT 1) one"""
