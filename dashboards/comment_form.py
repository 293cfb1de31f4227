"""What the page of comments is asked: filters, a score, and which quotes."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dashboards.comment_counts import SENTIMENTS, UNREAD
from dashboards.forms import DEFAULT_PRESET, FilterForm
from dashboards.registry import METRICS, SCORES
from surveys.comments import TOPICS
from surveys.intake import local_day
from surveys.taxonomy import CannotTeach, Correction, correction_of
from teams.models import User

LABELS = {
    "positive": _("Positive"),
    "neutral": _("Neutral"),
    "negative": _("Negative"),
    UNREAD: _("Not analysed"),
}


class CommentForm(FilterForm):
    """The filters; `topic`, `sentiment` and `q` narrow the quotes alone."""

    score = forms.ChoiceField(label=_("Score"), required=False)
    topic = forms.ChoiceField(label=_("Topic of the quotes"), required=False)
    sentiment = forms.ChoiceField(label=_("Sentiment of the quotes"), required=False)
    q = forms.CharField(label=_("Words in the quotes"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        leading, any_one = ("", str(_("The most given"))), ("", str(_("All")))
        scores = [(key, str(METRICS[key].label)) for key in SCORES]
        labels = [(key, str(LABELS[key])) for key in (*SENTIMENTS, UNREAD)]
        self._offer("score", [leading, *scores])
        self._offer("topic", [any_one, *topic_choices()])
        self._offer("sentiment", [any_one, *labels])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class CorrectionForm(forms.Form):
    """A word, and whether it is about a topic. `correction` after `is_valid()`."""

    word = forms.CharField(label=_("Word or phrase"), max_length=80)
    topic = forms.ChoiceField(label=_("Topic"))
    act = forms.ChoiceField(
        label=_("What is right"),
        choices=(
            ("add", _("It is about this topic")),
            ("remove", _("It is not about this topic")),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topic"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = topic_choices()
        self.fields["word"].help_text = _(
            "In English or in Chinese. One form will do: “seat” stands for “seats”, too."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                cleaned["correction"] = correction_of(
                    cleaned["word"], cleaned["topic"], is_added=cleaned["act"] == "add"
                )
            except CannotTeach as problem:
                self.add_error("word", str(problem))
        return cleaned

    @property
    def correction(self) -> Correction:
        found: Correction = self.cleaned_data["correction"]
        return found


def topic_choices() -> list[tuple[str, str]]:
    """By name, in the active language."""
    named = [(key, topic_name(key)) for key in TOPICS]
    return sorted(named, key=lambda choice: choice[1])


def topic_name(key: str) -> str:
    return str(_(TOPICS[key])) if key in TOPICS else key


def form_of(user: User, query: QueryDict, *, at: datetime) -> CommentForm:
    given = query.copy()
    given.setdefault("period", DEFAULT_PRESET)
    return CommentForm(given, user=user, today=local_day(at))
