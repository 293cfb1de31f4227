"""Who of a team, or of a department, could take a piece of work on a ticket."""

from datetime import datetime

from teams.models import DataScope, Team
from tickets.handover import overseers
from tickets.models import Ticket
from tickets.routing import Facts, Roster, facts_of, roster_of


def find_least_loaded(
    team: Team, ticket: Ticket, *, at: datetime, without: int | None = None
) -> int | None:
    """The id of the free member with the least open tickets who may see the case."""
    roster = roster_of((), [team], at=at)
    members = roster.members[team.pk]
    roster.members[team.pk] = [person for person in members if person != without]
    return roster.find_free(_facts(team, ticket), rule=None, team=team, account=None)


def taker_in(
    team: Team,
    ticket: Ticket,
    *,
    at: datetime,
    without: int | None = None,
    is_hidden: bool = False,
) -> int:
    """The least loaded, else the lead or whoever stands in, who may see the case; else
    who else of the department may, else who oversees all. Never nobody.

    `is_hidden`: `without` is about to see less, and this no more.
    """
    free = find_least_loaded(team, ticket, at=at, without=without)
    if free is not None:
        return free
    cases = (_facts(team, ticket), facts_of(ticket))
    roster = _roster_without(without, team, at=at, is_hidden=is_hidden)
    lead = roster.lead_of(team)
    worker, is_leads_no_more = roster.workers[lead], is_hidden and lead == without
    if worker.may_work and any(map(worker.may_see, cases)) and not is_leads_no_more:
        return lead
    found = (roster.find_seeing(case, team) for case in cases)
    return next((owner.id for owner in found if owner), _keeper(roster, without, lead))


def _roster_without(
    person: int | None, team: Team, *, at: datetime, is_hidden: bool
) -> Roster:
    above = [one for one in overseers() if one != person]
    roster = roster_of(above, [team], at=at)
    roster.overseers = above
    members = roster.members[team.pk]
    roster.members[team.pk] = [one for one in members if one != person]
    if is_hidden and person in roster.workers:
        roster.workers[person].is_at_work = False
    return roster


def _keeper(roster: Roster, before: int | None, lead: int) -> int:
    """Where it stays when nobody may see it: with its owner, who can work at least."""
    worker = roster.workers.get(before) if before is not None else None
    return worker.id if worker and worker.may_work else lead


def _facts(team: Team, ticket: Ticket) -> Facts:
    """The case as this team works on it, whichever team has the ticket."""
    return {**facts_of(ticket), DataScope.Dimension.TEAM: str(team.pk)}
