"""What the page of key drivers is asked: filters, the outcome, and which attributes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dashboards.driver_data import OUTCOMES, Attribute, attributes_of, outcomes_of
from dashboards.driver_runs import Asked
from dashboards.forms import DEFAULT_PRESET, FilterForm
from dashboards.registry import METRICS
from surveys.intake import local_day
from surveys.models import Survey
from teams.models import User

# As many as can be reckoned; `drivers.MOST_ATTRIBUTES` without loading numpy.
MOST = 16
# The name of the ticks in the address.
TICKED = "driver"


class DriverForm(FilterForm):
    """The filters, and the score that is to be explained."""

    outcome = forms.ChoiceField(label=_("Score to explain"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        choices = [("", str(_("The leading one")))]
        choices += [(key, str(METRICS[key].label)) for key in OUTCOMES]
        self.fields["outcome"].widget = forms.Select(choices=choices)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        self.order_fields(["period", "since", "until", "survey", "outcome"])


def form_of(user: User, query: QueryDict, *, at: datetime) -> DriverForm:
    given = query.copy()
    given.setdefault("period", DEFAULT_PRESET)
    return DriverForm(given, user=user, today=local_day(at))


def survey_of(user: User, form: DriverForm) -> Survey | None:
    """The survey that is asked for; None where none is."""
    survey = form.filters.survey
    visible = Survey.objects.visible_to(user)
    return visible.filter(pk=survey).first() if survey else None


def outcome_of(survey: Survey, form: DriverForm) -> str:
    """The score asked for, else the survey's first; "" where it has none."""
    asked: str = form.cleaned_data["outcome"]
    offered = outcomes_of(survey)
    return asked or (offered[0] if offered else "")


def asked_of(
    user: User, survey: Survey, form: DriverForm, query: QueryDict
) -> tuple[Asked, list[Attribute]]:
    """The question, and all attributes that it could ask of."""
    offered = attributes_of(user, survey)
    ticked = query.getlist(TICKED)
    asked = Asked(
        survey=survey,
        outcome=outcome_of(survey, form),
        attributes=chosen(offered, ticked),
        since=form.span.start,
        until=form.span.end,
        filters=form.filters,
    )
    return asked, offered


def chosen(offered: Sequence[Attribute], ticked: Sequence[str]) -> tuple[str, ...]:
    """Those ticked; without any tick the first that can be reckoned."""
    known = [attribute.key for attribute in offered if attribute.key in ticked]
    return tuple(known or [attribute.key for attribute in offered[:MOST]])


def surveys_with_drivers(user: User) -> list[Survey]:
    """Published surveys that ask for a score and for ratings, to choose from."""
    found = Survey.objects.visible_to(user).filter(version__isnull=False)
    surveys = found.order_by("name")[:100]
    return [s for s in surveys if outcomes_of(s) and attributes_of(user, s)]
