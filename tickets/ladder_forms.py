"""What people enter for one level of the ladder."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import EscalationLevel

MOST_PERCENT = 1_000


class LevelForm(forms.Form):
    percent = forms.IntegerField(
        label=_("At how much of the time (%)"),
        help_text=_("100 is the deadline; 150 is half the time later."),
        min_value=1,
        max_value=MOST_PERCENT,
    )
    notify = forms.ChoiceField(
        label=_("Who is told"),
        choices=EscalationLevel.Notify.choices,
        required=False,
        initial=EscalationLevel.Notify.ASSIGNEE,
    )
    reassign = forms.ChoiceField(
        label=_("Whose it is from then on"),
        choices=EscalationLevel.Reassign.choices,
        required=False,
    )
    raises_priority = forms.BooleanField(
        label=_("Raise the priority by one step"), required=False
    )

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        does = ("notify", "reassign", "raises_priority")
        if not any(entered.get(name) for name in does) and "percent" in entered:
            raise forms.ValidationError(
                _("Choose what happens then: tell somebody, hand on or raise.")
            )
        return entered
