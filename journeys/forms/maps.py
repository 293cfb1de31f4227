"""Forms that edit a journey, its stages and touchpoints, personas and visions."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from journeys.models import (
    ExperienceVision,
    Journey,
    MapNote,
    Persona,
    Stage,
    Touchpoint,
)
from teams.forms.blank_choices import word_blanks
from teams.models import Team


class _Unframed(forms.BaseForm):
    """The page brings the form tag and the buttons."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_blanks(self)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


def _short(field: models.Field[Any, Any], **kwargs: Any) -> Any:
    """Text areas of four lines: ten make a form a scroll."""
    if isinstance(field, models.TextField):
        kwargs["widget"] = forms.Textarea(attrs={"rows": 4})
    return field.formfield(**kwargs)


class JourneyForm(_Unframed, forms.ModelForm[Journey]):
    class Meta:
        model = Journey
        fields = ("name", "description", "persona", "vision")
        formfield_callback = _short


class PersonaForm(_Unframed, forms.ModelForm[Persona]):
    class Meta:
        model = Persona
        fields = (
            "name",
            "background",
            "demographics",
            "identifiers",
            "goals",
            "challenges",
            "solutions",
        )
        formfield_callback = _short


class VisionForm(_Unframed, forms.ModelForm[ExperienceVision]):
    class Meta:
        model = ExperienceVision
        fields = ("title", "statement")
        formfield_callback = _short


class NewStageForm(_Unframed, forms.ModelForm[Stage]):
    class Meta:
        model = Stage
        fields = ("name", "kind")


class StageForm(NewStageForm):
    """A stage and what each lane says about it."""

    def __init__(self, *args: Any, lane: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {note.lane: note.text for note in self.instance.notes.all()}
        for name, label in MapNote.Lane.choices:
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                initial=known.get(name, ""),
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        if lane in MapNote.Lane.values:
            self.fields[lane].widget.attrs["autofocus"] = True

    def stage_values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "kind")}

    def notes(self) -> dict[str, str]:
        return {lane: self.cleaned_data[lane].strip() for lane in MapNote.Lane.values}


class TouchpointForm(_Unframed, forms.ModelForm[Touchpoint]):
    """A touchpoint stays in its journey; its key is chosen once."""

    class Meta:
        model = Touchpoint
        fields = ("name", "stage", "channel", "team", "is_moment_of_truth", "key")
        help_texts = {
            "team": _("Gets the tickets that no account manager takes."),
            "is_moment_of_truth": _("Decides what customers think of us as a whole."),
            "key": _("For files and programs. Left empty, it is made from the name."),
        }

    def __init__(self, *args: Any, journey: Journey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team: Any = self.fields["team"]
        team.queryset = Team.objects.serving().order_by("name")
        stage: Any = self.fields["stage"]
        stage.queryset = journey.stages.order_by("position")
        stage.empty_label = None
        self.fields["key"].required = False
        if self.instance.pk:
            del self.fields["key"]
