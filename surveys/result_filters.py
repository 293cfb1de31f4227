"""The filters of the results page. One that cannot be read narrows nothing."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from surveys.comments import TOPICS
from surveys.document import Document, read_document
from surveys.models import Response, Survey
from surveys.models.response import ResponseQuerySet
from surveys.published import get_version
from surveys.results import Narrowed, group_ranges, listed
from surveys.tallies import Asked
from teams.models import User

GROUP_NAMES: Mapping[tuple[bool, str], Promise] = {
    (True, "promoter"): _("Promoters"),
    (True, "passive"): _("Passives"),
    (True, "detractor"): _("Detractors"),
    (False, "promoter"): _("High scores"),
    (False, "passive"): _("Middle scores"),
    (False, "detractor"): _("Low scores"),
}
CUSTOM = "custom"
PERIODS = [
    ("", _("All time")),
    ("7", _("Last 7 days")),
    ("30", _("Last 30 days")),
    ("90", _("Last 90 days")),
    ("365", _("Last 365 days")),
    (CUSTOM, _("Custom range")),
]
SENTIMENTS = [
    ("positive", _("Positive")),
    ("neutral", _("Neutral")),
    ("negative", _("Negative")),
    ("unclear", _("Unclear")),
]
LANGUAGES = [("en", "English"), ("zh", "中文"), ("und", _("Another language"))]
TRIAGE = [
    (Response.Triage.NEW, pgettext_lazy("answers", "New")),
    (Response.Triage.READ, pgettext_lazy("answers", "Read")),
    (Response.Triage.ARCHIVED, pgettext_lazy("answers", "Archived")),
]


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AnswerFilters(forms.Form):
    """The period, `version` and `tests` narrow the numbers too, the others the list."""

    q = forms.CharField(label=_("Search comments"), required=False, max_length=120)
    period = forms.ChoiceField(label=_("Period"), required=False, choices=PERIODS)
    # Of a custom range; one of them alone leaves the other end open.
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
    version = forms.ChoiceField(label=_("Version"), required=False)
    held = forms.BooleanField(
        label=_("Answers held back"), required=False, widget=forms.HiddenInput
    )
    tests = forms.BooleanField(
        label=_("Test answers"), required=False, widget=forms.HiddenInput
    )
    group = forms.ChoiceField(label=_("Score group"), required=False)
    sentiment = forms.ChoiceField(label=_("Sentiment"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    channel = forms.ChoiceField(label=_("Came by"), required=False)
    language = forms.ChoiceField(label=_("Language of the comment"), required=False)
    triage = forms.ChoiceField(label=_("State"), required=False)
    comments = forms.BooleanField(label=_("Only with a comment"), required=False)
    flagged = forms.BooleanField(label=_("Only flagged"), required=False)

    MORE = ("sentiment", "topic", "channel", "language", "triage")

    def __init__(
        self, *args: Any, survey: Survey, document: Document, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        versions = survey.versions.exclude(number=None).order_by("-number")
        choices: dict[str, list[tuple[Any, Any]]] = {
            "version": [
                (str(pk), gettext("Version %(number)s") % {"number": number})
                for pk, number in versions.values_list("pk", "number")
            ],
            "group": list(group_choices(document)),
            "sentiment": list(SENTIMENTS),
            "topic": [(key, gettext(label)) for key, label in TOPICS.items()],
            "channel": list(Response.Channel.choices),
            "language": list(LANGUAGES),
            "triage": list(TRIAGE),
        }
        for name, options in choices.items():
            field = self.fields[name]
            field.choices = [("", _("All")), *options]  # type: ignore[attr-defined]
        for field in self.fields.values():
            is_tick = isinstance(field, forms.BooleanField)
            is_day = isinstance(field, forms.DateField)
            field.widget.attrs["class"] = (
                "form-check-input"
                if is_tick
                else "form-control"
                if is_day
                else "form-select"
            )
        self.full_clean()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("period") != CUSTOM:
            return {**cleaned, "since": None, "until": None}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        return cleaned

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def days(self) -> list[forms.BoundField]:
        """The ends of a custom range."""
        return [self["since"], self["until"]]

    @property
    def narrows_more(self) -> bool:
        """Whether a filter is set that is folded away otherwise."""
        return any(self.cleaned_data.get(name) for name in (*self.MORE, "flagged"))

    def asked(self, survey: Survey, user: User, today: date) -> Asked:
        chosen = self.cleaned_data
        version = chosen.get("version")
        since, until = self._span(today)
        return Asked(
            survey_id=survey.pk,
            user=user,
            is_test=chosen.get("tests", False),
            since=since,
            until=until,
            version_id=int(version) if version else None,
        )

    def set_words(self) -> Iterator[tuple[str, str]]:
        """What is set, as the page calls it: label and choice; no choice of a tick."""
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            if not value or value == CUSTOM:
                continue
            if isinstance(field, forms.ChoiceField):
                yield str(field.label), str(dict(field.choices)[value])  # type: ignore[arg-type]
            elif isinstance(field, forms.BooleanField):
                yield str(field.label), ""
            else:
                yield str(field.label), str(value)

    def _span(self, today: date) -> tuple[date | None, date | None]:
        chosen = self.cleaned_data
        period = chosen.get("period")
        if period == CUSTOM:
            return chosen.get("since"), chosen.get("until")
        return (today - timedelta(days=int(period) - 1) if period else None), None

    def narrowed(self) -> Narrowed:
        chosen = self.cleaned_data
        return Narrowed(
            group=chosen.get("group", ""),
            words=chosen.get("q", ""),
            only_comments=chosen.get("comments", False),
            sentiment=chosen.get("sentiment", ""),
            topic=chosen.get("topic", ""),
            channel=chosen.get("channel", ""),
            language=chosen.get("language", ""),
            triage=chosen.get("triage", ""),
            only_flagged=chosen.get("flagged", False),
            is_held=chosen.get("held", False),
        )


def document_of(survey: Survey) -> Document:
    """What is in the field, else the draft."""
    if survey.version_id is None:
        return read_document(survey.draft)
    return get_version(survey.version_id).document


def filters_for(survey: Survey, given: Mapping[str, Any]) -> AnswerFilters:
    return AnswerFilters(given, survey=survey, document=document_of(survey))


def answers_for(
    survey: Survey, given: Mapping[str, Any], *, user: User, today: date
) -> ResponseQuerySet:
    """The answers that the page's filters leave of those the person may see."""
    filters = filters_for(survey, given)
    asked = filters.asked(survey, user, today)
    return listed(asked, document_of(survey), filters.narrowed())


def group_choices(document: Document) -> list[tuple[str, str]]:
    """Each group as it is called for this metric, with its scores."""
    element = document.score
    if element is None:
        return []
    is_nps = element.type == "nps"
    return [
        (group, f"{GROUP_NAMES[is_nps, group]} ({scores})")
        for group, scores in group_ranges(element).items()
    ]
