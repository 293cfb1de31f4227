"""What gestures cost, and what came of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Sum

from teams.models import User
from tickets import ledger
from tickets.models import Recovery, RecoveryBudget, Ticket


@dataclass(frozen=True)
class BudgetLine:
    """One team's month. `left` = amount − reserved − spent, as the ledger has it."""

    budget: RecoveryBudget
    reserved: Decimal
    spent: Decimal
    left: Decimal

    @property
    def used_percent(self) -> int:
        """Of the budget, spoken for or spent; 0 to 100."""
        if not self.budget.amount:
            return 0
        return int(100 * (self.reserved + self.spent) / self.budget.amount)


@dataclass(frozen=True)
class Cost:
    """`recovered` counts tickets whose customer got a gesture and confirmed that it is
    solved; `each` is None where there is none."""

    spent: Decimal
    given: int
    recovered: int

    @property
    def each(self) -> Decimal | None:
        """Of all that was spent, per customer who was won back."""
        return self.spent / self.recovered if self.recovered else None


def budget_lines(month: date) -> list[BudgetLine]:
    """Of every team that has a budget."""
    budgets = list(
        RecoveryBudget.objects.filter(month=month)
        .select_related("team")
        .order_by("team__name")
    )
    sides = (ledger.reserved_account, ledger.spent_account, ledger.budget_account)
    held = ledger.balances([side(budget) for side in sides for budget in budgets])
    return [
        BudgetLine(budget, *(held[side(budget)] for side in sides))
        for budget in budgets
    ]


def cost_for(user: User, *, month: date) -> Cost:
    """Of the gestures given in a month's budgets, as far as this person sees them."""
    seen = Recovery.objects.visible_to(user)
    given = seen.filter(budget__month=month, state=Recovery.State.GIVEN)
    with_gesture = given.filter(ticket=OuterRef("pk"))
    recovered = Ticket.objects.visible_to(user).filter(
        Exists(with_gesture), closure=Ticket.Closure.CONFIRMED
    )
    spent = given.aggregate(Sum("amount"))["amount__sum"] or Decimal(0)
    return Cost(spent, given.count(), recovered.count())
