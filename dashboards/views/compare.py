"""The page on which two groups stand side by side."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboards.compare_page import asked_score, compare_page
from dashboards.compare_query import AGAINST, read_compared
from dashboards.comparing import NotComparable
from dashboards.report import Impossible
from surveys.intake import local_day
from teams.access import StaffRequest, requires
from teams.roles import Ability


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def compare(request: StaffRequest) -> HttpResponse:
    try:
        key = asked_score(request.GET)
    except Impossible as problem:
        page = {"problem": str(problem)}
        return render(request, "dashboards/compare.html", page, status=400)
    today = local_day(timezone.now())
    asked = read_compared(request.GET, user=request.user, today=today)
    context: dict[str, object] = {"asked": asked, "key": key, "against": AGAINST}
    if not asked.is_valid:
        return render(request, "dashboards/compare.html", context, status=400)
    try:
        context["shown"] = compare_page(request.user, request.GET, asked, key)
    except NotComparable as problem:
        context["refused"] = str(problem)
    return render(request, "dashboards/compare.html", context)
