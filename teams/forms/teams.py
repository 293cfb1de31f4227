"""A team's name, lead, hours and seats."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from teams.forms.blank_choices import word_blanks
from teams.models import Team, User, WorkingHours
from teams.roles import ABILITIES, Ability

_WORKERS = [role for role, may in ABILITIES.items() if Ability.WORK_TICKETS in may]


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    lead = forms.ModelChoiceField(
        label=_("Lead"),
        queryset=User.objects.none(),
        help_text=_("Gets what nobody else in the team can take."),
    )
    working_hours = forms.ModelChoiceField(
        label=_("Working hours"),
        queryset=WorkingHours.objects.none(),
        required=False,
        empty_label=_("day and night"),
    )
    members = forms.ModelMultipleChoiceField(
        label=_("Members"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        self.team = team
        kwargs["initial"] = _values_of(team)
        super().__init__(*args, **kwargs)
        self._offer_people()
        word_blanks(self)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.base_fields)
        # The page brings the form and its buttons: it may have to show what moves.
        self.helper.form_tag = False

    def _offer_people(self) -> None:
        self._choices("lead").queryset = _people(self.team, "led_teams")
        self._choices("members").queryset = _people(self.team, "memberships__team")
        hours = WorkingHours.objects.order_by("name")
        self._choices("working_hours").queryset = hours

    def _choices(self, name: str) -> "forms.ModelChoiceField[Any]":
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        return field

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Team.objects.filter(name=name).exclude(pk=self.team.pk).exists():
            raise ValidationError(_("There is a team with this name already."))
        return name


def _people(team: Team, seat: str) -> QuerySet[User]:
    """Who can work on tickets, and who has the seat already."""
    able = Q(is_active=True, role__in=_WORKERS)
    seated = Q(**{seat: team}) if team.pk else Q()
    return User.objects.filter(able | seated).distinct().order_by("name")


def _values_of(team: Team) -> dict[str, Any]:
    if team.pk is None:
        return {}
    return {
        "name": team.name,
        "lead": team.lead_id,
        "working_hours": team.working_hours_id,
        "members": list(team.members.values_list("pk", flat=True)),
    }
