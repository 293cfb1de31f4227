"""The page of key drivers: ask for a calculation, watch it, read it."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboards import driver_runs, tasks
from dashboards.driver_data import attributes_of
from dashboards.driver_form import (
    MOST,
    TICKED,
    DriverForm,
    asked_of,
    form_of,
    survey_of,
    surveys_with_drivers,
)
from dashboards.driver_words import (
    Line,
    base_words,
    importance_figure,
    lines_of,
    quadrant_figure,
    quadrants,
    refusal_words,
    seldom_rated,
    share_text,
)
from dashboards.models import DriverRun
from surveys.models import Survey
from teams.access import StaffRequest, can, requires
from teams.models import User
from teams.roles import Ability

PAGE = "dashboards/drivers/page.html"


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def drivers(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = form_of(request.user, request.GET, at=now)
    if not form.is_valid():
        return render(request, PAGE, {"form": form}, status=400)
    context: dict[str, Any] = {"form": form, "most": MOST, "ticked_name": TICKED}
    survey = survey_of(request.user, form)
    if survey is None:
        context["surveys"] = _told_briefly(request.user)
    else:
        context |= _asked(request, form)
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, PAGE, context)
    # Asked again and again by the page itself while a worker calculates. The figures of
    # what is done need scripts that the page has not loaded.
    response = render(request, "dashboards/drivers/_run.html", context)
    if context.get("run") is None or context["run"].is_over:
        response["HX-Refresh"] = "true"
    return response


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def run(request: StaffRequest) -> HttpResponse:
    """Calculate what the address and the ticks ask; the page's address then says both."""
    now = timezone.now()
    query = request.GET.copy()
    query.setlist(TICKED, request.POST.getlist(TICKED)[:MOST])
    form = form_of(request.user, query, at=now)
    survey = survey_of(request.user, form) if form.is_valid() else None
    if survey is not None:
        asked, _offered = asked_of(request.user, survey, form, query)
        if asked.outcome and asked.attributes:
            found = driver_runs.ask_for(asked, by=request.user, at=now)
            transaction.on_commit(partial(tasks.ask_for_drivers, found.pk))
    if len(request.POST.getlist(TICKED)) > MOST:
        messages.warning(request, _("At most 16 attributes; the first were taken."))
    return redirect(f"{reverse('dashboards:drivers')}?{query.urlencode()}")


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def cancellation(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(driver_runs.runs_of(request.user), pk=pk)
    if not found.is_over:
        driver_runs.cancel(found)
    return redirect(f"{reverse('dashboards:drivers')}?{request.GET.urlencode()}")


def _asked(request: StaffRequest, form: DriverForm) -> dict[str, Any]:
    survey = survey_of(request.user, form)
    assert survey is not None
    asked, offered = asked_of(request.user, survey, form, request.GET)
    found = driver_runs.newest(request.user, asked) if asked.attributes else None
    context: dict[str, Any] = {
        "survey": survey,
        "asked": asked,
        "offered": [(a, a.key in asked.attributes) for a in offered],
        "run": found,
        "is_stalled": found and driver_runs.is_stalled(found, at=timezone.now()),
        "time_zone": settings.TIME_ZONE,
    }
    if found is None:
        context["earlier"] = found = driver_runs.closest(request.user, asked)
    if found and found.state == DriverRun.State.DONE:
        context |= _result(request, found, offered)
    return context


def _told_briefly(user: User) -> list[tuple[Survey, DriverRun | None, list[Line]]]:
    """The surveys that can be asked, with what was calculated last."""
    found = []
    for survey in surveys_with_drivers(user):
        run = driver_runs.latest(user, survey)
        lines = lines_of(run, attributes_of(user, survey)) if run else []
        found.append((survey, run, [line for line in lines if line.is_significant][:3]))
    return found


def _result(request: StaffRequest, found: DriverRun, offered: Any) -> dict[str, Any]:
    refused = refusal_words(found.result)
    if refused:
        rated = seldom_rated(found.result, offered)
        return {"refused": refused, "rated": rated}
    lines = lines_of(found, offered)
    return {
        "lines": lines,
        "r2": share_text(100 * found.result["r2"]),
        "base": base_words(found.result),
        "collinear": [line.label for line in lines if line.is_collinear],
        "importance": importance_figure(found, lines),
        "scatter": quadrant_figure(lines),
        "quadrants": quadrants(lines),
        "touchpoint": found.survey.touchpoint,
        "may_lead": can(request.user, Ability.ASSIGN_TICKETS),
        "may_edit_journeys": can(request.user, Ability.EDIT_JOURNEYS),
    }
