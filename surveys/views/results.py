"""What customers answered: a survey's score and words, and one answer in full."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from surveys import results
from surveys.comments import TOPICS
from surveys.document import Document, group_of, read_document
from surveys.elements import Language
from surveys.export import export_answers
from surveys.intake import local_day
from surveys.language import choose_language
from surveys.loading import get_response_for, get_survey_for
from surveys.models import Response, Survey
from surveys.pages import in_language
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

PER_PAGE = 20
GROUP_NAMES: Mapping[tuple[bool, str], Promise] = {
    (True, "promoter"): _("Promoters"),
    (True, "passive"): _("Passives"),
    (True, "detractor"): _("Detractors"),
    (False, "promoter"): _("High scores"),
    (False, "passive"): _("Middle scores"),
    (False, "detractor"): _("Low scores"),
}


class AnswerFilters(forms.Form):
    """Which answers to look at. A filter that cannot be read narrows nothing."""

    q = forms.CharField(label=_("Search comments"), required=False, max_length=120)
    period = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[
            ("", _("All time")),
            ("7", _("Last 7 days")),
            ("30", _("Last 30 days")),
            ("90", _("Last 90 days")),
            ("365", _("Last 365 days")),
        ],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    group = forms.ChoiceField(
        label=_("Score group"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    comments = forms.BooleanField(
        label=_("Only with a comment"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    tests = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", _("All"))]
        choices += group_choices(document)
        self.fields["group"].choices = choices  # type: ignore[attr-defined]

    def narrowed(self, today: date) -> results.Narrowed:
        self.full_clean()
        chosen = self.cleaned_data
        days = chosen.get("period")
        return results.Narrowed(
            since=today - timedelta(days=int(days) - 1) if days else None,
            group=chosen.get("group", ""),
            words=chosen.get("q", ""),
            only_comments=chosen.get("comments", False),
            is_test=chosen.get("tests", False),
        )


def group_choices(document: Document) -> list[tuple[str, str]]:
    """Each group as it is called for this metric, with its scores."""
    element = document.score
    if element is None:
        return []
    is_nps = element.type == "nps"
    return [
        (group, f"{GROUP_NAMES[is_nps, group]} ({scores})")
        for group, scores in results.group_ranges(element).items()
    ]


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    document = _document_of(survey)
    filters = AnswerFilters(request.GET, document=document)
    narrowed = filters.narrowed(local_day(timezone.now()))
    answers = results.responses_in(survey.pk, request.user, narrowed)
    shown = results.listed(answers, document, narrowed).select_related("customer")
    page_obj = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    language = _language()
    context = {
        "survey": survey,
        "filters": filters,
        "narrowed": narrowed,
        "results": results.results_of(answers, document.score)
        if document.score
        else None,
        "question": in_language(document.score.text, language)
        if document.score
        else "",
        "groups": dict(group_choices(document)),
        "ratings": [
            (in_language(rated.text, language), rated.score)
            for rated in results.ratings_in(answers, document)
        ],
        "page_obj": page_obj,
        "rows": [(r, _score_of(r, document)) for r in page_obj.object_list],
        "can_edit": can(request.user, Ability.EDIT_SURVEYS),
    }
    return render(request, "surveys/detail.html", context)


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def export(request: StaffRequest, pk: int) -> HttpResponseBase:
    survey = get_survey_for(request.user, pk)
    document, now = _document_of(survey), timezone.now()
    narrowed = AnswerFilters(request.GET, document=document).narrowed(local_day(now))
    answers = results.responses_in(survey.pk, request.user, narrowed)
    shown = results.listed(answers, document, narrowed)
    return export_answers(survey, shown, by=request.user, at=now)


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def response(request: StaffRequest, pk: UUID) -> HttpResponse:
    answer = get_response_for(request.user, pk)
    document = read_document(answer.version.document)
    language = _language()
    context = {
        "response": answer,
        "survey": answer.survey,
        "answers": [
            (in_language(e.text, language), e.type, answer.answers.get(e.id), e)
            for e in document.elements
        ],
        "score": _score_of(answer, document),
        "topics": [gettext(TOPICS[key]) for key in answer.topics if key in TOPICS],
    }
    return render(request, "surveys/response.html", context)


def _document_of(survey: Survey) -> Document:
    """What is in the field, else the draft."""
    version = survey.version
    return read_document(version.document if version else survey.draft)


def _score_of(answer: Response, document: Document) -> tuple[int | None, int, str]:
    """The leading score, the end of its scale, and the group it lies in."""
    element = document.score
    if element is None:
        return None, 0, "passive"
    value: int | None = getattr(answer, element.type)
    return value, element.scale, group_of(element.type, value, element.scale)


def _language() -> Language:
    return choose_language(get_language(), "")
