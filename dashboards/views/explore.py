"""The page on which a number is looked into, down to single answers."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboards import fresh
from dashboards.explore_page import carried_by, explore_page
from dashboards.explore_query import read_asked
from dashboards.forms import DEFAULT_PRESET, FilterForm
from dashboards.report import Impossible
from dashboards.series import filled_to
from surveys.intake import local_day
from teams.access import StaffRequest, requires
from teams.roles import Ability


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def explore(request: StaffRequest) -> HttpResponse:
    given = request.GET.copy()
    given.setdefault("period", DEFAULT_PRESET)
    form = FilterForm(given, user=request.user, today=local_day(timezone.now()))
    page = {"form": form, "carried": carried_by(request.GET)}
    try:
        asked = read_asked(request.GET)
    except Impossible as problem:
        page["problem"] = str(problem)
        return render(request, "dashboards/explore.html", page, status=400)
    if not form.is_valid():
        return render(request, "dashboards/explore.html", page, status=400)
    # Before the numbers are read, so that what comes meanwhile is news.
    page["fresh_stamp"] = fresh.stamp(today=form.today)
    page |= {
        "filled_to": filled_to(),
        "time_zone": settings.TIME_ZONE,
        "span": form.span,
        "shown": explore_page(request.user, request.GET, form, asked),
    }
    return render(request, "dashboards/explore.html", page)
