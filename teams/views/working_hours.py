"""Working hours that teams share."""

from django.contrib import messages
from django.db.models import Count, ProtectedError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from teams.access import StaffRequest, requires
from teams.forms.working_hours import WorkingHoursForm
from teams.models import WorkingHours
from teams.roles import Ability


@require_GET
@requires(Ability.MANAGE_PEOPLE)
def hours_list(request: StaffRequest) -> HttpResponse:
    hours = WorkingHours.objects.order_by("name").annotate(used_by=Count("teams"))
    return render(request, "teams/working_hours_list.html", {"hours_list": hours})


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def new_hours(request: StaffRequest) -> HttpResponse:
    week = {str(day): [["09:00", "18:00"]] for day in range(5)}
    return _edit(request, WorkingHours(weekly=week))


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def hours(request: StaffRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(WorkingHours, pk=pk))


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def hours_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks first; a POST does it."""
    found = get_object_or_404(WorkingHours, pk=pk)
    if request.method == "GET":
        return render(request, "teams/working_hours_deletion.html", {"hours": found})
    try:
        found.delete()
    except ProtectedError:
        messages.error(request, _("Teams still work by these hours."))
        return redirect("teams:hours", pk)
    messages.success(request, _("The working hours are gone."))
    return redirect("teams:hours_list")


def _edit(request: StaffRequest, hours: WorkingHours) -> HttpResponse:
    form = WorkingHoursForm(request.POST or None, hours=hours)
    if not form.is_valid():
        context = {"form": form, "hours": hours}
        return render(request, "teams/working_hours.html", context)
    hours.set_hours(**form.cleaned_data, by=request.user, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("teams:hours_list")
