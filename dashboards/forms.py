"""The filters of a dashboard: read from the address, so that a view can be shared."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboards.narrowing import recent_values
from dashboards.periods import ImpossiblePeriod, Period, Preset, period_for
from dashboards.selection import Filters, touchpoints
from surveys.models import Survey
from teams.models import User

# What an address says for "has none"; an empty value there does not narrow.
NONE = "-"
SEGMENTS = ("region", "product_line", "tier")
DEFAULT_PRESET = Preset.DAYS_90
LATELY = timedelta(days=366)


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class FilterForm(forms.Form):
    """After `is_valid()`: `period` and `filters`."""

    period = forms.ChoiceField(
        label=_("Period"), choices=Preset.choices, required=False
    )
    since = forms.DateField(
        label=_("First day"),
        widget=DateInput(),
        input_formats=["%Y-%m-%d"],
        required=False,
    )
    until = forms.DateField(
        label=_("Last day"),
        widget=DateInput(),
        input_formats=["%Y-%m-%d"],
        required=False,
    )
    survey = forms.TypedChoiceField(
        label=_("Survey"), coerce=int, empty_value=None, required=False
    )
    touchpoint = forms.TypedChoiceField(
        label=_("Touchpoint"), coerce=int, empty_value=None, required=False
    )
    region = forms.CharField(label=_("Region"), max_length=80, required=False)
    product_line = forms.CharField(
        label=_("Product line"), max_length=80, required=False
    )
    tier = forms.CharField(label=_("Tier"), max_length=40, required=False)

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        surveys = Survey.objects.visible_to(user).order_by("name")
        places = touchpoints(user).order_by("name")
        self._choose("survey", surveys.values_list("id", "name"))
        self._choose("touchpoint", places.values_list("id", "name"))
        self._offer_segments(user)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                cleaned["span"] = self._span(cleaned)
            except ImpossiblePeriod as problem:
                raise forms.ValidationError(str(problem)) from problem
        return cleaned

    @property
    def span(self) -> Period:
        span: Period = self.cleaned_data["span"]
        return span

    @property
    def filters(self) -> Filters:
        chosen = self.cleaned_data
        return Filters(
            survey=chosen["survey"],
            touchpoint=chosen["touchpoint"],
            region=_segment(chosen["region"]),
            product_line=_segment(chosen["product_line"]),
            tier=_segment(chosen["tier"]),
        )

    def _span(self, cleaned: dict[str, Any]) -> Period:
        preset = cleaned["period"] or DEFAULT_PRESET
        if preset != Preset.CUSTOM:
            return period_for(preset, today=self.today)
        if not (cleaned["since"] and cleaned["until"]):
            raise ImpossiblePeriod(
                _("A custom range needs a first day and a last day.")
            )
        return Period(cleaned["since"], cleaned["until"])

    def _choose(self, name: str, rows: Iterable[tuple[int, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *((str(pk), label) for pk, label in rows)]

    def _offer_segments(self, user: User) -> None:
        """The values that answers had lately; a value in the address stays offered."""
        offered = recent_values(user, SEGMENTS, since=self.today - LATELY)
        for name in SEGMENTS:
            values = set(offered[name]) - {""}
            asked = self.data.get(name) or ""
            if asked not in ("", NONE):
                values.add(asked)
            choices = [("", _("All")), *((v, v) for v in sorted(values))]
            choices.append((NONE, _("Not stated")))
            self.fields[name].widget = forms.Select(choices=choices)


def _segment(value: str) -> str | None:
    if value == NONE:
        return ""
    return value or None
