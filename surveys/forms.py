"""Forms of the studio: basics, wording, asking a customer, narrowing the answers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from journeys.models import Touchpoint
from surveys.document import GROUPS
from surveys.drafts import parse_lines
from surveys.elements import LANGUAGES
from surveys.models import Invitation, Survey
from surveys.studio import SLUG_LENGTH, Basics
from surveys.wording import Kind
from teams.access import scope_condition
from teams.models import User

TEXT_LENGTH = 500
LINE_COUNT = 20
# (name, label, is it needed); each is a pair of fields, one for each language.
PAIRS: tuple[tuple[str, Promise, bool], ...] = (
    ("title", _("Heading"), True),
    ("question", _("Question"), True),
    ("low_label", _("Lowest score means"), False),
    ("high_label", _("Highest score means"), False),
    ("follow_up", _("Follow-up question"), False),
    ("contact", _("Tick box for a call back"), False),
    ("promoter", _("Thanks after a high score"), True),
    ("passive", _("Thanks after a middle score"), True),
    ("detractor", _("Thanks after a low score"), True),
)
LONG = ("question", "follow_up", *GROUPS)
LEAVE_OUT = _("A follow-up question or a tick box without words is not shown.")
LANGUAGE_NAMES = {"en": _("English"), "zh": _("Chinese")}


class TouchpointChoice(forms.ModelChoiceField[Touchpoint]):
    def label_from_instance(self, obj: Touchpoint) -> str:
        return f"{obj.stage.journey.name} › {obj.name}"


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
    kind = forms.ChoiceField(
        label=_("What it measures"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        initial=Kind.NPS,
        help_text=_(
            "It stays as it is: scores on different scales cannot be compared."
        ),
    )

    field_order = ["name", "touchpoint", "kind", "slug"]


class WordingForm(BasicsForm):
    """Every text of a survey, in both languages side by side."""

    attributes = forms.CharField(
        label=_("Ratings of details, 1 to 5"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One a line: English | 中文. A line that keeps its words in one language"
            " keeps its answers; one reworded in both counts as a new question."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, _is_needed in PAIRS:
            for suffix, language in LANGUAGE_NAMES.items():
                self.fields[f"{name}_{suffix}"] = _text_field(name, label, language)
        self.helper.layout = _wording_layout(has_slug="slug" in self.fields)

    def clean_attributes(self) -> str:
        lines: str = self.cleaned_data["attributes"]
        texts = parse_lines(lines)
        if len(texts) > LINE_COUNT:
            raise ValidationError(
                _(
                    "%(count)s questions are more than anybody answers; the most is %(most)s."
                ),
                params={"count": len(texts), "most": LINE_COUNT},
            )
        for language in LANGUAGES:
            words = [text[language] for text in texts if language in text]
            if len(words) != len(set(words)):
                raise ValidationError(_("Two lines say the same."))
        return lines

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, _label, is_needed in PAIRS:
            texts = [cleaned.get(f"{name}_{suffix}", "") for suffix in LANGUAGE_NAMES]
            if is_needed and not any(texts):
                self.add_error(f"{name}_en", _("Write this in one language at least."))
        return cleaned


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


def _text_field(name: str, label: Promise, language: Promise) -> forms.CharField:
    field = forms.CharField(
        label=_("%(text)s, %(language)s") % {"text": label, "language": language},
        required=False,
        max_length=TEXT_LENGTH,
    )
    if name in LONG:
        field.widget = forms.Textarea(attrs={"rows": 2, "maxlength": TEXT_LENGTH})
    return field


def _wording_layout(*, has_slug: bool) -> Layout:
    return Layout(
        Fieldset(
            _("Basics"),
            _row(Field("name"), Field("touchpoint")),
            *([Field("slug")] if has_slug else []),
        ),
        Fieldset(
            _("Questions"),
            *_pairs("title", "question", "low_label", "high_label"),
            Field("attributes"),
            *_pairs("follow_up", "contact"),
            HTML(format_html('<p class="form-hint">{}</p>', LEAVE_OUT)),
        ),
        Fieldset(_("After answering"), *_pairs(*GROUPS)),
    )


def _pairs(*names: str) -> Iterator[Div]:
    for name in names:
        yield _row(Field(f"{name}_en"), Field(f"{name}_zh"))


def _row(*fields: Field) -> Div:
    return Div(*(Div(field, css_class="col-md-6") for field in fields), css_class="row")
