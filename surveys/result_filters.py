"""The filters of the results page. One that cannot be read narrows nothing."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from surveys.comments import TOPICS
from surveys.document import Document
from surveys.models import Response, Survey
from surveys.results import Narrowed, group_ranges
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
PERIODS = [
    ("", _("All time")),
    ("7", _("Last 7 days")),
    ("30", _("Last 30 days")),
    ("90", _("Last 90 days")),
    ("365", _("Last 365 days")),
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


class AnswerFilters(forms.Form):
    """`period`, `version` and `tests` narrow the numbers too, the others the list."""

    q = forms.CharField(label=_("Search comments"), required=False, max_length=120)
    period = forms.ChoiceField(label=_("Period"), required=False, choices=PERIODS)
    version = forms.ChoiceField(label=_("Version"), required=False)
    held = forms.BooleanField(required=False, widget=forms.HiddenInput)
    tests = forms.BooleanField(required=False, widget=forms.HiddenInput)
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
            field.widget.attrs["class"] = (
                "form-check-input" if is_tick else "form-select"
            )
        self.full_clean()

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def narrows_more(self) -> bool:
        """Whether a filter is set that is folded away otherwise."""
        return any(self.cleaned_data.get(name) for name in (*self.MORE, "flagged"))

    def asked(self, survey: Survey, user: User, today: date) -> Asked:
        chosen = self.cleaned_data
        days, version = chosen.get("period"), chosen.get("version")
        return Asked(
            survey_id=survey.pk,
            user=user,
            is_test=chosen.get("tests", False),
            since=today - timedelta(days=int(days) - 1) if days else None,
            version_id=int(version) if version else None,
        )

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
