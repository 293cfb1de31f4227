"""The page Closed loop."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboards.closed_loop import closed_loop_report
from dashboards.forms import DEFAULT_PRESET, FilterForm
from surveys.intake import local_day
from teams.access import StaffRequest, requires
from teams.roles import Ability


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def closed_loop(request: StaffRequest) -> HttpResponse:
    now, asked = timezone.now(), request.GET.copy()
    asked.setdefault("period", DEFAULT_PRESET)
    form = FilterForm(asked, user=request.user, today=local_day(now))
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        context["report"] = closed_loop_report(request.user, request.GET, at=now)
    status = 200 if form.is_valid() else 400
    return render(request, "dashboards/closed_loop.html", context, status=status)
