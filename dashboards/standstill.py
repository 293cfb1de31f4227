"""How much of the time from opening to resolution clocks stood still, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Least

from dashboards.money import ratio
from dashboards.periods import Period
from dashboards.selection import Filters, tickets
from teams.models import User
from tickets.models import Ticket
from tickets.models.pause import Pause

NOTHING = timedelta()


@dataclass(frozen=True)
class Reason:
    """`percent` of the time that all the period's tickets were open."""

    label: str
    pauses: int
    time: timedelta
    percent: float


@dataclass(frozen=True)
class Standstill:
    tickets: int
    reasons: tuple[Reason, ...]

    @property
    def percent(self) -> float:
        return sum(reason.percent for reason in self.reasons)


def standstill(
    user: User, period: Period, filters: Filters, *, at: datetime
) -> Standstill:
    """Of the tickets of the period's answers; elapsed time, not working time."""
    cohort = tickets(user, filters).filter(
        day__range=(period.start, period.end), merged_into__isnull=True
    )
    whole = cohort.order_by().aggregate(n=Count("pk"), time=Sum(_lasted(at)))
    time = whole["time"] or NOTHING
    reasons = (
        Reason(
            str(dict(Pause.Reason.choices).get(row["reason"], row["reason"])),
            row["n"],
            row["time"],
            ratio(100 * row["time"].total_seconds(), time.total_seconds()) or 0.0,
        )
        for row in _stood(cohort, at)
    )
    return Standstill(whole["n"], tuple(sorted(reasons, key=lambda r: -r.percent)))


def _stood(cohort: QuerySet[Ticket], at: datetime) -> QuerySet[Pause, Any]:
    now = Value(at)
    end = Least(Coalesce("ended_at", now), Coalesce("ticket__resolved_at", now))
    return (
        Pause.objects.filter(ticket__in=cohort.order_by().values("pk"))
        .values("reason")
        .annotate(n=Count("pk"), time=Sum(_duration(end - F("started_at"))))
    )


def _lasted(at: datetime) -> Any:
    return _duration(Coalesce("resolved_at", Value(at)) - F("opened_at"))


def _duration(difference: Any) -> Any:
    return ExpressionWrapper(difference, DurationField())
