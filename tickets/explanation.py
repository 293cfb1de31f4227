"""Explain this deadline: every window and pause that add up to it, and who moved it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from teams.models import PastHours, User, WorkingHours
from tickets import clocks
from tickets.models import Clock, ClockEvent, Pause, Rule
from tickets.policies import Targets, targets_for
from tickets.working_time import Interval, united

MAX_WINDOWS = 60
NOBODY = ""
CHANGES: Mapping[str, Promise] = {
    "started": _("Promised"),
    "paused": _("Paused"),
    "resumed": _("Went on"),
    "met": _("Done"),
    "breached": _("Became overdue"),
    "taken_back": _("Not done after all"),
    "stopped": _("Not needed any more"),
    "reopened": _("Reopened"),
    "recalculated": _("Counted to another target"),
    "rehoured": _("Counted on other working hours from here on"),
}
REASONS: Mapping[str, str | Promise] = {
    **dict(Pause.Reason.choices),
    "nobody to contact": _("nobody to contact"),
    "resolved": _("the ticket was resolved"),
    "customer_wrote": _("the customer wrote"),
    "planned": _("as planned"),
    "not delivered": _("the message did not arrive"),
    "limit": _("the policy allows no longer pause"),
    "not solved, says the customer": _("not solved, says the customer"),
}


@dataclass(frozen=True)
class Stretch:
    """The windows counted on one version of working hours; no name: round the clock."""

    hours_name: str
    version: int | None
    time_zone: str
    windows: Sequence[Interval]

    @property
    def used(self) -> timedelta:
        return sum((end - start for start, end in self.windows), timedelta())


@dataclass(frozen=True)
class Standing:
    """Time that does not count; `until` None: still."""

    since: datetime
    until: datetime | None
    reason: str
    words: str = ""
    by: str = NOBODY


@dataclass(frozen=True)
class Change:
    at: datetime
    title: str
    by: str
    reason: str
    due_at: datetime
    policy_version: int
    calendar_version: int | None


@dataclass(frozen=True)
class Explanation:
    """`used` is the sum of all windows: the target, where the promise ran to its
    deadline. Windows are shown up to sixty; `is_cut` says so, `used` is whole."""

    clock: Clock
    target: timedelta
    targets: Targets
    stretches: Sequence[Stretch]
    used: timedelta
    standings: Sequence[Standing]
    is_cut: bool

    @property
    def windows(self) -> list[Interval]:
        return [window for stretch in self.stretches for window in stretch.windows]

    @property
    def hours_name(self) -> str:
        return self.stretches[-1].hours_name if self.stretches else ""

    @property
    def paused_since(self) -> datetime | None:
        if not self.clock.is_paused:
            return None
        return datetime.fromisoformat(self.clock.pauses[-1][0])

    @property
    def pauses(self) -> list[Interval]:
        return united(self.clock.closed_pauses)

    @property
    def exception(self) -> str:
        """The case that the target comes from, in words; empty: the base."""
        names = [
            str(dict(Rule.Priority.choices).get(self.targets.priority, "")),
            self.targets.tier,
        ]
        made = self.targets.of(self.clock.kind) if self.clock.task_id is None else None
        is_theirs = made == self.clock.target_minutes
        return " · ".join(filter(None, names)) if is_theirs else ""


def explain(clock: Clock) -> Explanation:
    """From the start to the act, or to the deadline while it is still open."""
    until = max(clock.due_at, clock.met_at) if clock.met_at else clock.due_at
    windows = clocks.calendar_for(clock).windows(
        clock.started_at, until, pauses=clock.closed_pauses
    )
    shown = list(islice(windows, MAX_WINDOWS))
    rest = list(windows)
    ticket = clock.ticket
    return Explanation(
        clock=clock,
        target=clock.target_minutes * clocks.MINUTE,
        targets=targets_for(clock.policy, priority=ticket.priority, tier=ticket.tier),
        stretches=list(_stretches(clock, shown)),
        used=sum((end - start for start, end in [*shown, *rest]), timedelta()),
        standings=_standings(clock),
        is_cut=bool(rest),
    )


def changes_of(clock: Clock) -> list[Change]:
    """Everything that moved or ended it, in order."""
    lines = list(clock.events.order_by("pk"))
    emails = {line.actor for line in lines} - {""}
    people = {u.email: str(u) for u in User.objects.filter(email__in=emails)}
    return [_change(line, people.get(line.actor, line.actor)) for line in lines]


def _stretches(clock: Clock, windows: Sequence[Interval]) -> Iterator[Stretch]:
    """The windows by the hours that opened them."""
    parts = clock.calendars or [
        [clock.started_at.isoformat(), *clocks.mark_of(clocks.hours_of(clock))]
    ]
    begins = [datetime.fromisoformat(part[0]) for part in parts]
    for number, (_begins, key, version) in enumerate(parts):
        until = begins[number + 1] if number + 1 < len(parts) else None
        since = begins[number] if number else None
        found = [
            (start, end)
            for start, end in windows
            if (since is None or start >= since) and (until is None or start < until)
        ]
        name, zone = _hours_named(key, version, clock)
        if found or until is None:
            yield Stretch(name, version, zone, found)


def _hours_named(key: int | None, version: int | None, clock: Clock) -> tuple[str, str]:
    hours: WorkingHours | PastHours | None = clocks.hours_of(clock)
    if key is None or version is None:
        return "", ""
    if clocks.mark_of(clocks.hours_of(clock)) != (key, version):
        past = PastHours.objects.filter(hours_key=key, version=version)
        hours = past.first() or WorkingHours.objects.filter(pk=key).first() or hours
    return (hours.name, hours.time_zone) if hours else ("", "")


def _standings(clock: Clock) -> list[Standing]:
    """Pauses with who and why; what is left of the clock's own is reopened time."""
    told = {pause.started_at: pause for pause in clock.ticket.pauses.all()}
    people = {p.started_by_id for p in told.values() if p.started_by_id}
    names = {u.pk: str(u) for u in User.objects.filter(pk__in=people)} if people else {}
    standings = []
    for start, end in clock.pauses:
        since = datetime.fromisoformat(start)
        until = datetime.fromisoformat(end) if end else None
        pause = told.get(since)
        if pause:
            by = names.get(pause.started_by_id or 0, NOBODY)
            reason, words = pause.get_reason_display(), pause.words
            standings.append(Standing(since, until, reason, words, by))
        else:
            standings.append(Standing(since, until, str(_("resolved until reopened"))))
    return standings


def _change(line: ClockEvent, by: str) -> Change:
    return Change(
        line.happened_at,
        str(CHANGES.get(line.kind, line.kind)),
        by,
        str(REASONS.get(line.reason, line.reason)),
        line.due_at,
        line.policy_version,
        line.calendar_version,
    )
