"""The money for gestures, kept in double entry: what leaves one account arrives in
another, and nothing is ever changed afterwards."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.db.models import Sum

from tickets.models import LedgerEntry, Recovery, RecoveryBudget

COMPANY = "company"
NOTHING = Decimal(0)


def budget_account(budget: RecoveryBudget) -> str:
    return f"budget:{budget.pk}"


def reserved_account(budget: RecoveryBudget) -> str:
    return f"reserved:{budget.pk}"


def spent_account(budget: RecoveryBudget) -> str:
    return f"spent:{budget.pk}"


def move(  # noqa: PLR0913  a movement is these
    amount: Decimal,
    *,
    source: str,
    target: str,
    what: str,
    by: str,
    at: datetime,
    recovery: Recovery | None = None,
) -> None:
    """In the caller's transaction. A movement of nothing is none."""
    if not amount:
        return
    movement = uuid4()
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            movement=movement,
            account=account,
            amount=signed,
            recovery=recovery,
            what=what,
            by=by[:80],
            at=at,
        )
        for account, signed in ((source, -amount), (target, amount))
    )


def balance(account: str) -> Decimal:
    return balances([account])[account]


def balances(accounts: Collection[str]) -> dict[str, Decimal]:
    """Nothing for an account without entries."""
    sums = (
        LedgerEntry.objects.filter(account__in=accounts)
        .values_list("account")
        .annotate(Sum("amount"))
    )
    return dict.fromkeys(accounts, NOTHING) | dict(sums)
