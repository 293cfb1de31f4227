"""The page that explains why a number moved."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboards.explore_page import carried_by
from dashboards.forms import DEFAULT_PRESET, FilterForm
from dashboards.report import Impossible
from dashboards.why_page import asked_key, why_page
from surveys.intake import local_day
from teams.access import StaffRequest, requires
from teams.roles import Ability


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def why(request: StaffRequest) -> HttpResponse:
    given = request.GET.copy()
    given.setdefault("period", DEFAULT_PRESET)
    form = FilterForm(given, user=request.user, today=local_day(timezone.now()))
    page = {"form": form, "carried": carried_by(request.GET)}
    try:
        key = asked_key(request.GET)
    except Impossible as problem:
        page["problem"] = str(problem)
        return render(request, "dashboards/why.html", page, status=400)
    if not form.is_valid():
        return render(request, "dashboards/why.html", page, status=400)
    page |= {
        "span": form.span,
        "shown": why_page(request.user, request.GET, form, key),
    }
    return render(request, "dashboards/why.html", page)
