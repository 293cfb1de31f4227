"""What people enter about initiatives, and ask of the causes."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from journeys.models import Touchpoint
from surveys.elements import LANGUAGES
from surveys.pages import NAMES
from teams.access import scope_condition
from teams.forms.blank_choices import word_blanks
from teams.models import Team, User
from teams.roles import Role
from tickets.closure_letter import Words
from tickets.models import Initiative, InitiativeAction, RootCause
from tickets.outer_loop import Asked

PERIODS = (
    (30, _("30 days")),
    (90, _("90 days")),
    (180, _("180 days")),
    (365, _("A year")),
)
PEOPLE = (Role.ADMINISTRATOR, Role.CX_MANAGER, Role.TEAM_LEAD, Role.AGENT)
LONGEST = 5_000
Day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CausesForm(forms.Form):
    """Period and filters; what cannot be read counts as not asked."""

    days = forms.TypedChoiceField(
        label=_("Period"), choices=PERIODS, coerce=int, required=False
    )
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), required=False, empty_label=_("Any")
    )
    touchpoint = forms.ModelChoiceField(
        Touchpoint.objects.none(),
        label=_("Touchpoint"),
        required=False,
        empty_label=_("Any"),
    )

    def __init__(self, params: Mapping[str, Any], *, user: User) -> None:
        super().__init__({"days": "90", **{k: params[k] for k in params}})
        _offer(self, "team", teams_of(user))
        _offer(self, "touchpoint", touchpoints_of(user))
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"
        self.is_valid()

    def asked(self, today: Any) -> Asked:
        given = self.cleaned_data
        return Asked(
            today,
            given.get("days") or 90,
            given.get("team"),
            given.get("touchpoint"),
        )


class InitiativeForm(forms.ModelForm[Initiative]):
    class Meta:
        model = Initiative
        fields = (
            "title",
            "causes",
            "touchpoints",
            "team",
            "lead",
            "starts_on",
            "expected_effect",
            "expected_in",
            "expected_points",
        )
        widgets: ClassVar = {
            "causes": forms.CheckboxSelectMultiple,
            "touchpoints": forms.CheckboxSelectMultiple,
            "starts_on": Day,
            "expected_effect": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts: ClassVar = {
            "touchpoints": _(
                "What it changes. The others are what its effect is compared with."
            ),
            "expected_points": _(
                "So much more than at the other touchpoints: NPS points, or percentage "
                "points of the top ratings for CSAT and CES."
            ),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        causes = RootCause.objects.filter(parent__isnull=False, is_active=True)
        if self.instance.pk:
            causes = causes | self.instance.causes.all()
        _offer(
            self,
            "causes",
            causes.distinct().order_by("parent__position", "position", "pk"),
        )
        _offer(self, "touchpoints", touchpoints_of(user))
        own = Q(retired_at=None) | Q(pk=self.instance.team_id)
        _offer(self, "team", teams_of(user).filter(own))
        _offer(self, "lead", people())
        word_blanks(self)


class ActionForm(forms.ModelForm[InitiativeAction]):
    class Meta:
        model = InitiativeAction
        fields = ("title", "assignee", "due_on")
        widgets: ClassVar = {"due_on": Day}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "assignee", people())
        word_blanks(self)


class DecisionForm(forms.Form):
    text = forms.CharField(
        label=_("What was decided, and why"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LettersForm(forms.Form):
    """Subject and text in each language that is written to customers."""

    def __init__(self, *args: Any, drafts: Mapping[str, Words], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in LANGUAGES:
            name, key = {"language": NAMES[code]}, code.replace("-", "_")
            self.fields[f"subject_{key}"] = forms.CharField(
                label=_("Subject, %(language)s") % name,
                max_length=200,
                initial=drafts[code].subject,
            )
            self.fields[f"text_{key}"] = forms.CharField(
                label=_("Message, %(language)s") % name,
                max_length=LONGEST,
                initial=drafts[code].text,
                widget=forms.Textarea(attrs={"rows": 7}),
            )

    def letters(self) -> dict[str, Words]:
        given = self.cleaned_data
        keys = {code: code.replace("-", "_") for code in LANGUAGES}
        return {
            code: Words(given[f"subject_{key}"], given[f"text_{key}"])
            for code, key in keys.items()
        }


def teams_of(user: User) -> QuerySet[Team]:
    """Those whose data the person may see."""
    return Team.objects.filter(scope_condition(user, {"team": "pk"})).order_by("name")


def touchpoints_of(user: User) -> QuerySet[Touchpoint]:
    seen = scope_condition(user, {"team": "team"})
    return Touchpoint.objects.filter(seen).order_by("name", "pk")


def people() -> QuerySet[User]:
    return User.objects.filter(is_active=True, role__in=PEOPLE).order_by("name", "pk")


def _offer(form: forms.BaseForm, name: str, choices: QuerySet[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = choices
