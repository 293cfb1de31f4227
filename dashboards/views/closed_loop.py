"""The page Closed loop, and the low answers behind each of its steps."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboards.asked import facts_of
from dashboards.closed_loop import closed_loop_report
from dashboards.closed_loop_figures import NOT_YET, STEP_LABELS
from dashboards.forms import DEFAULT_PRESET, FilterForm
from dashboards.loop_steps import answers_at
from surveys.intake import local_day
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

PER_PAGE = 50


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def closed_loop(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = _form(request)
    context: dict[str, object] = {"form": form, "steps": STEP_LABELS.items()}
    if form.is_valid():
        context["report"] = closed_loop_report(request.user, request.GET, at=now)
        context["sees_customers"] = can(request.user, Ability.SEE_CUSTOMERS)
    status = 200 if form.is_valid() else 400
    return render(request, "dashboards/closed_loop.html", context, status=status)


@requires(Ability.SEE_DASHBOARDS)
@requires(Ability.SEE_CUSTOMERS)
@require_safe
def loop_step(request: StaffRequest, step: str) -> HttpResponse:
    """Those that got so far; with `not` in the address those that did not."""
    if step not in STEP_LABELS:
        raise Http404
    form, is_not = _form(request), bool(request.GET.get(NOT_YET))
    context: dict[str, object] = {
        "form": form,
        "label": STEP_LABELS[step],
        "is_not": is_not,
        "carried": [(NOT_YET, "1")] if is_not else [],
        "opens_tickets": can(request.user, Ability.WORK_TICKETS),
    }
    if form.is_valid():
        found = answers_at(
            request.user, form.span, form.filters, step=step, is_not=is_not
        )
        pages = Paginator(found, PER_PAGE)
        context["page_obj"] = pages.get_page(request.GET.get("page"))
        context["facts"] = facts_of(request.user, form)
    status = 200 if form.is_valid() else 400
    return render(request, "dashboards/loop_step.html", context, status=status)


def _form(request: StaffRequest) -> FilterForm:
    asked = request.GET.copy()
    asked.setdefault("period", DEFAULT_PRESET)
    today = local_day(timezone.now())
    return FilterForm(asked, user=request.user, today=today)
