"""Teams: who leads, who sits in them, when they work."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from teams import movements, staffing
from teams.access import StaffRequest, requires
from teams.forms.teams import TeamForm
from teams.models import Team
from teams.roles import Ability


@require_GET
@requires(Ability.MANAGE_PEOPLE)
def teams_list(request: StaffRequest) -> HttpResponse:
    teams = Team.objects.select_related("lead", "working_hours").order_by("name")
    teams = teams.annotate(seats=Count("memberships"))
    return render(request, "teams/teams.html", {"teams": teams})


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def new_team(request: StaffRequest) -> HttpResponse:
    return _edit(request, Team())


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def team(request: StaffRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Team, pk=pk))


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def team_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks first; a POST does it."""
    found = get_object_or_404(Team, pk=pk)
    if request.method == "GET":
        return render(request, "teams/team_deletion.html", {"team": found})
    try:
        staffing.dissolve_team(found, by=request.user, at=timezone.now())
    except staffing.TeamInUse as refusal:
        messages.error(request, str(refusal))
        return redirect("teams:team", pk)
    messages.success(request, _("The team is gone."))
    return redirect("teams:teams")


def _edit(request: StaffRequest, team: Team) -> HttpResponse:
    form = TeamForm(request.POST or None, team=team)
    if not form.is_valid():
        return render(request, "teams/team.html", {"form": form, "team": team})
    hours = form.cleaned_data["working_hours"]
    movement = movements.of_team(team, hours, at=timezone.now())
    seal = movements.seal({"working_hours": hours and hours.pk})
    if movement.tickets and request.POST.get("seal") != seal:
        context = {"form": form, "team": team, "movement": movement, "seal": seal}
        return render(request, "teams/team.html", context)
    staffing.staff_team(team, **form.cleaned_data, by=request.user, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("teams:teams")
