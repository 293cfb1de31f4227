"""How many tickets each tab of the desk lists, added up from its cells.

One statement past the models: every page of the desk asks for it, and every open page
again and again; to put it together by the models took longer than the answer.
"""

from functools import lru_cache
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from teams.models import Team, User
from tickets.models import DeskCount, Ticket


class Counts(NamedTuple):
    mine: int = 0
    team: int = 0
    overdue: int = 0
    all: int = 0


def counts_of(
    cells: QuerySet[DeskCount], overdue: QuerySet[Ticket], *, user: User
) -> Counts:
    """`overdue` in rows: time alone makes a ticket overdue, so nobody could count it
    beforehand."""
    try:
        rows = cells.order_by().values("assignee", "team", "tickets")
        counted, of_counted = rows.query.sql_with_params()
        late, of_late = overdue.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return Counts()
    teams, of_teams = _teams_of_a_person()
    sql = _COUNTS.format(teams=teams, late=late, counted=counted)
    people = [user.pk] * (1 + of_teams)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*people, *of_late, *of_counted])
        return Counts(*cursor.fetchone())


@lru_cache(maxsize=1)
def _teams_of_a_person() -> tuple[str, int]:
    """Written out once, for whoever stands in place of each of so many parameters."""
    teams = Team.objects.of(User(pk=0)).values("pk")
    sql, parameters = teams.query.sql_with_params()
    return sql, len(parameters)


_COUNTS = """
    SELECT coalesce(sum(tickets) FILTER (WHERE assignee = %s), 0),
        coalesce(sum(tickets) FILTER (WHERE team IN ({teams})), 0),
        (SELECT count(*) FROM ({late}) late),
        coalesce(sum(tickets), 0)
    FROM ({counted}) counted"""
