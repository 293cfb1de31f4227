"""How long a ticket may be paused in all: its policy's limit, in working time.

When a pause reaches it is worked out where the pause begins, and again where the policy
or the hours change while it lasts. At that instant it ends by itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tickets import clocks
from tickets.models.clock import Clock
from tickets.models.pause import Pause
from tickets.models.sla import SlaPolicy
from tickets.time_left import working_time
from tickets.working_time import Interval

if TYPE_CHECKING:
    from tickets.models.ticket import Ticket

# Of a new policy: a working week.
USUAL_MINUTES = 40 * 60


@dataclass(frozen=True)
class Allowance:
    """`used` by all pauses of the ticket until now; a pause that begins now, or still
    lasts, reaches the limit at `until`."""

    limit: timedelta
    used: timedelta
    until: datetime

    @property
    def left(self) -> timedelta:
        return max(self.limit - self.used, timedelta())

    def refusal(self, until: datetime | None) -> str:
        """Why no pause, or none until then, can begin; empty where one can."""
        if not self.left:
            return _(
                "This ticket has been paused for %(limit)s of working time, all that "
                "its policy allows. Give a department a task, or resolve the ticket: "
                "it goes on when the customer writes."
            ) % {"limit": working_time(self.limit)}
        if until is not None and until > self.until:
            return _(
                "This ticket may be paused for %(left)s more of working time, until "
                "%(until)s at the latest. Choose an earlier time, or resolve the "
                "ticket: it goes on when the customer writes."
            ) % {"left": self.left_words, "until": self.until_words}
        return ""

    @property
    def left_words(self) -> str:
        # Never “nothing”: where less than a minute is left, some is.
        return working_time(max(self.left, clocks.MINUTE))

    @property
    def until_words(self) -> str:
        return date_format(timezone.localtime(self.until), "DATETIME_FORMAT")


def allowance_of(ticket: "Ticket", *, at: datetime) -> Allowance | None:
    """None where the policy sets no limit."""
    resolution = (
        ticket.clocks.filter(kind=Clock.Kind.RESOLUTION)
        .select_related("policy")
        .latest("cycle")
    )
    resolution.ticket = ticket
    minutes = resolution.policy.pause_minutes
    if minutes is None:
        return None
    return _allowance(resolution, ticket.pauses.all(), minutes, at=at)


def follow_changes(which: Q, *, at: datetime) -> int:
    """Work out anew when pauses that last reach their limit: never before `at`, when the
    policy or the hours changed. Return how many of those that `which` finds moved."""
    moved = 0
    for pause, resolution in _lasting(which):
        minutes = resolution.policy.pause_minutes
        limit_at = None
        if minutes is not None:
            limit_at = max(_reached(pause, resolution, minutes), at)
        if limit_at != pause.limit_at:
            # One that ended meanwhile stays as it is.
            held = Pause.objects.filter(pk=pause.pk, ended_at__isnull=True)
            moved += held.update(limit_at=limit_at)
    return moved


def ending(policy: SlaPolicy, minutes: int | None, *, at: datetime) -> int:
    """How many pauses would end at once with that limit."""
    if policy.pk is None or minutes is None or minutes == policy.pause_minutes:
        return 0
    return sum(
        _reached(pause, resolution, minutes) <= at
        for pause, resolution in _lasting(under(policy))
    )


def under(policy: SlaPolicy) -> Q:
    """Pauses of tickets that keep the policy."""
    kind, kept = Clock.Kind.RESOLUTION, policy.pk
    return Q(ticket__clocks__kind=kind, ticket__clocks__policy=kept)


def _lasting(which: Q) -> Iterator[tuple[Pause, Clock]]:
    found = Pause.objects.filter(which, ended_at__isnull=True).distinct()
    together = found.select_related("ticket__team__working_hours")
    for pause in together.prefetch_related("ticket__pauses", "ticket__clocks__policy"):
        ticket = pause.ticket
        promised = [c for c in ticket.clocks.all() if c.kind == Clock.Kind.RESOLUTION]
        resolution = max(promised, key=lambda clock: clock.cycle)
        resolution.ticket = ticket
        yield pause, resolution


def _reached(pause: Pause, resolution: Clock, minutes: int) -> datetime:
    """When a pause that lasts uses up what earlier ones left of the limit."""
    earlier = [one for one in pause.ticket.pauses.all() if one.pk != pause.pk]
    return _allowance(resolution, earlier, minutes, at=pause.started_at).until


def _allowance(
    resolution: Clock, pauses: Iterable[Pause], minutes: int, *, at: datetime
) -> Allowance:
    calendar, limit = clocks.calendar_for(resolution), minutes * clocks.MINUTE
    spans: list[Interval] = [
        (pause.started_at, min(pause.ended_at or at, at)) for pause in pauses
    ]
    used = sum((calendar.elapsed(*span) for span in spans), timedelta())
    rest = max(limit - used, timedelta())
    return Allowance(limit, used, clocks.used_up_at(calendar, at, rest))
