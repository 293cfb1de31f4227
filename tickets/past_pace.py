"""How fast teams were of late: what would have been late under another promise."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.db.models.functions import Now
from django.db.models.query import QuerySet

from tickets.models import Clock, Ticket

# Fewer say nothing of a team; then all teams together are asked.
FEWEST = 5
EVERY_TEAM = 0
Key = tuple[int, str]


@dataclass(frozen=True)
class Pace:
    """By team and kind of promise, sorted: the working minutes that kept promises took,
    and what those still unkept have taken at least."""

    kept: Mapping[Key, Sequence[int]]
    unkept: Mapping[Key, Sequence[int]]
    # From opening to resolving, by team.
    usual_length: Mapping[int, timedelta] = field(default_factory=dict)

    def late_share(self, team: int, kind: str, minutes: int) -> float | None:
        """The share of the team's tickets that took longer; of all teams' where it had
        too few, None where there were too few at all.

        An unkept promise counts only where it is late for certain.
        """
        for key in ((team, kind), (EVERY_TEAM, kind)):
            kept, unkept = self.kept.get(key, ()), self.unkept.get(key, ())
            certain = len(unkept) - bisect_left(unkept, minutes)
            late = len(kept) - bisect_right(kept, minutes) + certain
            if (known := len(kept) + certain) >= FEWEST:
                return late / known
        return None


def pace_of(tickets: QuerySet[Ticket], *, since: datetime) -> Pace:
    """Of promises made since then on these tickets."""
    clocks = Clock.objects.filter(ticket__in=tickets, started_at__gte=since)
    kept = clocks.filter(minutes_used__isnull=False)
    # Overdue and not done: at least the target has gone by.
    unkept = clocks.filter(state=Clock.State.BREACHED)
    return Pace(
        _by_team(kept, "minutes_used"),
        _by_team(unkept, "target_minutes"),
        _usual_lengths(tickets, since),
    )


def _by_team(clocks: QuerySet[Clock], column: str) -> Mapping[Key, Sequence[int]]:
    counted = clocks.order_by(column).values_list("ticket__team", "kind", column)
    found: dict[Key, list[int]] = defaultdict(list)
    for team, kind, minutes, count in counted.annotate(count=Count("pk")):
        for key in ((team, kind), (EVERY_TEAM, kind)):
            found[key] += [minutes] * count
    return found


def _usual_lengths(
    tickets: QuerySet[Ticket], since: datetime
) -> Mapping[int, timedelta]:
    """The middle one of each team's resolved tickets; 0 is for all teams together."""
    resolved = tickets.filter(Q(opened_at__gte=since), resolved_at__lte=Now())
    lengths: dict[int, list[timedelta]] = defaultdict(list)
    for team, opened, ended in resolved.values_list("team", "opened_at", "resolved_at"):
        if ended is not None:
            for key in (team, EVERY_TEAM):
                lengths[key].append(ended - opened)
    return {team: sorted(all_)[len(all_) // 2] for team, all_ in lengths.items()}
