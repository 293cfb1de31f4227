"""Root causes by what they cost: tickets, points, money, and whether they grow.

Counted are the tickets of the answers of a period, by the day of the answer, within
what the person may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from journeys.models import Touchpoint
from surveys import metrics
from surveys.metrics import Difference
from surveys.models import Response
from teams.access import scope_condition
from teams.models import Team, User
from tickets.models import Initiative, Recovery, RootCause, Ticket
from tickets.models.ticket import TicketQuerySet

# A cause calls for an initiative with so many tickets in the period, and where it is
# among the few that make most of them: Pareto's four fifths.
WORTH_AN_INITIATIVE = 5
MOST = 80


@dataclass(frozen=True)
class Asked:
    """Which tickets: `days` up to and with `until`; of a team, at a touchpoint."""

    until: date
    days: int = 90
    team: Team | None = None
    touchpoint: Touchpoint | None = None

    @property
    def since(self) -> date:
        return self.until - timedelta(days=self.days - 1)

    def before(self) -> "Asked":
        """The same length of time right before."""
        earlier = self.since - timedelta(days=1)
        return Asked(earlier, self.days, self.team, self.touchpoint)


@dataclass(frozen=True)
class CauseRow:
    """`share` and `cumulative` are percent of the coded tickets; `lost_points` NPS
    points of all answers; `change` of the share against the period before, or None."""

    cause: RootCause
    tickets: int
    before: int
    share: float
    cumulative: float
    lost_points: float | None
    cost: Decimal
    change: Difference | None
    grows: bool
    shrinks: bool
    initiatives: Sequence[Initiative]

    @property
    def wants_initiative(self) -> bool:
        is_common = self.cumulative - self.share < MOST
        return (
            is_common and not self.initiatives and self.tickets >= WORTH_AN_INITIATIVE
        )


@dataclass(frozen=True)
class Pareto:
    """Causes, the commonest first. `answers` is the base of the lost points."""

    rows: Sequence[CauseRow]
    coded: int
    uncoded: int
    answers: int
    cost: Decimal


def pareto_for(user: User, asked: Asked) -> Pareto:
    """What the causes cost in the period that was asked for."""
    now, before = _counts(user, asked), _counts(user, asked.before())
    lost, answers = _detractors(user, asked), _answers(user, asked)
    costs = _costs(user, asked)
    uncoded = now.pop(None, 0)
    before.pop(None, None)
    changes = _changes(now, before)
    initiatives = _initiatives(user)
    rows: list[CauseRow] = []
    coded, running = sum(now.values()), 0
    causes = RootCause.objects.select_related("parent").in_bulk([k for k in now if k])
    for key, count in sorted(now.items(), key=lambda item: (-item[1], item[0] or 0)):
        running += count
        change, is_certain = changes.get(key, (None, False))
        rows.append(
            CauseRow(
                cause=causes[key or 0],
                tickets=count,
                before=before.get(key, 0),
                share=100 * count / coded,
                cumulative=100 * running / coded,
                lost_points=_points(lost.get(key, 0), answers),
                cost=costs.get(key, Decimal(0)),
                change=change,
                grows=is_certain and change is not None and change.value > 0,
                shrinks=is_certain and change is not None and change.value < 0,
                initiatives=initiatives.get(key, ()),
            )
        )
    return Pareto(
        rows,
        coded,
        uncoded,
        answers,
        sum(costs.values(), Decimal(0)),
    )


def tickets_of(user: User, asked: Asked) -> TicketQuerySet:
    """Who may see what the causes cost need not work on tickets."""
    found = TicketQuerySet(Ticket).filter(
        scope_condition(user, TicketQuerySet.SCOPE_FIELDS),
        day__range=(asked.since, asked.until),
        merged_into__isnull=True,
    )
    if asked.team:
        found = found.filter(team=asked.team)
    if asked.touchpoint:
        found = found.filter(touchpoint=asked.touchpoint)
    return found


def answers_of(user: User, asked: Asked) -> QuerySet[Response]:
    found = (
        Response.objects.visible_to(user)
        .counted()
        .filter(day__range=(asked.since, asked.until))
    )
    if asked.team:
        found = found.filter(touchpoint__team=asked.team)
    if asked.touchpoint:
        found = found.filter(touchpoint=asked.touchpoint)
    return found


def _counts(user: User, asked: Asked) -> dict[int | None, int]:
    found = tickets_of(user, asked).order_by().values_list("root_cause")
    return dict(found.annotate(Count("pk")))


def _detractors(user: User, asked: Asked) -> dict[int | None, int]:
    low = Q(answers__response__nps__lte=6, answers__response__is_test=False)
    found = tickets_of(user, asked).filter(low).order_by().values_list("root_cause")
    return dict(found.annotate(Count("answers__response")))


def _answers(user: User, asked: Asked) -> int:
    return answers_of(user, asked).filter(nps__isnull=False).count()


def _costs(user: User, asked: Asked) -> dict[int | None, Decimal]:
    """Gestures that were given for those tickets."""
    given = Recovery.objects.filter(
        state=Recovery.State.GIVEN, ticket__in=tickets_of(user, asked)
    )
    return dict(
        given.order_by().values_list("ticket__root_cause").annotate(Sum("amount"))
    )


def _points(detractors: int, answers: int) -> float | None:
    """NPS points; None where so few answered that a person could show."""
    if metrics.is_hidden(answers):
        return None
    return 100 * detractors / answers


def _changes(
    now: Mapping[int | None, int], before: Mapping[int | None, int]
) -> dict[int | None, tuple[Difference, bool]]:
    """Of each cause's share, and whether that is more than chance among them all."""
    coded, earlier = sum(now.values()), sum(before.values())
    found = {}
    for key, count in now.items():
        share = metrics.share(count, coded)
        previous = metrics.share(before.get(key, 0), earlier)
        if share and previous:
            found[key] = metrics.share_difference(share, previous)
    adjusted = metrics.adjusted_p_values([d.p_value for d in found.values()])
    return {
        key: (difference, p < metrics.SIGNIFICANT_BELOW)
        for (key, difference), p in zip(found.items(), adjusted, strict=True)
    }


def _initiatives(user: User) -> dict[int | None, list[Initiative]]:
    """Those that are planned or running, by cause."""
    by_cause: dict[int | None, list[Initiative]] = {}
    alive = Initiative.objects.visible_to(user).alive().prefetch_related("causes")
    for initiative in alive.order_by("starts_on", "pk"):
        for cause in initiative.causes.all():
            by_cause.setdefault(cause.pk, []).append(initiative)
    return by_cause
