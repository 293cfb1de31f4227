"""Forms of the studio: basics, a new survey, asking a customer, narrowing the list."""

from datetime import timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from journeys.models import Touchpoint
from surveys.document import Document, read_document
from surveys.drafts import blank_document
from surveys.models import Invitation, Survey
from surveys.studio import SLUG_LENGTH, Basics
from surveys.templates import TEMPLATES
from teams.access import scope_condition
from teams.forms.blank_choices import word_blanks
from teams.models import User

BLANK = "blank"
COPY = "copy"


class TouchpointChoice(forms.ModelChoiceField[Touchpoint]):
    def label_from_instance(self, obj: Touchpoint) -> str:
        return f"{obj.stage.journey.name} › {obj.name}"


def first_template() -> str:
    return next(iter(TEMPLATES))


class BasicsForm(forms.Form):
    """What the survey is called and where it asks."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("For your colleagues; customers do not see it."),
    )
    touchpoint = TouchpointChoice(
        label=_("Touchpoint"),
        queryset=Touchpoint.objects.none(),
        help_text=_("Its team gets the tickets that low scores open."),
    )
    slug = forms.CharField(
        label=_("Address"),
        max_length=SLUG_LENGTH,
        required=False,
        validators=[
            RegexValidator(
                r"\A[a-z0-9][-a-z0-9_]*\Z",
                _("Use small letters a to z, digits and hyphens."),
            )
        ],
        help_text=_("The last part of the link. Left empty, it is made of the name."),
    )

    def __init__(
        self, *args: Any, user: User, survey: Survey | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.survey = survey
        self.fields["touchpoint"].queryset = touchpoints_for(user, survey)  # type: ignore[attr-defined]
        word_blanks(self)
        if survey is not None and survey.version_id is not None:
            del self.fields["slug"]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        others = Survey.objects.exclude(pk=self.survey.pk if self.survey else 0)
        if slug and others.filter(slug=slug).exists():
            raise ValidationError(_("Another survey has this address."))
        return slug

    def basics(self) -> Basics:
        return Basics(
            name=self.cleaned_data["name"],
            slug=self.cleaned_data.get("slug", ""),
            touchpoint=self.cleaned_data["touchpoint"],
        )


class NewSurveyForm(BasicsForm):
    """`start` is a template's key, "blank", or "copy" of the survey in `original`."""

    start = forms.ChoiceField(
        label=_("Start with"), widget=forms.RadioSelect, initial=first_template
    )
    original = forms.ModelChoiceField(
        label=_("Survey to copy"),
        queryset=Survey.objects.none(),
        required=False,
        empty_label=_("Choose…"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["start"].choices = [  # type: ignore[attr-defined]
            *((key, template.label) for key, template in TEMPLATES.items()),
            (BLANK, _("Blank")),
            (COPY, _("Copy of a survey")),
        ]
        mine = Survey.objects.visible_to(user).order_by("-created_at")
        self.fields["original"].queryset = mine  # type: ignore[attr-defined]
        self.helper.layout = Layout(Field("name"), Field("touchpoint"), Field("slug"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("start") == COPY and not cleaned.get("original"):
            self.add_error("original", _("Choose the survey to copy."))
        return cleaned

    def document(self) -> Document:
        start = self.cleaned_data["start"]
        if start == COPY:
            return read_document(self.cleaned_data["original"].draft)
        return blank_document() if start == BLANK else TEMPLATES[start].document


class InvitationForm(forms.Form):
    """Whom to ask, how, and for how long the link works."""

    customer = forms.ModelChoiceField(
        queryset=Customer.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choose a customer first."),
            "invalid_choice": _("Choose a customer first."),
        },
    )
    channel = forms.ChoiceField(
        label=_("How"),
        choices=[
            (Invitation.Channel.EMAIL.value, _("Send it by e-mail")),
            (Invitation.Channel.LINK.value, _("Show me the link to copy")),
        ],
        widget=forms.RadioSelect,
        initial=Invitation.Channel.EMAIL.value,
    )
    language = forms.ChoiceField(
        label=_("Language of the letter"),
        choices=[("en", "English"), ("zh-hans", "中文")],
    )
    days = forms.IntegerField(
        label=_("Works for (days)"), min_value=1, max_value=365, initial=30
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = (  # type: ignore[attr-defined]
            Customer.objects.visible_to(user).filter(erased_at__isnull=True)
        )
        self.helper = FormHelper()
        self.helper.form_tag = False

    def holds(self) -> timedelta:
        return timedelta(days=self.cleaned_data["days"])


class SurveyFilters(forms.Form):
    """The list of surveys, narrowed."""

    q = forms.CharField(label=_("Search surveys"), required=False, max_length=120)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *Survey.State.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def surveys(self, user: User) -> QuerySet[Survey]:
        surveys = Survey.objects.visible_to(user).order_by("-created_at", "-pk")
        # A filter that cannot be read narrows nothing.
        chosen = self.cleaned_data if self.is_valid() else {}
        if words := chosen.get("q"):
            surveys = surveys.search(words)
        if state := chosen.get("state"):
            surveys = surveys.filter(state=state)
        return surveys


def touchpoints_for(user: User, survey: Survey | None) -> QuerySet[Touchpoint]:
    """Where this person may ask: live journeys, own teams, and where it asks now."""
    mine = Touchpoint.objects.filter(
        scope_condition(user, {"team": "team"}),
        stage__journey__archived_at__isnull=True,
    )
    if survey is not None:
        mine = mine | Touchpoint.objects.filter(pk=survey.touchpoint_id)
    return mine.select_related("stage__journey").order_by(
        "stage__journey__name", "stage__position", "position", "name"
    )
