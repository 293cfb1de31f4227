"""Pages of the dashboards."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from dashboards.annotations import marked_days
from dashboards.breakdown import breakdown
from dashboards.charts import chart_of
from dashboards.forms import DEFAULT_PRESET, FilterForm
from dashboards.home import overview, rest
from dashboards.mover_words import told
from dashboards.sections import kept_query
from dashboards.tables import TABS, table_of
from dashboards.tiles import answer_tiles, loop_tiles, reach_tiles
from surveys.intake import local_day
from teams.access import StaffRequest, requires
from teams.roles import Ability


@requires(Ability.SEE_DASHBOARDS)
def kpis(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = _filter_form(request, at=now)
    page = _page(form)
    if not form.is_valid():
        return render(request, "dashboards/kpis.html", page, status=400)
    shown = overview(request.user, period=form.span, filters=form.filters, at=now)
    marks = marked_days(request.user, form.span.start, form.span.end)
    page |= {
        "overview": shown,
        "answers": answer_tiles(shown),
        "loop": loop_tiles(shown, request.user),
        "charts": [chart_of(trend, marks=marks) for trend in shown.trends],
        "shows_maths": True,
        "query": kept_query(request.GET),
        "fresh_stamp": shown.standing.stamp,
    }
    return render(request, "dashboards/kpis.html", page)


@requires(Ability.SEE_DASHBOARDS)
def home_rest(request: StaffRequest) -> HttpResponse:
    """The part of the first page that follows; the whole page where nobody fetches it."""
    now = timezone.now()
    form = _filter_form(request, at=now)
    if not form.is_valid():
        return render(request, "dashboards/kpis.html", _page(form), status=400)
    found = rest(request.user, period=form.span, filters=form.filters, at=now)
    context = {
        "reach": reach_tiles(found),
        "movers": told(found.movers, request.GET) if found.movers else None,
        "shows_maths": True,
        "query": kept_query(request.GET),
    }
    is_part = "HX-Request" in request.headers
    name = "dashboards/_home_rest.html" if is_part else "dashboards/home_rest.html"
    return render(request, name, context)


@requires(Ability.SEE_DASHBOARDS)
def by_dimension(request: StaffRequest, dimension: str) -> HttpResponse:
    tab = next((tab for tab in TABS if tab.slug == dimension), None)
    if tab is None:
        raise Http404
    form = _filter_form(request, at=timezone.now())
    page = _page(form) | {"current": tab}
    if not form.is_valid():
        return render(request, "dashboards/by_dimension.html", page, status=400)
    found = breakdown(
        request.user, by=tab.dimension, period=form.span, filters=form.filters
    )
    page |= {"table": table_of(found, request.GET), "span": form.span}
    return render(request, "dashboards/by_dimension.html", page)


def _filter_form(request: StaffRequest, *, at: datetime) -> FilterForm:
    asked = request.GET.copy()
    asked.setdefault("period", DEFAULT_PRESET)
    return FilterForm(asked, user=request.user, today=local_day(at))


def _page(form: FilterForm) -> dict[str, Any]:
    return {"form": form, "tabs": TABS, "time_zone": settings.TIME_ZONE}
