"""How far qualifying answers get on the way from a low score to a recovered customer.

Every number counts answers, and stands over all that qualify: those with a ticket, and
those that the last look found without one. An answer counts by the ticket that takes
care of it now: by its cohort day, its survey, its team, as in the loop's rollup. So a
ticket that was merged counts where it went.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, FilteredRelation, Q, QuerySet

from dashboards.periods import Period
from dashboards.recovery_effect import Effect, Side, Stratum, effect_of
from dashboards.selection import Filters, tickets
from dashboards.uncovered import uncovered
from surveys import metrics
from surveys.metrics import ShareScore
from surveys.models import Response
from surveys.models.response import ResponseQuerySet
from teams.models import User
from tickets.models import Clock, Ticket

TICKET = "ticket_answer__ticket"
_CLOCK = "contact_clock__state"
_Closure = Ticket.Closure
# What has to hold for an answer to have come so far.
STEPS: Mapping[str, Q] = {
    "ticket": Q(),
    "contacted": Q(**{f"{TICKET}__first_contacted_at__isnull": False}),
    "in_time": Q(**{_CLOCK: Clock.State.MET}),
    "resolved": Q(**{f"{TICKET}__status": Ticket.Status.RESOLVED}),
    "told": ~Q(**{f"{TICKET}__closure": ""}),
    "confirmed": Q(**{f"{TICKET}__closure": _Closure.CONFIRMED}),
    "unobjected": Q(**{f"{TICKET}__closure": _Closure.UNCONFIRMED}),
    "disputed": Q(**{f"{TICKET}__closure": _Closure.DISPUTED}),
    "answered_again": Q(ticket_answer__next_score__isnull=False),
    "recovered": Q(ticket_answer__next_score__is_recovered=True),
}


@dataclass(frozen=True)
class Steps:
    """`counts` by the keys of STEPS; `missing` qualify and have no ticket."""

    counts: Mapping[str, int]
    missing: int

    @property
    def qualifying(self) -> int:
        return self.counts["ticket"] + self.missing

    def share(self, step: str) -> ShareScore | None:
        """Of all qualifying answers; None of nothing."""
        return metrics.share(self.counts[step], self.qualifying)


def steps(user: User, period: Period, filters: Filters) -> Steps:
    found = with_ticket(user, period, filters).order_by()
    counts = found.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in STEPS.items()}
    )
    missing = uncovered(user, filters).filter(day__range=(period.start, period.end))
    return Steps(counts, missing.count())


def with_ticket(user: User, period: Period, filters: Filters) -> QuerySet[Response]:
    """Answers with a ticket, and the ticket's clock of the first contact beside them."""
    cohort = tickets(user, filters).filter(day__range=(period.start, period.end))
    found = with_contact_clock(ResponseQuerySet(Response).all())
    return found.filter(ticket_answer__ticket__in=cohort)


def answers_at(
    user: User, period: Period, filters: Filters, *, step: str, is_not: bool
) -> QuerySet[Response]:
    """Answers with a ticket that got to a step, or did not; for those who may see
    customers."""
    found = with_ticket(user, period, filters)
    condition = ~STEPS[step] if is_not else STEPS[step]
    if step == "ticket" and is_not:
        condition = Q(pk__in=[])
    seen = Response.objects.visible_to(user).values("pk")
    return (
        found.filter(condition, pk__in=seen)
        .select_related("customer", "touchpoint", "ticket_answer__ticket")
        .order_by("-submitted_at", "pk")
    )


def with_contact_clock(found: QuerySet[Response]) -> QuerySet[Response]:
    """STEPS can be asked of these."""
    clock = f"{TICKET}__clocks"
    is_it = Q(
        **{f"{clock}__kind": Clock.Kind.FIRST_CONTACT, f"{clock}__cycle": 0},
    )
    return found.annotate(contact_clock=FilteredRelation(clock, condition=is_it))


def compared(user: User, period: Period, filters: Filters) -> QuerySet[Response]:
    """Answers of those who answered again, contacted in time or not."""
    late = (Clock.State.BREACHED, Clock.State.MET_LATE)
    return with_ticket(user, period, filters).filter(
        STEPS["answered_again"], Q(**{f"{_CLOCK}__in": (*late, Clock.State.MET)})
    )


def effect(user: User, period: Period, filters: Filters) -> Effect:
    """Next scores of those contacted in time against those who were not."""
    rows = (
        compared(user, period, filters)
        .order_by()
        .values(
            metric=F("ticket_answer__next_score__metric"),
            before=F("ticket_answer__next_score__before"),
        )
        .annotate(
            in_time=Count("pk", filter=STEPS["in_time"]),
            in_time_back=Count("pk", filter=STEPS["in_time"] & STEPS["recovered"]),
            late=Count("pk", filter=~STEPS["in_time"]),
            late_back=Count("pk", filter=~STEPS["in_time"] & STEPS["recovered"]),
        )
    )
    strata: dict[Stratum, tuple[Side, Side]] = {
        (row["metric"], row["before"]): (
            Side(row["in_time"], row["in_time_back"]),
            Side(row["late"], row["late_back"]),
        )
        for row in rows
    }
    return effect_of(strata)
