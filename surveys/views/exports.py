"""Pages of the Excel files that a worker writes: ask for one, watch it, fetch it."""

from datetime import datetime
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from surveys import exports, tasks
from surveys.export import download
from surveys.loading import get_survey_for
from surveys.models import Export, Survey
from surveys.result_filters import filters_for
from surveys.workbook import CONTENT_TYPE
from teams.access import StaffRequest, can, requires
from teams.models import User
from teams.roles import Ability

# Nobody needs more than what a week left.
MOST_SHOWN = 50


@requires(Ability.SEE_CUSTOMERS)
@require_http_methods(["GET", "HEAD", "POST"])
def export_list(request: StaffRequest, pk: int) -> HttpResponse:
    """The person's files; POST asks for one of what the address narrows to."""
    survey = get_survey_for(request.user, pk)
    now = timezone.now()
    if request.method == "POST":
        return _asked(request, survey, now)
    found = exports_of(request.user, survey, now)
    context = {
        "survey": survey,
        "rows": [(e, _state_of(e, now)) for e in found.order_by("-pk")[:MOST_SHOWN]],
        "filters": list(filters_for(survey, request.GET).set_words()),
        "can_edit": can(request.user, Ability.EDIT_SURVEYS),
    }
    return render(request, "surveys/exports.html", context)


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def export_detail(request: StaffRequest, pk: int, export: int) -> HttpResponse:
    one = get_export_for(request.user, pk, export)
    context = {
        "survey": one.survey,
        "export": one,
        "state": _state_of(one, timezone.now()),
        "filters": list(filters_for(one.survey, one.filters).set_words()),
        "can_edit": can(request.user, Ability.EDIT_SURVEYS),
    }
    # Asked again and again by the page itself, which needs no more than the card.
    part = "surveys/_export.html" if request.htmx else "surveys/export.html"  # type: ignore[attr-defined]
    return render(request, part, context)


@requires(Ability.SEE_CUSTOMERS)
@require_POST
def export_again(request: StaffRequest, pk: int, export: int) -> HttpResponse:
    one = get_export_for(request.user, pk, export)
    exports.start_again(one, at=timezone.now())
    transaction.on_commit(partial(tasks.ask_for_export, one.pk))
    return redirect(one)


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def export_file(request: StaffRequest, pk: int, export: int) -> HttpResponseBase:
    one = get_export_for(request.user, pk, export)
    if one.state != Export.State.READY or exports.is_outdated(one):
        return redirect(one)
    try:
        file = exports.path_of(one).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return download(file, one.download_name, CONTENT_TYPE)


def get_export_for(user: User, survey_id: int, pk: int) -> Export:
    """The person's own, of a survey that they still see, while it is kept."""
    survey = get_survey_for(user, survey_id)
    return get_object_or_404(exports_of(user, survey, timezone.now()), pk=pk)


def exports_of(user: User, survey: Survey, now: datetime) -> QuerySet[Export]:
    mine = Export.objects.filter(survey=survey, asked_by=user, expires_at__gt=now)
    return mine.select_related("survey", "asked_by")


def _asked(request: StaffRequest, survey: Survey, now: datetime) -> HttpResponse:
    try:
        one = exports.ask_for(
            survey,
            request.GET.dict(),
            by=request.user,
            at=now,
            language=get_language() or "en",
        )
    except exports.TooLarge as error:
        messages.error(request, str(error))
        return redirect("surveys:detail", survey.pk)
    transaction.on_commit(partial(tasks.ask_for_export, one.pk))
    return redirect(one)


def _state_of(export: Export, now: datetime) -> str:
    """The row's own, and two that only time and permission tell."""
    if export.state == Export.State.READY:
        return "outdated" if exports.is_outdated(export) else "ready"
    if export.state == Export.State.FAILED:
        return "failed"
    return str(export.state) if export.is_under_way(at=now) else "stalled"
