"""Who else has a ticket open just now, so that two do not answer one customer.

Kept in Valkey for half a minute; without it nobody is seen and nothing else changes.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import redis

from events.doorbell import valkey
from teams.models import User
from tickets.models import Ticket

log = logging.getLogger("cem.tickets")

# Whose page has not been heard of for so long has left.
REMEMBERED_FOR = timedelta(seconds=30)


class Doing(StrEnum):
    READING = "reading"
    WRITING = "writing"
    GONE = "gone"


@dataclass(frozen=True)
class Colleague:
    name: str
    is_writing: bool


def here(
    ticket: Ticket, who: User, *, doing: Doing, at: datetime
) -> Sequence[Colleague]:
    """Remember that somebody is here, and say who else is: writers first."""
    key, field = f"cem:ticket:{ticket.number}:open", str(who.pk)
    entry = json.dumps([str(who), doing.value, at.timestamp()])
    try:
        with valkey().pipeline(transaction=False) as pipe:
            if doing == Doing.GONE:
                pipe.hdel(key, field)
            else:
                pipe.hset(key, field, entry)
            pipe.expire(key, REMEMBERED_FOR)
            pipe.hgetall(key)
            *_done, found = pipe.execute()
    except redis.RedisError as error:
        log.warning("Nobody is seen on tickets: %s", error)
        return []
    others = (json.loads(value) for pk, value in found.items() if pk != field.encode())
    oldest = (at - REMEMBERED_FOR).timestamp()
    colleagues = [
        Colleague(name, what == Doing.WRITING)
        for name, what, seen in others
        if seen >= oldest
    ]
    return sorted(colleagues, key=lambda other: (not other.is_writing, other.name))
