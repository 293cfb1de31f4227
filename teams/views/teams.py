"""Teams: who leads, who sits in them, when they work."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.db.models import Count, F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams import movements, retirement, staffing
from teams.access import StaffRequest, requires
from teams.forms.teams import TeamForm
from teams.leaving import Part, held_by
from teams.models import Team, User
from teams.roles import Ability


@require_GET
@requires(Ability.MANAGE_PEOPLE)
def teams_list(request: StaffRequest) -> HttpResponse:
    teams = Team.objects.select_related("lead", "working_hours").order_by(
        F("retired_at").asc(nulls_first=True), "name"
    )
    teams = teams.annotate(seats=Count("memberships"))
    return render(request, "teams/teams.html", {"teams": teams})


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def new_team(request: StaffRequest) -> HttpResponse:
    return _edit(request, Team())


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def team(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Team, pk=pk)
    if found.retired_at is not None and request.method == "POST":
        return redirect("teams:team", pk)  # nobody sits in it before it is back
    return _edit(request, found)


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def team_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    page, done = "teams/team_deletion.html", _("The team is gone.")
    return _ask_first(request, pk, page, staffing.dissolve_team, done)


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def team_retirement(request: StaffRequest, pk: int) -> HttpResponse:
    page, done = "teams/team_retirement.html", _("The team is retired.")
    return _ask_first(request, pk, page, retirement.retire_team, done)


def _ask_first(
    request: StaffRequest, pk: int, page: str, end: Callable[..., None], done: str
) -> HttpResponse:
    """`page` asks; a POST does it."""
    found = get_object_or_404(Team, pk=pk)
    if request.method == "GET":
        return render(request, page, {"team": found})
    try:
        end(found, by=request.user, at=timezone.now())
    except (staffing.TeamInUse, retirement.StillNeeded) as refusal:
        messages.error(request, str(refusal))
        return redirect("teams:team", pk)
    messages.success(request, done)
    return redirect("teams:teams")


@require_POST
@requires(Ability.MANAGE_PEOPLE)
def team_return(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Team, pk=pk)
    retirement.bring_back(found, by=request.user, at=timezone.now())
    messages.success(request, _("The team is back. Choose who sits in it."))
    return redirect("teams:team", pk)


def _edit(request: StaffRequest, team: Team) -> HttpResponse:
    form = TeamForm(request.POST or None, team=team)
    if not form.is_valid():
        return render(request, "teams/team.html", {"form": form, "team": team})
    hours = form.cleaned_data["working_hours"]
    now = timezone.now()
    movement = movements.of_team(team, hours, at=now)
    leaving = _leaving(team, form, at=now)
    seal = movements.seal(
        {
            "working_hours": hours and hours.pk,
            "leaving": [person.pk for person, _count in leaving],
        }
    )
    if (movement.tickets or leaving) and request.POST.get("seal") != seal:
        context = {
            "form": form,
            "team": team,
            "movement": movement,
            "leaving": leaving,
            "seal": seal,
        }
        return render(request, "teams/team.html", context)
    staffing.staff_team(team, **form.cleaned_data, by=request.user, at=now)
    messages.success(request, _("Saved."))
    return redirect("teams:teams")


def _leaving(team: Team, form: TeamForm, *, at: datetime) -> list[tuple[User, int]]:
    """Who would leave the team, and how many pieces of its open work they hold."""
    lead, members = form.cleaned_data["lead"], form.cleaned_data["members"]
    gone = staffing.leavers(team, lead=lead, members=members)
    held = [(person, held_by(person, Part(team), at=at)) for person in gone]
    return [(person, count) for person, count in held if count]
