"""The filters of a dashboard: read from the address, so that a view can be shared."""

from collections.abc import Iterable
from copy import copy
from datetime import date, timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Account
from dashboards.filter_fields import (
    MOST_DIGITS,
    AccountField,
    AttributesField,
    account_words,
)
from dashboards.narrowing import recent_values
from dashboards.periods import ImpossiblePeriod, Period, Preset, period_for
from dashboards.selection import Filters, touchpoints
from surveys.models import Response
from teams.access import can
from teams.models import User
from teams.roles import Ability

# What an address says for "has none"; an empty value there does not narrow.
NONE = "-"
SEGMENTS = ("region", "product_line", "tier")
DEFAULT_PRESET = Preset.DAYS_90
LATELY = timedelta(days=366)


# What few people narrow by.
MORE = ("channel", "language", "journey", "stage", "team", "account", "attribute")
LISTED = (*SEGMENTS, "language")
# Of values that answers had lately; others come with the address of a drill-down.
MOST_OFFERED = 200
PLACES = (
    *("id", "name", "stage_id", "stage__name"),
    *("stage__journey_id", "stage__journey__name", "stage__position"),
    *("team_id", "team__name", "surveys__id", "surveys__name"),
)


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
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    language = forms.CharField(label=_("Language"), max_length=10, required=False)
    journey = forms.TypedChoiceField(
        label=_("Journey"), coerce=int, empty_value=None, required=False
    )
    stage = forms.TypedChoiceField(
        label=pgettext_lazy("journey", "Stage"),
        coerce=int,
        empty_value=None,
        required=False,
    )
    team = forms.TypedChoiceField(
        label=_("Team"), coerce=int, empty_value=None, required=False
    )
    account = AccountField(label=_("Company"), required=False)
    attribute = AttributesField(label=_("Attributes"), required=False)

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self._choose("channel", Response.Channel.choices)
        self._offer_places(user)
        self._offer_segments(user)
        self._offer_accounts(user)

    @property
    def common(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in MORE]

    @property
    def more(self) -> list[forms.BoundField]:
        """What few people narrow by."""
        return [field for field in self if field.name in MORE]

    @property
    def has_more(self) -> bool:
        """Whether one of them is set, or was set to what cannot be."""
        return any(field.errors or field.value() for field in self.more)

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
            channel=chosen["channel"] or None,
            language=chosen["language"] or None,
            journey=chosen["journey"],
            stage=chosen["stage"],
            team=chosen["team"],
            account=chosen.get("account"),
            attributes=chosen["attribute"],
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

    def _choose(self, name: str, rows: Iterable[tuple[int | str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *((str(value), name) for value, name in rows)]

    def _offer_places(self, user: User) -> None:
        """Touchpoints, the journeys, stages and teams that have some, and surveys."""
        rows = list(touchpoints(user).order_by("name").values_list(*PLACES))
        self._choose("touchpoint", dict(row[:2] for row in rows).items())
        # A survey is seen by whoever sees its touchpoint.
        surveys = {row[9]: row[10] for row in rows if row[9] is not None}
        seen = surveys.items() if can(user, Ability.SEE_CUSTOMERS) else ()
        self._choose("survey", sorted(seen, key=_by_name))
        journeys = {row[4]: row[5] for row in rows}
        self._choose("journey", sorted(journeys.items(), key=_by_name))
        # Stages of one journey after the other, in their order.
        stages = sorted({(row[5], row[6], row[3], row[2]) for row in rows})
        self._choose("stage", [(row[3], f"{row[0]} · {row[2]}") for row in stages])
        teams = {row[7]: row[8] for row in rows}
        self._choose("team", sorted(teams.items(), key=_by_name))

    def _offer_segments(self, user: User) -> None:
        """The values that answers had lately; a value in the address stays offered."""
        # One more: answers that have no value are offered apart.
        offered = recent_values(
            user, LISTED, since=self.today - LATELY, most=MOST_OFFERED + 1
        )
        for name in LISTED:
            values = set(offered[name]) - {""}
            asked = self.data.get(name) or ""
            if asked not in ("", NONE):
                values.add(asked)
            choices = [("", _("All")), *((v, v) for v in sorted(values))]
            if name in SEGMENTS:
                choices.append((NONE, _("Not stated")))
            self.fields[name].widget = forms.Select(choices=choices)

    def _offer_accounts(self, user: User) -> None:
        """By name, as there may be tens of thousands; an id becomes its name."""
        if not can(user, Ability.SEE_CUSTOMERS):
            del self.fields["account"]
            return
        field = self.fields["account"]
        assert isinstance(field, AccountField)
        field.accounts = Account.objects.visible_to(user)
        field.widget.attrs |= {
            "autocomplete": "off",
            "hx-get": reverse("dashboards:companies"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#known-accounts",
            "hx-params": self.add_prefix("account"),
        }
        asked = self.data.get("account") or ""
        if asked.isdecimal() and len(asked) <= MOST_DIGITS:
            account = field.accounts.filter(pk=asked).first()
            if account:
                field.known = account
                shown: Any = copy(self.data)
                shown["account"] = account_words(account)
                self.data = shown


def _by_name(choice: tuple[int | str, Any]) -> str:
    return str(choice[1]).casefold()


def _segment(value: str) -> str | None:
    if value == NONE:
        return ""
    return value or None
