"""What people enter about gestures and the money for them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from teams.models import Team
from teams.roles import ABILITIES, Ability, Role
from tickets.models import Recovery, RecoveryBudget, RecoveryLimit

MOST = Decimal("99999999.99")
GIVERS = [role for role in Role if Ability.WORK_TICKETS in ABILITIES[role]]


def _amount(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=MOST,
        max_digits=10,
        decimal_places=2,
        widget=forms.NumberInput(
            attrs={"step": "0.01", "class": "form-control", "inputmode": "decimal"}
        ),
        **more,
    )


class RecoveryForm(forms.Form):
    """A gesture to be asked for."""

    kind = forms.ChoiceField(label=_("Gesture"), choices=Recovery.Kind.choices)
    amount = _amount(_("Cost"))
    text = forms.CharField(
        label=_("What and why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = _("Cost in %(currency)s") % {
            "currency": settings.CURRENCY
        }
        self.fields["kind"].widget.attrs["class"] = "form-select"


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not?"),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class GivingForm(forms.Form):
    reference = forms.CharField(
        label=_("Voucher code, payment or order number"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class BudgetForm(forms.Form):
    """The budgets of all teams for one month, and the limits of the roles."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, month: date) -> None:
        super().__init__(data)
        self.month = month
        budgets = {
            budget.team_id: budget.amount
            for budget in RecoveryBudget.objects.filter(month=month)
        }
        self.teams = list(
            Team.objects.filter(Q(retired_at=None) | Q(pk__in=budgets)).order_by("name")
        )
        for team in self.teams:
            field = _amount(team.name, required=False)
            field.initial = budgets.get(team.pk)
            self.fields[f"team-{team.pk}"] = field
        limits = dict(RecoveryLimit.objects.values_list("role", "amount"))
        for role in GIVERS:
            field = _amount(role.label, required=False)
            field.initial = limits.get(role.value)
            self.fields[f"role-{role.value}"] = field

    @property
    def team_fields(self) -> list[tuple[Team, forms.BoundField]]:
        return [(team, self[f"team-{team.pk}"]) for team in self.teams]

    @property
    def role_fields(self) -> list[forms.BoundField]:
        return [self[f"role-{role.value}"] for role in GIVERS]

    def budgets(self) -> list[tuple[Team, Decimal]]:
        """Those that were filled in."""
        given = [(t, self.cleaned_data.get(f"team-{t.pk}")) for t in self.teams]
        return [(team, amount) for team, amount in given if amount is not None]

    def limits(self) -> dict[str, Decimal]:
        """Left empty is nothing."""
        return {
            role.value: self.cleaned_data.get(f"role-{role.value}") or Decimal(0)
            for role in GIVERS
        }
