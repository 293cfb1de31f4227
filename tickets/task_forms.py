"""What people enter to give a department a task, and on the task itself."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from teams.models import Team, User
from tickets.department_tasks import policy_of, takers_of
from tickets.forms import LONGEST_TEXT, ActForm
from tickets.models import Task, Ticket

# A year; longer promises are typing errors.
LONGEST_HOURS = 365 * 24


class TaskForm(ActForm):
    """`cleaned_data` has minutes, as clocks count; people think in hours."""

    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Department"), empty_label=_("Choose…")
    )
    title = forms.CharField(label=_("What is to be done"), max_length=200)
    text = forms.CharField(
        label=_("Details"),
        help_text=_("What the department has to know of the case."),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    hours = forms.IntegerField(
        label=_("Done within (hours)"),
        help_text=_("Of the department’s working time, from now on."),
        min_value=1,
        max_value=LONGEST_HOURS,
    )

    def offer(self, ticket: Ticket, user: User) -> None:
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            Team.objects.serving().exclude(pk=ticket.team_id).order_by("name")
        )
        hours = policy_of(ticket).first_contact_minutes // 60
        self.fields["hours"].initial = max(hours, 1)

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        hours = entered.pop("hours", None)
        return {**entered, "minutes": hours * 60} if hours else entered


class OfTaskForm(forms.Form):
    """The form of one act of one person on one task."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        task: Task,
        auto_id: str = "id_%s",
    ) -> None:
        super().__init__(data, auto_id=auto_id)
        self.offer(task)

    def offer(self, task: Task) -> None:
        """Fill in the choices that depend on the task."""


class ResultForm(OfTaskForm):
    result = forms.CharField(
        label=_("What came of it"),
        help_text=_("The owner of the ticket reads this and tells the customer."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DroppingForm(OfTaskForm):
    reason = forms.CharField(
        label=_("Why it is dropped"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HandingOnForm(OfTaskForm):
    to = forms.ModelChoiceField(
        User.objects.none(), label=_("New owner"), empty_label=_("Choose…")
    )

    def offer(self, task: Task) -> None:
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = takers_of(task)
