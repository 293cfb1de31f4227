"""Gestures that make up for what went wrong, and the money for them."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from teams.access import ScopedQuerySet
from teams.models import Team
from teams.roles import Ability, Role
from tickets.models.ticket import Ticket


class RecoveryQuerySet(ScopedQuerySet["Recovery"]):
    SEEN_WITH = Ability.WORK_TICKETS
    SCOPE_FIELDS = {
        "region": "ticket__region",
        "product_line": "ticket__product_line",
        "tier": "ticket__tier",
        "team": "ticket__team",
    }

    def waiting(self) -> Self:
        return self.filter(state=Recovery.State.ASKED)


class RecoveryBudget(models.Model):
    """What a team may spend on gestures in one month. The ledger says what is left."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="recovery_budgets")
    # Its first day.
    month = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "month"], name="one_budget_per_month"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="budget_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.month:%Y-%m}"


class RecoveryLimit(models.Model):
    """What people of a role may give without asking; without a line, nothing."""

    role = models.CharField(max_length=20, choices=Role.choices, unique=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)

    def __str__(self) -> str:
        return f"{self.role} {self.amount}"


class Recovery(models.Model):
    """One gesture for one ticket. Its money is set aside when it is asked for."""

    class Kind(models.TextChoices):
        VOUCHER = "voucher", _("Voucher")
        REFUND = "refund", _("Refund")
        GIFT = "gift", _("Gift")
        CALL = "call", _("Call from a director")

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("gesture", "waits for approval")
        APPROVED = "approved", pgettext_lazy("gesture", "approved")
        GIVEN = "given", pgettext_lazy("gesture", "given")
        REFUSED = "refused", pgettext_lazy("gesture", "refused")
        CANCELLED = "cancelled", pgettext_lazy("gesture", "withdrawn")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="recoveries")
    budget = models.ForeignKey(
        RecoveryBudget, models.PROTECT, related_name="recoveries"
    )
    kind = models.CharField(_("gesture"), max_length=10, choices=Kind.choices)
    amount = models.DecimalField(_("cost"), max_digits=10, decimal_places=2)
    text = models.CharField(_("what and why"), max_length=500)
    state = models.CharField(max_length=10, choices=State.choices)
    approvals_needed = models.PositiveSmallIntegerField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=300, blank=True)
    given_at = models.DateTimeField(null=True)
    # A voucher's code, a payment's number.
    reference = models.CharField(_("reference"), max_length=120, blank=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="recovery_not_negative"
            ),
        ]
        indexes: ClassVar = [
            # Read by the list of what waits for approval.
            models.Index(
                fields=["asked_at"],
                condition=Q(state="asked"),
                name="recovery_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} for {self.ticket_id}"

    @property
    def is_settled(self) -> bool:
        return self.state not in (self.State.ASKED, self.State.APPROVED)


class RecoveryApproval(models.Model):
    """One person's yes."""

    recovery = models.ForeignKey(Recovery, models.CASCADE, related_name="approvals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recovery", "by"], name="one_yes_each"),
        ]

    def __str__(self) -> str:
        return f"{self.by_id} for {self.recovery_id}"


class LedgerEntry(models.Model):
    """One side of a movement of money: the entries of a movement add up to nothing,
    which the database checks. Append-only.

    Accounts: `company`, `budget:<id>`, `reserved:<id>` and `spent:<id>` of a budget.
    """

    movement = models.UUIDField()
    account = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    recovery = models.ForeignKey(
        Recovery, models.PROTECT, null=True, related_name="entries"
    )
    what = models.CharField(max_length=40)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # Read by the balance of an account.
            models.Index(fields=["account"], include=["amount"], name="ledger_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"
