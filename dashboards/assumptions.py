"""What the value of experience assumes: chosen scenario, changed by the address."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboards.models import Scenario
from dashboards.money import Assumptions
from dashboards.report import Impossible
from events import outbox
from teams.models import User

SCENARIO = "scenario"
LONGEST_ID = 15  # digits


@dataclass(frozen=True)
class Assumed:
    """`scenario` is what the values began with; None where they are the company's
    first guess."""

    scenario: Scenario | None
    values: Assumptions


def _amount(label: Any, most: float, **more: Any) -> forms.FloatField:
    least = more.pop("least", 0)
    return forms.FloatField(
        label=label,
        min_value=least,
        max_value=most,
        required=False,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
        **more,
    )


class AssumptionsForm(forms.Form):
    """Fields are those of `money.Assumptions`; what is left empty stays as it was."""

    margin_percent = _amount(_("Margin (percent of revenue)"), 100)
    lifetime_cap_years = _amount(_("Longest expected lifetime (years)"), 50, least=0.1)
    horizon_months = _amount(_("Revenue counted for (months)"), 120, least=1)
    active_days = _amount(_("Active after an order for (days)"), 3_650, least=1)
    programme_cost_per_month = _amount(_("Programme cost per month"), 1e9)
    cost_per_contact = _amount(_("Cost of one contact"), 1e6)
    value_per_referral = _amount(_("Value of one referral"), 1e6)
    acquisition_cost_per_month = _amount(_("Cost of winning customers per month"), 1e9)

    def assumptions(self, before: Assumptions) -> Assumptions:
        """With what was entered; valid forms only."""
        entered = {k: v for k, v in self.cleaned_data.items() if v is not None}
        return Assumptions(**asdict(before) | entered)


class ScenarioForm(AssumptionsForm):
    """The same, saved under a name."""

    name = forms.CharField(label=_("Name"), max_length=80)
    is_shared = forms.BooleanField(label=_("Everybody may see it"), required=False)

    def assumptions(self, before: Assumptions) -> Assumptions:
        entered = {
            field.name: self.cleaned_data[field.name]
            for field in fields(Assumptions)
            if self.cleaned_data[field.name] is not None
        }
        return Assumptions(**asdict(before) | entered)


def assumed(user: User, query: QueryDict) -> Assumed:
    """Raises report.Impossible."""
    if SCENARIO in query:
        scenario = find_scenario(user, query.get(SCENARIO, ""))
    else:
        scenario = company_scenario()
    values = values_of(scenario)
    form = AssumptionsForm(query)
    if not form.is_valid():
        name, problems = next(iter(form.errors.items()))
        raise Impossible(f"{form.fields[name].label}: {problems[0]}")
    return Assumed(scenario, form.assumptions(values))


def find_scenario(user: User, asked: str) -> Scenario | None:
    """None where none is asked for. Raises report.Impossible."""
    if not asked:
        return None
    found = None
    if asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_ID:
        found = Scenario.objects.visible_to(user).filter(pk=int(asked)).first()
    if found is None:
        raise Impossible(gettext("There is no such scenario, or it is not shared."))
    return found


def values_of(scenario: Scenario | None) -> Assumptions:
    """Of a field that the scenario does not know yet, the first guess."""
    known = {field.name for field in fields(Assumptions)}
    kept: Mapping[str, Any] = scenario.assumptions if scenario else {}
    return Assumptions(**{k: float(v) for k, v in kept.items() if k in known})


def company_assumptions() -> Assumptions:
    """Those of the company's scenario; else the first guess."""
    return values_of(company_scenario())


def company_scenario() -> Scenario | None:
    """The one that somebody shared last."""
    shared = Scenario.objects.filter(is_shared=True)
    return shared.order_by("-changed_at", "-pk").first()


@transaction.atomic
def save_scenario(
    user: User, *, name: str, is_shared: bool, values: Assumptions, at: datetime
) -> Scenario:
    """A new one; one's own of the same name is changed."""
    scenario, _created = Scenario.objects.update_or_create(
        owner=user,
        name=name,
        defaults={
            "is_shared": is_shared,
            "assumptions": asdict(values),
            "changed_at": at,
        },
    )
    outbox.record(
        "scenario.saved",
        subject=("scenario", scenario.pk),
        at=at,
        actor=user.email,
        payload={"shared": is_shared, **asdict(values)},
    )
    return scenario


@transaction.atomic
def delete_scenario(scenario: Scenario, *, by: User, at: datetime) -> None:
    outbox.record(
        "scenario.deleted", subject=("scenario", scenario.pk), at=at, actor=by.email
    )
    scenario.delete()
