"""Into the field and out of it: publish, pause, resume, close, and what was published."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from surveys import field
from surveys.document import document_texts, read_document
from surveys.loading import get_survey_for
from surveys.markup import plain_text
from surveys.models import Survey
from surveys.models.survey import IllegalTransition
from surveys.pages import NAMES
from teams.access import StaffRequest, can, requires
from teams.models import User
from teams.roles import Ability

FORM_METHODS = ["GET", "HEAD", "POST"]


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def publication(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    is_news = survey.version is None or survey.has_unpublished_changes
    if request.method == "POST" and is_news:
        done = _("The survey is live.")
        return _act(request, survey, field.publish, done, "surveys:share")
    context = {"survey": survey, "missing": _missing(survey), "can_edit": True}
    return render(request, "surveys/publish.html", context)


@requires(Ability.EDIT_SURVEYS)
@require_POST
def pause(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    return _act(request, survey, field.pause, _("The survey is paused."))


@requires(Ability.EDIT_SURVEYS)
@require_POST
def resumption(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    return _act(request, survey, field.resume, _("The survey is live again."))


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def closure(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    if request.method == "POST":
        return _act(request, survey, field.close, _("The survey is closed."))
    return render(request, "surveys/close.html", {"survey": survey})


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def versions(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    published = survey.versions.filter(number__isnull=False)
    context = {
        "survey": survey,
        "versions": published.select_related("created_by").order_by("-number"),
        "can_edit": can(request.user, Ability.EDIT_SURVEYS),
    }
    return render(request, "surveys/versions.html", context)


type_of_act = Callable[..., object]


def _act(
    request: StaffRequest,
    survey: Survey,
    act: type_of_act,
    done: str,
    then: str = "surveys:detail",
) -> HttpResponse:
    by: User = request.user
    now: datetime = timezone.now()
    try:
        act(survey, by=by, at=now)
    except IllegalTransition as error:
        messages.error(request, str(error))
        return redirect("surveys:detail", survey.pk)
    messages.success(request, done)
    return redirect(then, survey.pk)


def _missing(survey: Survey) -> list[tuple[str, str]]:
    """Texts without a translation: what they say, the language they lack."""
    document = read_document(survey.draft)
    return [
        (plain_text(next(filter(None, text.values()))), NAMES[language])
        for _path, text in document_texts(document)
        if any(text.values())
        for language in document.languages
        if not text.get(language)
    ]
