"""Weekly shifts, holidays and special days, as text that people can type."""

from collections.abc import Callable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from teams import shifts, time_zones
from teams.models import WorkingHours

_DAYS = [f"day_{number}" for number in range(7)]


class ReadField(forms.CharField):
    """Text that `read` turns into what is stored; its complaint is shown."""

    def __init__(self, read: Callable[[str], object], **kwargs: Any) -> None:
        self.read = read
        super().__init__(required=False, **kwargs)

    def clean(self, value: str | None) -> Any:
        try:
            return self.read(super().clean(value))
        except shifts.NotWorkingHours as error:
            raise ValidationError(str(error)) from error


class WorkingHoursForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=lazy(time_zones.choices, list)
    )
    holidays = ReadField(
        shifts.dates_from,
        label=_("Holidays"),
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": "2026-12-25"}),
        help_text=_("One date per line. The whole day is closed."),
    )
    overrides = ReadField(
        shifts.special_days_from,
        label=_("Special days"),
        widget=forms.Textarea(
            attrs={"rows": 4, "placeholder": "2026-10-10 09:00-18:00"}
        ),
        help_text=_(
            "One date with its hours per line, for example a make-up workday or a "
            "short day. They win over holidays and the week."
        ),
    )

    def __init__(self, *args: Any, hours: WorkingHours, **kwargs: Any) -> None:
        self.hours = hours
        kwargs["initial"] = _texts_of(hours)
        super().__init__(*args, **kwargs)
        for number, name in enumerate(_DAYS):
            self.fields[name] = ReadField(
                shifts.shifts_from,
                label=WEEKDAYS[number],
                widget=forms.TextInput(
                    attrs={"placeholder": pgettext_lazy("day", "closed")}
                ),
            )
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "name",
            "time_zone",
            Fieldset(_("Shifts, like 09:00-12:00, 13:00-18:00"), Div(*_DAYS)),
            "holidays",
            "overrides",
        )
        # The page brings the form and its buttons: it may have to show what moves.
        self.helper.form_tag = False

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        taken = WorkingHours.objects.filter(name=name).exclude(pk=self.hours.pk)
        if taken.exists():
            raise ValidationError(_("There are working hours with this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        """The seven days become `weekly`; a day without shifts is left out."""
        cleaned: dict[str, Any] = super().clean() or {}
        days = {str(n): cleaned.pop(name, []) for n, name in enumerate(_DAYS)}
        weekly = {day: found for day, found in days.items() if found}
        if not weekly and not self.errors:
            raise ValidationError(_("Give at least one day a shift."))
        return {**cleaned, "weekly": weekly}


def _texts_of(hours: WorkingHours) -> dict[str, str]:
    days = {
        name: shifts.text_of(hours.weekly.get(str(number), []))
        for number, name in enumerate(_DAYS)
    }
    return {
        "name": hours.name,
        "time_zone": hours.time_zone,
        "holidays": "\n".join(hours.holidays),
        "overrides": shifts.text_of_special_days(hours.overrides),
        **days,
    }
