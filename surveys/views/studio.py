"""The studio: the list of surveys, a new one, the editor and what it saves."""

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from customers.condition_words import editor_words
from surveys import studio
from surveys.blanks import blanks
from surveys.document import plain, read_document
from surveys.draft_problems import REFUSALS, problem_of
from surveys.forms import BLANK, COPY, BasicsForm, NewSurveyForm, SurveyFilters
from surveys.loading import get_survey_for
from surveys.logic_words import editor_fields
from surveys.models import Survey
from surveys.results import answer_counts
from surveys.studio_words import words
from surveys.templates import TEMPLATES
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

PER_PAGE = 25
FORM_METHODS = ["GET", "HEAD", "POST"]


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def survey_list(request: StaffRequest) -> HttpResponse:
    filters = SurveyFilters(request.GET)
    surveys = filters.surveys(request.user).select_related("touchpoint", "version")
    page_obj = Paginator(surveys, PER_PAGE).get_page(request.GET.get("page"))
    counts = answer_counts(request.user, [s.pk for s in page_obj.object_list])
    context = {
        "filters": filters,
        "page_obj": page_obj,
        "rows": [(s, *counts.get(s.pk, (0, None))) for s in page_obj.object_list],
        "can_edit": can(request.user, Ability.EDIT_SURVEYS),
    }
    return render(request, "surveys/list.html", context)


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def create(request: StaffRequest) -> HttpResponse:
    asked = {name: request.GET.get(name) for name in ("touchpoint", "original")}
    if asked["original"]:
        asked["start"] = COPY
    form = NewSurveyForm(
        request.POST or None,
        user=request.user,
        initial={name: value for name, value in asked.items() if value},
    )
    if form.is_valid():
        survey = studio.create_survey(
            basics=form.basics(),
            document=form.document(),
            by=request.user,
            at=timezone.now(),
        )
        return redirect("surveys:edit", survey.pk)
    context = {
        "form": form,
        "templates": TEMPLATES.values(),
        "BLANK": BLANK,
        "COPY": COPY,
        "start": form["start"].value(),
    }
    return render(
        request, "surveys/create.html", context, status=422 if form.is_bound else 200
    )


@requires(Ability.EDIT_SURVEYS)
@require_safe
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    basics = BasicsForm(
        user=request.user,
        survey=survey,
        initial={
            "name": survey.name,
            "slug": survey.slug,
            "touchpoint": survey.touchpoint_id,
        },
    )
    context = {
        "survey": survey,
        "basics": basics,
        "can_edit": True,
        "words": {**words(), "condition": editor_words()},
        "state": {
            **_state(survey),
            "used": studio.used_ids(survey),
            "blanks": blanks(),
            "known_fields": _known_fields(survey),
        },
    }
    return render(request, "surveys/edit.html", context)


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def draft(request: StaffRequest, pk: int) -> HttpResponse:
    """GET: the draft as it is. POST {revision, changes}: changed by so much.

    409 with the draft as it is where somebody else changed it meanwhile, 422 with path
    and sentence where the outcome would be no survey. Brings the draft along where it is
    not as the browser believes, for forbidden markup was taken out.
    """
    survey = get_survey_for(request.user, pk)
    if request.method != "POST":
        return JsonResponse({**_state(survey), "csrf": get_token(request)})
    try:
        sent = json.loads(request.body)
        revision, changes = int(sent["revision"]), sent["changes"]
    except (ValueError, TypeError, KeyError):
        return JsonResponse({"sentence": _("This is no change.")}, status=400)
    try:
        is_as_sent = studio.change_draft(
            survey,
            revision=revision,
            changes=changes,
            by=request.user,
            at=timezone.now(),
        )
    except studio.StaleDraft as error:
        return JsonResponse(_state(error.survey), status=409)
    except REFUSALS as error:
        return JsonResponse(problem_of(error), status=422)
    return JsonResponse(_saved(survey) if is_as_sent else _state(survey))


@requires(Ability.EDIT_SURVEYS)
@require_POST
def basics(request: StaffRequest, pk: int) -> HttpResponse:
    """Name, touchpoint and address, saved beside the draft."""
    survey = get_survey_for(request.user, pk)
    form = BasicsForm(request.POST, user=request.user, survey=survey)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    studio.change_basics(
        survey, basics=form.basics(), by=request.user, at=timezone.now()
    )
    return JsonResponse({"name": survey.name, "slug": survey.slug})


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    if request.method != "POST":
        return render(request, "surveys/discard.html", {"survey": survey})
    try:
        studio.discard_draft(survey, by=request.user, at=timezone.now())
    except studio.CannotDiscard as error:
        messages.error(request, str(error))
        return redirect("surveys:detail", pk)
    messages.success(request, _("The draft was deleted."))
    return redirect("surveys:list")


def _state(survey: Survey) -> dict[str, Any]:
    return {**_saved(survey), "document": plain(read_document(survey.draft))}


def _saved(survey: Survey) -> dict[str, Any]:
    by = survey.draft_by
    return {
        "revision": survey.draft_revision,
        "by": str(by.name or by.email) if by else "",
        "at": survey.draft_at.isoformat() if survey.draft_at else None,
    }


def _known_fields(survey: Survey) -> list[dict[str, Any]]:
    """What conditions may ask beside answers; those the browser makes of the document."""
    fields = editor_fields(read_document(survey.draft), "en")
    return [f for f in fields if f["key"].startswith(("customer.", "language"))]
