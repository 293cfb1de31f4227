"""Which public holidays to import, and which of them to take."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from teams import holiday_import, shifts
from teams.forms.working_hours import ReadField
from teams.holiday_import import PublicDays
from teams.models import WorkingHours

YEARS_BACK, YEARS_AHEAD = 1, 3


class HolidayQuestionForm(forms.Form):
    country = forms.ChoiceField(
        label=_("Country"), choices=lazy(holiday_import.countries, list)
    )
    subdivision = forms.CharField(
        label=_("State or province"),
        required=False,
        max_length=40,
        help_text=_("A code such as BY, where one has days of its own."),
    )
    year = forms.IntegerField(label=_("Year"))

    def __init__(self, data: Any, *, today: date, year: int) -> None:
        super().__init__(data, initial={"country": "CN", "year": year})
        field = self.fields["year"]
        assert isinstance(field, forms.IntegerField)
        self.first, self.last = today.year - YEARS_BACK, today.year + YEARS_AHEAD
        field.widget.attrs.update(min=self.first, max=self.last)

    def clean_year(self) -> int:
        year = int(self.cleaned_data["year"])
        if not self.first <= year <= self.last:
            raise ValidationError(
                _("Choose a year from %(first)s to %(last)s.")
                % {"first": self.first, "last": self.last}
            )
        return year

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        country = cleaned.get("country")
        subdivision = cleaned.get("subdivision", "")
        known = holiday_import.subdivisions(country) if country else []
        if country and subdivision and subdivision not in known:
            self.add_error(
                "subdivision",
                _("Not known there. Known are: %(codes)s.")
                % {"codes": ", ".join(known) or "–"},
            )
        return cleaned

    @property
    def found(self) -> PublicDays:
        """Once the form is valid."""
        asked = self.cleaned_data
        return holiday_import.public_days(
            asked["country"], asked["subdivision"], asked["year"]
        )


class HolidayChoiceForm(forms.Form):
    closed = forms.MultipleChoiceField(
        label=_("Holidays: the whole day is closed"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    workdays = forms.MultipleChoiceField(
        label=_("Make-up workdays: worked although they are weekend"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    shifts = ReadField(
        shifts.shifts_from,
        label=_("Hours on make-up workdays"),
        help_text=_("Like 09:00-12:00, 13:00-18:00."),
    )

    def __init__(self, data: Any, *, days: PublicDays, hours: WorkingHours) -> None:
        initial = {
            "closed": [day.isoformat() for day in days.holidays],
            "workdays": [day.isoformat() for day in days.workdays],
            "shifts": shifts.text_of(holiday_import.usual_shifts(hours)),
        }
        super().__init__(data, initial=initial)
        closed = [(day, f"{_shown(day)} {name}") for day, name in days.holidays.items()]
        self._offer("closed", closed)
        self._offer("workdays", [(day, _shown(day)) for day in days.workdays])
        if not days.workdays:
            del self.fields["workdays"], self.fields["shifts"]

    def _offer(self, name: str, choices: list[tuple[date, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(day.isoformat(), label) for day, label in choices]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("closed", "workdays"):
            days = cleaned.get(name) or []
            cleaned[name] = [date.fromisoformat(day) for day in days]
        if cleaned["workdays"] and not cleaned.get("shifts") and not self.errors:
            self.add_error("shifts", _("Say when make-up workdays are worked."))
        return {"shifts": [], **cleaned}


def _shown(day: date) -> str:
    return f"{day.isoformat()} {date_format(day, 'D')}"
