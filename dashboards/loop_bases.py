"""How many answers the way of the loop rests on, told apart: what to hide of it."""

from collections.abc import Mapping, Sequence

from django.db.models import Count

from dashboards.counting import Counts, Key
from dashboards.dimensions import Dimension
from dashboards.loop_steps import STEPS, TICKET, compared, with_ticket
from dashboards.periods import Period
from dashboards.remainders import OF_ANSWERS, Bases, added_up, told_apart
from dashboards.selection import OF_TICKETS, Filters, answers
from dashboards.uncovered import uncovered
from teams.models import User

_LOOKUPS = {dimension: f"{TICKET}__{at}" for dimension, at in OF_TICKETS.items()}


def qualifying(user: User, period: Period) -> Bases:
    """Low answers, with a ticket and without one."""

    def read(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
        days = (period.start, period.end)
        without = uncovered(user, filters).filter(day__range=days)
        missing = answers(user, Filters()).filter(pk__in=without.values("response_id"))
        number = Count("pk")
        both = (
            told_apart(
                with_ticket(user, period, filters), by, _LOOKUPS, qualifying=number
            ),
            told_apart(missing, by, OF_ANSWERS, qualifying=number),
        )
        return added_up(part for counted in both for part in counted.items())

    return Bases(read, ["qualifying"])


def effect_bases(user: User, period: Period) -> Bases:
    """Those who answered again, contacted in time and not."""

    def read(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
        return told_apart(
            compared(user, period, filters),
            by,
            _LOOKUPS,
            in_time=Count("pk", filter=STEPS["in_time"]),
            late=Count("pk", filter=~STEPS["in_time"]),
        )

    return Bases(read, ["in_time", "late"])
