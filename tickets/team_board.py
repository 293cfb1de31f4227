"""How a team and its people get on: load, age, promises kept, what customers say.

Load is as of now. All else is of the tickets that were opened in a period: each rate is
over all of these, so that nobody looks better by leaving tickets lying. Numbers have
their n and interval from `surveys.metrics`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Least

from surveys import metrics
from surveys.metrics import ShareScore
from teams.access import can
from teams.models import Team, User
from teams.roles import Ability, Role
from tickets.models import Clock, Ticket
from tickets.models.pause import Pause
from tickets.models.ticket import TicketQuerySet

# Open tickets by age, in days: younger than one, than three, than seven, the rest.
AGES = (1, 3, 7)
# Resolved with so little of the time left may be luck, or may be a habit.
LAST_SHARE = 5  # percent

_ClockState = Clock.State
_KEPT = Q(state=_ClockState.MET)
_BROKEN = Q(state__in=(_ClockState.MET_LATE, _ClockState.BREACHED))


@dataclass(frozen=True)
class Line:
    """One person or one team. `ages` counts open tickets by `AGES`; `paused` is the
    share of the time from opening to resolution (or now) that the clocks stood still,
    None without tickets. A rate without anything to count is None."""

    key: int
    name: str
    open: int = 0
    overdue: int = 0
    waiting: int = 0
    capacity: int | None = None
    ages: Sequence[int] = ()
    oldest_at: datetime | None = None
    opened: int = 0
    resolved: ShareScore | None = None
    contact_kept: ShareScore | None = None
    resolution_kept: ShareScore | None = None
    at_the_last: ShareScore | None = None
    paused: float | None = None
    reopened: ShareScore | None = None
    confirmed: ShareScore | None = None
    unconfirmed: ShareScore | None = None
    disputed: ShareScore | None = None

    @property
    def paused_percent(self) -> float | None:
        return None if self.paused is None else 100 * self.paused


@dataclass(frozen=True)
class Board:
    teams: Sequence[Line] = field(default_factory=tuple)
    people: Sequence[Line] = field(default_factory=tuple)


def board_for(
    user: User, *, since: date, until: date, at: datetime, team: Team | None = None
) -> Board:
    """Of the teams that the person leads; of all they may see for managers."""
    tickets = tickets_led_by(user)
    if team is not None:
        tickets = tickets.filter(team=team)
    names = dict(Team.objects.values_list("pk", "name"))
    people = User.objects.in_bulk()
    return Board(
        teams=_lines(tickets, "team", names, {}, since, until, at),
        people=_lines(
            tickets,
            "assignee",
            {pk: str(person) for pk, person in people.items()},
            {pk: person.capacity for pk, person in people.items()},
            since,
            until,
            at,
        ),
    )


def line_of(
    person: User, *, seen_by: User, since: date, until: date, at: datetime
) -> Line:
    """One person's, as far as `seen_by` sees their tickets."""
    tickets = (
        Ticket.objects.visible_to(person)
        if seen_by.pk == person.pk
        else tickets_led_by(seen_by)
    ).filter(assignee=person)
    lines = _lines(
        tickets,
        "assignee",
        {person.pk: str(person)},
        {person.pk: person.capacity},
        since,
        until,
        at,
    )
    return lines[0] if lines else Line(person.pk, str(person), ages=(0,) * 4)


def tickets_led_by(user: User) -> TicketQuerySet:
    """What a lead answers for; nothing for those who lead nobody."""
    if not can(user, Ability.ASSIGN_TICKETS):
        return Ticket.objects.none()
    seen = Ticket.objects.visible_to(user)
    if user.role == Role.TEAM_LEAD:
        return seen.of_teams_of(user)
    return seen


def leads(user: User, person: User) -> bool:
    """Whether `user` may see how `person` works, and write them notes."""
    if user.pk == person.pk or not can(user, Ability.ASSIGN_TICKETS):
        return False
    if user.role != Role.TEAM_LEAD:
        return True
    shared = Team.objects.of(person).values("pk")
    return Team.objects.of(user).filter(pk__in=shared).exists()


def doubtful_tickets(
    person: User, *, seen_by: User, since: date, until: date
) -> QuerySet[Clock]:
    """The promises of theirs that were broken or kept at the last moment, newest first."""
    tickets = (
        Ticket.objects.visible_to(person)
        if seen_by.pk == person.pk
        else tickets_led_by(seen_by)
    )
    clocks = Clock.objects.filter(
        ticket__in=tickets.filter(assignee=person, day__range=(since, until)),
        kind__in=(Clock.Kind.FIRST_CONTACT, Clock.Kind.RESOLUTION),
    )
    return (
        clocks.filter(_BROKEN | _at_the_last())
        .select_related("ticket__customer")
        .order_by("-due_at", "pk")
    )


def _at_the_last() -> Q:
    return _KEPT & Q(
        minutes_used__gte=F("target_minutes") * Value(100 - LAST_SHARE) / Value(100)
    )


def _lines(  # noqa: PLR0913  the same for teams and people
    tickets: TicketQuerySet,
    key: str,
    names: Mapping[int, str],
    capacities: Mapping[int, int | None],
    since: date,
    until: date,
    at: datetime,
) -> list[Line]:
    tickets = tickets.order_by()
    now = _by_key(tickets.open().values(key).annotate(**_load(at)), key)
    cohort = tickets.filter(day__range=(since, until))
    then = _by_key(cohort.values(key).annotate(**_fates()), key)
    clocks = _by_key(_clocks(cohort, key), f"ticket__{key}")
    paused = _pause_shares(cohort, key, at)
    keys = sorted(now.keys() | then.keys(), key=lambda one: names.get(one, ""))
    return [
        _line(
            one,
            names.get(one, ""),
            capacities.get(one),
            now.get(one, {}),
            {**then.get(one, {}), **clocks.get(one, {}), "paused": paused.get(one)},
        )
        for one in keys
    ]


def _load(at: datetime) -> dict[str, Any]:
    days = [at - timedelta(days=age) for age in AGES]
    return {
        "n": Count("pk"),
        "late": Count("pk", filter=Q(next_due_at__lt=at)),
        "waits": Count("pk", filter=Q(waits_for_owner=True)),
        "oldest": Min("opened_at"),
        "age0": Count("pk", filter=Q(opened_at__gt=days[0])),
        "age1": Count("pk", filter=Q(opened_at__lte=days[0], opened_at__gt=days[1])),
        "age2": Count("pk", filter=Q(opened_at__lte=days[1], opened_at__gt=days[2])),
        "age3": Count("pk", filter=Q(opened_at__lte=days[2])),
    }


def _fates() -> dict[str, Any]:
    closure = Ticket.Closure
    return {
        "n": Count("pk"),
        "resolved": Count("pk", filter=Q(status=Ticket.Status.RESOLVED)),
        "reopened": Count("pk", filter=Q(reopened_count__gt=0)),
        "confirmed": Count("pk", filter=Q(closure=closure.CONFIRMED)),
        "unconfirmed": Count("pk", filter=Q(closure=closure.UNCONFIRMED)),
        "disputed": Count("pk", filter=Q(closure=closure.DISPUTED)),
    }


def _clocks(cohort: TicketQuerySet, key: str) -> Iterable[dict[str, Any]]:
    contact = Q(kind=Clock.Kind.FIRST_CONTACT)
    resolution = Q(kind=Clock.Kind.RESOLUTION)
    rows: Iterable[dict[str, Any]] = (
        Clock.objects.filter(ticket__in=cohort.values("pk"))
        .values(f"ticket__{key}")
        .annotate(
            contact_kept=Count("pk", filter=contact & _KEPT),
            contact_broken=Count("pk", filter=contact & _BROKEN),
            resolution_kept=Count("pk", filter=resolution & _KEPT),
            resolution_broken=Count("pk", filter=resolution & _BROKEN),
            at_the_last=Count("pk", filter=resolution & _at_the_last()),
        )
    )
    return rows


def _pause_shares(cohort: TicketQuerySet, key: str, at: datetime) -> dict[int, float]:
    """Of the time that each one's tickets were open."""
    now = Value(at)
    lasted = cohort.values(key).annotate(
        time=Sum(
            ExpressionWrapper(
                Coalesce("resolved_at", now) - F("opened_at"), DurationField()
            )
        )
    )
    stood = (
        Pause.objects.filter(ticket__in=cohort.values("pk"))
        .values(f"ticket__{key}")
        .annotate(
            time=Sum(
                ExpressionWrapper(
                    Least(
                        Coalesce("ended_at", now),
                        Coalesce("ticket__resolved_at", now),
                    )
                    - F("started_at"),
                    DurationField(),
                )
            )
        )
    )
    still = {row[f"ticket__{key}"]: row["time"] for row in stood}
    nothing = timedelta()
    return {
        row[key]: max(0.0, still.get(row[key], nothing) / row["time"])
        for row in lasted
        if row["time"]
    }


def _by_key(rows: Iterable[dict[str, Any]], key: str) -> dict[int, dict[str, Any]]:
    return {row[key]: row for row in rows}


def _line(
    key: int,
    name: str,
    capacity: int | None,
    now: Mapping[str, Any],
    then: Mapping[str, Any],
) -> Line:
    n = then.get("n", 0)

    def of_all(what: str) -> ShareScore | None:
        return metrics.share(then.get(what, 0), n)

    def kept(promise: str) -> ShareScore | None:
        part = then.get(f"{promise}_kept", 0)
        return metrics.share(part, part + then.get(f"{promise}_broken", 0))

    return Line(
        key=key,
        name=name,
        open=now.get("n", 0),
        overdue=now.get("late", 0),
        waiting=now.get("waits", 0),
        capacity=capacity,
        ages=tuple(now.get(f"age{i}", 0) for i in range(len(AGES) + 1)),
        oldest_at=now.get("oldest"),
        opened=n,
        resolved=of_all("resolved"),
        contact_kept=kept("contact"),
        resolution_kept=kept("resolution"),
        at_the_last=metrics.share(
            then.get("at_the_last", 0), then.get("resolution_kept", 0)
        ),
        paused=then.get("paused"),
        reopened=of_all("reopened"),
        confirmed=of_all("confirmed"),
        unconfirmed=of_all("unconfirmed"),
        disputed=of_all("disputed"),
    )
