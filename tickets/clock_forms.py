"""What people enter to let a ticket's clocks stand still, or to change their targets."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from teams.models import User
from tickets.forms import ActForm
from tickets.models import Pause, Ticket
from tickets.pause_limits import allowance_of

LOCAL = "%Y-%m-%dT%H:%M"


class PauseForm(ActForm):
    reason = forms.ChoiceField(label=_("Why"), choices=Pause.Reason.choices)
    until = forms.DateTimeField(
        label=_("The clocks go on at"),
        required=False,
        input_formats=[LOCAL],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
        help_text=_(
            "By themselves then. Empty: until somebody lets them go on, or the "
            "customer writes. A later call needs its time."
        ),
    )
    words = forms.CharField(
        label=_("Details"),
        required=False,
        max_length=200,
        help_text=_("Put it so that the customer could read it."),
    )

    def offer(self, ticket: Ticket, user: User) -> None:
        allowance = allowance_of(ticket, at=timezone.now())
        if allowance:
            words = _(
                "The policy allows %(left)s more of working time, until %(until)s at "
                "the latest; then the clocks go on."
            )
            self.fields["until"].help_text = str(words) % {
                "left": allowance.left_words,
                "until": allowance.until_words,
            }

    def clean_until(self) -> datetime | None:
        until: datetime | None = self.cleaned_data["until"]
        if until is not None and until <= timezone.now():
            raise forms.ValidationError(_("This time is over already."))
        return until

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        later = cleaned.get("reason") == Pause.Reason.LATER_CALL
        if later and not cleaned.get("until") and "until" not in self.errors:
            self.add_error("until", _("Say when the customer wants to be called."))
        return cleaned


class ResumeForm(ActForm):
    """Nothing to enter."""


class PriorityForm(ActForm):
    priority = forms.ChoiceField(
        label=_("New priority"),
        help_text=_("Open promises are counted to the targets of this priority."),
    )
    reason = forms.CharField(label=_("Why"), required=False, max_length=200)

    def offer(self, ticket: Ticket, user: User) -> None:
        field = self.fields["priority"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (value, label)
            for value, label in Ticket.Priority.choices
            if value != ticket.priority
        ]
