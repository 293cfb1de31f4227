"""Working hours that teams share, and the public holidays imported into them."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, ProtectedError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from teams import movements
from teams.access import StaffRequest, requires
from teams.forms.holiday_import import HolidayChoiceForm, HolidayQuestionForm
from teams.forms.working_hours import WorkingHoursForm
from teams.holiday_import import missing_years, with_days
from teams.models import WorkingHours
from teams.roles import Ability


@require_GET
@requires(Ability.MANAGE_PEOPLE)
def hours_list(request: StaffRequest) -> HttpResponse:
    today = timezone.localdate()
    found = WorkingHours.objects.order_by("name").annotate(used_by=Count("teams"))
    rows = [(hours, missing_years(hours, today=today)) for hours in found]
    return render(request, "teams/working_hours_list.html", {"hours_list": rows})


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def new_hours(request: StaffRequest) -> HttpResponse:
    week = {str(day): [["09:00", "18:00"]] for day in range(5)}
    return _edit(request, WorkingHours(weekly=week))


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def hours(request: StaffRequest, pk: int) -> HttpResponse:
    """A POST that moves deadlines shows first how many, and saves when sent again."""
    return _edit(request, get_object_or_404(WorkingHours, pk=pk))


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def hours_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks first; a POST does it."""
    found = get_object_or_404(WorkingHours, pk=pk)
    if request.method == "GET":
        return render(request, "teams/working_hours_deletion.html", {"hours": found})
    try:
        found.discard(by=request.user, at=timezone.now())
    except ProtectedError:
        messages.error(request, _("Teams still work by these hours."))
        return redirect("teams:hours", pk)
    messages.success(request, _("The working hours are gone."))
    return redirect("teams:hours_list")


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def holidays(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for a country and year (GET), choose among its days, add them (POST)."""
    found, now = get_object_or_404(WorkingHours, pk=pk), timezone.now()
    today = timezone.localdate(now)
    year = next(iter(missing_years(found, today=today)), today.year)
    question = HolidayQuestionForm(request.GET or None, today=today, year=year)
    context: dict[str, Any] = {"hours": found, "question": question}
    if not question.is_valid():
        return render(request, "teams/holidays.html", context)
    days = question.found
    choice = HolidayChoiceForm(request.POST or None, days=days, hours=found)
    context |= {"choice": choice, "days": days}
    if not choice.is_valid():
        return render(request, "teams/holidays.html", context)
    values = with_days(found, **choice.cleaned_data)
    if foreseen := _foreseen(request, found, values):
        return render(request, "teams/holidays.html", context | foreseen)
    found.set_hours(by=request.user, at=now, **values)
    messages.success(request, _added(len(choice.cleaned_data["closed"])))
    return redirect("teams:hours", pk)


def _edit(request: StaffRequest, hours: WorkingHours) -> HttpResponse:
    form = WorkingHoursForm(request.POST or None, hours=hours)
    missing = missing_years(hours, today=timezone.localdate()) if hours.pk else []
    context = {"form": form, "hours": hours, "missing": missing}
    if not form.is_valid():
        return render(request, "teams/working_hours.html", context)
    if foreseen := _foreseen(request, hours, form.cleaned_data):
        return render(request, "teams/working_hours.html", context | foreseen)
    hours.set_hours(**form.cleaned_data, by=request.user, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("teams:hours_list")


def _foreseen(
    request: StaffRequest, hours: WorkingHours, values: dict[str, Any]
) -> dict[str, object] | None:
    """What has to be confirmed first; None where nothing moves, or it was."""
    if hours.pk is None:
        return None
    names = ("name", "time_zone", "weekly", "holidays", "overrides")
    kept = {name: getattr(hours, name) for name in names}
    wanted = WorkingHours(pk=hours.pk, version=hours.version + 1, **{**kept, **values})
    movement = movements.of_hours(hours, wanted, at=timezone.now())
    seal = movements.seal(values)
    if not movement.tickets or request.POST.get("seal") == seal:
        return None
    return {"movement": movement, "seal": seal}


def _added(count: int) -> str:
    return ngettext(
        "%(count)d holiday is in the list.",
        "%(count)d holidays are in the list.",
        count,
    ) % {"count": count}
