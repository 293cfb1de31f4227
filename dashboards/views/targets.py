"""What the company wants its numbers to reach."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from dashboards.target_form import TargetForm, lines_of
from dashboards.targets import history, set_target, targets_on
from surveys.intake import local_day
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

PER_PAGE = 50


@requires(Ability.SEE_DASHBOARDS)
def targets(request: StaffRequest) -> HttpResponse:
    """What holds today, the history, and for some a form to set another one."""
    now = timezone.now()
    today = local_day(now)
    may_edit = can(request.user, Ability.EDIT_DASHBOARDS)
    form = TargetForm(
        request.POST or None, initial={"from_day": today, **_asked(request)}
    )
    if request.method == "POST" and may_edit and form.is_valid():
        set_target(**form.cleaned_data, by=request.user, at=now)
        messages.success(request, _("The target is set."))
        return redirect("dashboards:targets")
    pages = Paginator(history(), PER_PAGE).get_page(request.GET.get("page"))
    page = {
        "form": form if may_edit else None,
        "in_force": lines_of(targets_on(today)),
        "page_obj": pages,
    }
    refused = 422 if may_edit else 403
    status = refused if request.method == "POST" else 200
    return render(request, "dashboards/targets.html", page, status=status)


def _asked(request: StaffRequest) -> dict[str, str]:
    return {"metric": request.GET.get("metric", "")}
