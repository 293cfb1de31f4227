"""What experience was worth in a period: what customers did, and the return of it."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from dashboards import money
from dashboards.money import Assumptions, Behaviour, Lifetime, Return
from dashboards.orders import Asked, Done, bounds, done, recovered_and_not
from dashboards.periods import Period
from dashboards.selection import Filters, tickets
from teams.models import User
from tickets.models import LedgerEntry


@dataclass(frozen=True)
class Worth:
    """`at_risk` is the revenue of the customers of the lowest group."""

    period: Period
    assumed: Assumptions
    done: Done
    recovered: Behaviour
    comparison: Behaviour
    gained: Return

    @property
    def at_risk(self) -> Behaviour:
        return self.done.groups.get("low", Behaviour())

    def lifetime(self, behaviour: Behaviour) -> Lifetime | None:
        return money.lifetime_value(behaviour, self.assumed, days=self.period.days)


def worth(asked: Asked, assumed: Assumptions) -> Worth:
    recovered, comparison = recovered_and_not(asked)
    paid = recoveries_paid(asked.user, asked.filters, asked.period)
    return Worth(
        asked.period,
        assumed,
        done(asked),
        recovered,
        comparison,
        money.return_of(
            recovered,
            comparison,
            assumed,
            recoveries=float(paid),
            days=asked.period.days,
        ),
    )


def recoveries_paid(user: User, filters: Filters, period: Period) -> Decimal:
    """What the ledger says was spent on gestures for tickets of the selection."""
    since, until = bounds(period)
    entries = LedgerEntry.objects.filter(
        account__startswith="spent:",
        at__gte=since,
        at__lt=until,
        recovery__ticket__in=tickets(user, filters).order_by().values("pk"),
    )
    return entries.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
