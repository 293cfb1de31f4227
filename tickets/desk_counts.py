"""Adding up what has come to the desk's counts, so that they stay few to read."""

from django.db import connection, transaction

from tickets.models import DeskCount

# Fewer cost nobody anything.
WORTH_WHILE = 500


@transaction.atomic
def fold(*, least: int = WORTH_WHILE) -> int:
    """Add up the rows of each cell; return how many are left. 0: not worth while.

    Readers see all of the old rows or all of the new ones: the sums never change.
    """
    loose = DeskCount.objects.filter(is_loose=True)
    if loose.count() < least:
        return 0
    with connection.cursor() as cursor:
        # One at a time: two would both delete, and both put back.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('cem.desk', 0))")
        cursor.execute(_FOLD)
        return int(cursor.rowcount)


_CELL = (
    "status, priority, team, assignee, touchpoint, region, product_line, tier,"
    " problem_type, closure, waits_for_owner"
)
_FOLD = f"""
WITH taken AS (DELETE FROM tickets_deskcount RETURNING {_CELL}, tickets)
INSERT INTO tickets_deskcount ({_CELL}, tickets, is_loose)
SELECT {_CELL}, sum(tickets), false FROM taken
GROUP BY {_CELL} HAVING sum(tickets) <> 0"""  # noqa: S608
