"""How a number came about: its parts, what was left out, and the rows behind it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboards.asked import facts_of, form_for, refuse_other_version
from dashboards.maths import maths_of
from dashboards.measuring import Question, UnknownMetric
from dashboards.report import Impossible
from dashboards.rows import PER_PAGE, has_rows, rows_behind
from dashboards.sections import kept_query
from dashboards.targets import targets_on
from dashboards.tiles import tile_of
from teams.access import StaffRequest, can, requires
from teams.roles import Ability


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def maths(request: StaffRequest, key: str) -> HttpResponse:
    now = timezone.now()
    try:
        refuse_other_version(key, request.GET)
        form = form_for(request.user, request.GET, at=now)
    except Impossible as problem:
        return _refused(request, problem)
    question = Question(request.user, form.filters, form.span, now)
    try:
        shown = maths_of(key, question)
    except UnknownMetric as unknown:
        raise Http404 from unknown
    page: dict[str, Any] = {
        "maths": shown,
        "tile": tile_of(shown.result, target=targets_on(form.span.end).get(key)),
        "facts": facts_of(request.user, form),
        "query": kept_query(request.GET),
        "can_see_rows": has_rows(shown.metric)
        and can(request.user, Ability.SEE_CUSTOMERS),
    }
    return render(request, "dashboards/maths.html", page)


@requires(Ability.SEE_DASHBOARDS)
@requires(Ability.SEE_CUSTOMERS)
@require_safe
def rows(request: StaffRequest, key: str) -> HttpResponse:
    now = timezone.now()
    try:
        refuse_other_version(key, request.GET)
        form = form_for(request.user, request.GET, at=now)
    except Impossible as problem:
        return _refused(request, problem)
    question = Question(request.user, form.filters, form.span, now)
    behind = rows_behind(key, question)
    page = {
        "behind": behind,
        "page_obj": Paginator(behind.found, PER_PAGE).get_page(request.GET.get("page")),
        "facts": facts_of(request.user, form),
        "query": kept_query(request.GET),
        "opens_tickets": can(request.user, Ability.WORK_TICKETS),
    }
    return render(request, "dashboards/rows.html", page)


def _refused(request: StaffRequest, problem: Impossible) -> HttpResponse:
    page = {"problem": str(problem)}
    return render(request, "dashboards/refused.html", page, status=400)
