"""Changed hours: clocks keep the time used, and the rest is counted on the new hours."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import Q

from events.handlers import on
from events.models import Event
from teams import movements as foreseen
from teams.models import Team, WorkingHours
from teams.movements import Movement
from tickets import clocks, movements, pause_limits
from tickets.models import Clock
from tickets.working_time import WorkingCalendar

# What of the hours a deadline depends on; a new name moves nothing.
COUNTING = frozenset({"time_zone", "weekly", "holidays", "overrides"})


@on("working_hours.changed")
def follow_hours(events: Sequence[Event]) -> None:
    """Move the clocks on these hours, as of when they were changed."""
    for event in events:
        key, version = int(event.subject_id), event.payload["version"]
        if version > 1 and COUNTING & set(event.payload["changed"]):
            move_clocks_on(
                key,
                before=(key, version - 1),
                now=(key, version),
                at=event.occurred_at,
            )


@on("team.changed")
def follow_team(events: Sequence[Event]) -> None:
    """Move the clocks of a team that was given other hours."""
    for event in events:
        before, now = event.payload.get("hours_before"), event.payload.get("hours_now")
        if before and now and before[0] != now[0]:
            team = int(event.subject_id)
            _move(
                _of_team(team),
                _has_team(team),
                before=(before[0], before[1]),
                now=(now[0], now[1]),
                at=event.occurred_at,
            )
            pause_limits.follow_changes(Q(ticket__team=team), at=event.occurred_at)


def move_clocks_on(
    key: int, *, before: clocks.Mark, now: clocks.Mark, at: datetime
) -> int:
    """Return how many clocks on these hours follow them; none does twice."""
    moved = _move(_on_hours(key), _has_hours(key), before=before, now=now, at=at)
    pause_limits.follow_changes(Q(ticket__team__working_hours=key), at=at)
    return moved


def of_hours(before: WorkingHours, after: WorkingHours, at: datetime) -> Movement:
    """What other hours would do to open tickets."""
    if before.pk is None:
        return Movement()
    now: clocks.Mark = (before.pk, before.version + 1)
    known = {now: clocks.calendar_of(after)}
    mark, meant = clocks.mark_of(before), _has_hours(before.pk)
    change = _rehour(mark, now, meant=meant, at=at, known=known)
    return movements.foresee(_on_hours(before.pk), change, at=at)


def of_team(team: Team, hours: WorkingHours | None, at: datetime) -> Movement:
    """What other hours for a team would do to its open tickets."""
    if team.pk is None or team.working_hours_id == (hours.pk if hours else None):
        return Movement()
    now = clocks.mark_of(hours)
    mark, meant = clocks.mark_of(team.working_hours), _has_team(team.pk)
    known = {now: clocks.calendar_of(hours)}
    change = _rehour(mark, now, meant=meant, at=at, known=known)
    return movements.foresee(_of_team(team.pk), change, at=at)


foreseen.register(foreseen.Source(of_hours, of_team))


Meant = Callable[[Clock], bool]


def _move(
    which: Q, meant: Meant, *, before: clocks.Mark, now: clocks.Mark, at: datetime
) -> int:
    return movements.move(
        which,
        _rehour(before, now, meant=meant, at=at, known={}),
        kind="rehoured",
        reason="",
        by=None,
        at=at,
    )


def _rehour(
    before: clocks.Mark,
    now: clocks.Mark,
    *,
    meant: Meant,
    at: datetime,
    known: dict[clocks.Mark, WorkingCalendar],
) -> movements.Change:
    def change(clock: Clock) -> bool:
        if not meant(clock) or clock.started_at >= at:
            return False
        if not clocks.rehour(clock, before=before, now=now, at=at):
            return False
        clocks.recount(clock, known)
        return True

    return change


def _on_hours(key: int) -> Q:
    own = Q(task__isnull=True, ticket__team__working_hours=key)
    return own | Q(task__team__working_hours=key)


def _has_hours(key: int) -> Meant:
    return lambda clock: clocks.team_of(clock).working_hours_id == key


def _of_team(key: int) -> Q:
    return Q(task__isnull=True, ticket__team=key) | Q(task__team=key)


def _has_team(key: int) -> Meant:
    return lambda clock: clocks.team_of(clock).pk == key
