"""Who of a team, or of a department, could take a piece of work on a ticket."""

from collections.abc import Mapping
from datetime import datetime

from teams.models import DataScope, Team
from tickets.models import Ticket
from tickets.routing import facts_of, roster_of


def find_least_loaded(
    team: Team, ticket: Ticket, *, at: datetime, without: int | None = None
) -> int | None:
    """The id of the free member with the least open tickets who may see the case."""
    roster = roster_of((), [team], at=at)
    members = roster.members[team.pk]
    roster.members[team.pk] = [person for person in members if person != without]
    return roster.find_free(_facts(team, ticket), rule=None, team=team, account=None)


def taker_in(
    team: Team, ticket: Ticket, *, at: datetime, without: int | None = None
) -> int:
    """The least loaded, else the lead or whoever stands in: never nobody."""
    free = find_least_loaded(team, ticket, at=at, without=without)
    return free or roster_of((), [team], at=at).lead_of(team)


def _facts(team: Team, ticket: Ticket) -> Mapping[str, str]:
    """The case as this team works on it, whichever team has the ticket."""
    return {**facts_of(ticket), DataScope.Dimension.TEAM: str(team.pk)}
