"""An absence: who, from when until when, who stands in."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from teams import absences
from teams.forms.blank_choices import word_blanks
from teams.models import Absence, User

HAND_OVER = [
    (0, _("at once")),
    (25, _("once a quarter of their time is used")),
    (50, _("once half of their time is used")),
    (75, _("once three quarters of their time are used")),
    (90, _("once 90 % of their time are used")),
    (100, _("once they are overdue")),
]


def _instant_field(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )


class AbsenceForm(forms.Form):
    """`by` is who enters it; the people offered are those whose absences they may."""

    person = forms.ModelChoiceField(
        label=pgettext_lazy("absence", "Who"), queryset=User.objects.none()
    )
    starts_at = _instant_field(pgettext_lazy("absence", "From"))
    ends_at = _instant_field(pgettext_lazy("absence", "Until"))
    deputy = forms.ModelChoiceField(
        label=_("Deputy"),
        queryset=User.objects.none(),
        help_text=_(
            "Gets new tickets meanwhile. Who is away too is stood in for by their own "
            "deputy."
        ),
    )
    hand_over_at = forms.TypedChoiceField(
        label=_("Open tickets move to the deputy"), choices=HAND_OVER, coerce=int
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=120,
        help_text=_("Colleagues who enter absences can read it."),
    )

    def __init__(self, *args: Any, absence: Absence, by: User, **kwargs: Any) -> None:
        self.absence = absence
        kwargs["initial"] = {
            "person": absence.user_id,
            "starts_at": absence.starts_at,
            "ends_at": absence.ends_at,
            "deputy": absence.deputy_id,
            "hand_over_at": absence.hand_over_at,
            "reason": absence.reason,
        }
        super().__init__(*args, **kwargs)
        self._offer(by)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "person",
            Div(
                Div("starts_at", css_class="col-sm-6"),
                Div("ends_at", css_class="col-sm-6"),
                css_class="row",
            ),
            "deputy",
            "hand_over_at",
            "reason",
            Submit("save", _("Save the absence")),
        )

    def _offer(self, by: User) -> None:
        people, deputies = absences.people_of(by), absences.deputies()
        if not people.exclude(pk=by.pk).exists():
            deputies = deputies.exclude(pk=by.pk)
            self.fields["person"].widget = forms.HiddenInput()
        self._choices("person").queryset = people
        self._choices("deputy").queryset = deputies
        word_blanks(self)

    def _choices(self, name: str) -> "forms.ModelChoiceField[Any]":
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        return field

    def filled(self) -> Absence:
        """The absence with what was entered, unsaved."""
        values = dict(self.cleaned_data)
        self.absence.user = values.pop("person")
        for name, value in values.items():
            setattr(self.absence, name, value)
        return self.absence
