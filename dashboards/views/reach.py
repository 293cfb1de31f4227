"""The page Reach."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboards.forms import DEFAULT_PRESET, FilterForm
from dashboards.reach import WEIGHTED, reach_report
from surveys.intake import local_day
from teams.access import StaffRequest, requires
from teams.roles import Ability


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def reach(request: StaffRequest) -> HttpResponse:
    now, asked = timezone.now(), request.GET.copy()
    asked.setdefault("period", DEFAULT_PRESET)
    form = FilterForm(asked, user=request.user, today=local_day(now))
    is_weighted = bool(request.GET.get(WEIGHTED))
    context: dict[str, object] = {
        "form": form,
        "is_weighted": is_weighted,
        "carried": [(WEIGHTED, "1")] if is_weighted else [],
    }
    if form.is_valid():
        context["report"] = reach_report(request.user, request.GET, at=now)
    status = 200 if form.is_valid() else 400
    return render(request, "dashboards/reach.html", context, status=status)
