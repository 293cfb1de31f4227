"""Who watches a new ticket, and whom its rule tells of it. In bulk, and only for the
rules that ask for it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection

from events.prepared import Prepared
from teams.models import Notification
from tickets.models import Ticket
from tickets.routing import facts_of, roster_of

# Numbers of tickets, each with somebody who is to watch it.
Watched = Sequence[tuple[Ticket, int]]


def watched(tickets: Collection[Ticket], *, at: datetime) -> Watched:
    """Each ticket with those whom its rule names and who may see it."""
    named = {
        ticket: [user.pk for user in ticket.rule.watchers.all()]
        for ticket in tickets
        if ticket.rule
    }
    people = {person for persons in named.values() for person in persons}
    if not people:
        return []
    # Asked anew: the rulebook is kept, and people leave.
    workers = roster_of(people, (), at=at).workers
    return [
        (ticket, person)
        for ticket, persons in named.items()
        for person in persons
        if (worker := workers.get(person))
        and worker.may_work
        and worker.may_see(facts_of(ticket))
    ]


def write_watchers(watching: Watched) -> None:
    """Let people watch saved tickets."""
    if not watching:
        return
    values = {
        "numbers": [ticket.number for ticket, _person in watching],
        "users": [person for _ticket, person in watching],
    }
    with connection.cursor() as cursor:
        _WATCH.execute(cursor, values)


def further_notices(
    tickets: Collection[Ticket], watching: Watched, *, at: datetime
) -> list[Notification]:
    """To the watchers, and to the lead where the rule says so; never to the owner, who
    hears of the ticket anyway."""
    told = [(ticket, person, "ticket_watched") for ticket, person in watching]
    told += [
        (t, t.team.lead_id, "ticket_lead_told")
        for t in tickets
        if t.rule and t.rule.tells_lead
    ]
    # By person: a lead who watches hears of it once.
    once = {(ticket.number, person): (ticket, kind) for ticket, person, kind in told}
    return [
        Notification(
            user_id=person,
            kind=kind,
            params={"number": ticket.number, "subject": ticket.subject},
            url=ticket.get_absolute_url(),
            created_at=at,
        )
        for (_number, person), (ticket, kind) in once.items()
        if person != ticket.assignee_id
    ]


_WATCH = Prepared(
    "cem_watch_tickets",
    {"numbers": "bigint[]", "users": "bigint[]"},
    """
    INSERT INTO tickets_ticket_watchers (ticket_id, user_id)
    SELECT * FROM unnest(%(numbers)s, %(users)s) ON CONFLICT DO NOTHING""",
)
