"""Who can sign in, as what, and what they may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams import absences, leaving, lockouts, movements, people, scopes
from teams.access import StaffRequest, requires
from teams.forms.people import PersonForm, ScopeForm
from teams.models import User
from teams.roles import Ability

PAGE = 25


@require_GET
@requires(Ability.MANAGE_PEOPLE)
def people_list(request: StaffRequest) -> HttpResponse:
    words, state = request.GET.get("q", "").strip(), request.GET.get("state", "active")
    found = _people(words, state)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    return render(
        request,
        "teams/people.html",
        {
            "page_obj": page,
            "locked_out": lockouts.locked_out_among(page.object_list, at=now),
            "absent": set(absences.current(at=now)),
            "q": words,
            "state": state,
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def invitation(request: StaffRequest) -> HttpResponse:
    form = PersonForm(request.POST or None)
    if form.is_valid():
        person = people.invite(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(
            request,
            _("The invitation to %(email)s is on its way.") % {"email": person.email},
        )
        return redirect("teams:person", person.pk)
    return render(request, "teams/invitation.html", {"form": form})


@require_http_methods(["GET", "POST"])
@requires(Ability.MANAGE_PEOPLE)
def person(request: StaffRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(User, pk=pk)
    form = PersonForm(request.POST or None, person=someone)
    if form.is_valid() and _change(request, someone, **form.cleaned_data):
        return redirect("teams:person", pk)
    return _person_page(request, someone, form=form)


@require_POST
@requires(Ability.MANAGE_PEOPLE)
def activity(request: StaffRequest, pk: int) -> HttpResponse:
    """Close an account, or open it again."""
    someone = get_object_or_404(User, pk=pk)
    _change(request, someone, is_active=request.POST.get("is_active") == "true")
    return redirect("teams:person", pk)


@require_POST
@requires(Ability.MANAGE_PEOPLE)
def person_presence(request: StaffRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(User, pk=pk)
    _change(request, someone, is_present=request.POST.get("is_present") == "true")
    return redirect("teams:person", pk)


@require_POST
@requires(Ability.MANAGE_PEOPLE)
def lockout_removal(request: StaffRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(User, pk=pk)
    lockouts.let_in_again(someone, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s can sign in again.") % {"name": someone.name})
    return redirect("teams:person", pk)


@require_POST
@requires(Ability.MANAGE_PEOPLE)
def invitation_again(request: StaffRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(User, pk=pk, is_active=True)
    people.send_invitation(someone, at=timezone.now())
    messages.success(
        request,
        _("A letter with a link to choose a password goes to %(email)s.")
        % {"email": someone.email},
    )
    return redirect("teams:person", pk)


@require_POST
@requires(Ability.MANAGE_PEOPLE)
def scope_addition(request: StaffRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(User, pk=pk)
    form = ScopeForm(request.POST)
    if not form.is_valid():
        return _person_page(request, someone, scope_form=form)
    now = timezone.now()
    narrowed = scopes.with_line(someone, **form.cleaned_data)
    asked = _asked_first(request, someone, narrowed, at=now)
    if asked:
        return _person_page(request, someone, scope_form=form, handing_on=asked)
    scopes.set_scope(someone, **form.cleaned_data, by=request.user, at=now)
    return redirect("teams:person", pk)


@require_POST
@requires(Ability.MANAGE_PEOPLE)
def scope_removal(request: StaffRequest, pk: int, scope_pk: int) -> HttpResponse:
    someone = get_object_or_404(User, pk=pk)
    scope = get_object_or_404(someone.scopes, pk=scope_pk)
    now = timezone.now()
    asked = _asked_first(request, someone, scopes.without_line(scope), at=now)
    if asked:
        return _person_page(request, someone, handing_on=asked)
    scopes.remove_scope(scope, by=request.user, at=now)
    return redirect("teams:person", pk)


def _people(words: str, state: str) -> QuerySet[User]:
    found = User.objects.order_by("name", "pk").prefetch_related("teams")
    if state in {"active", "closed"}:
        found = found.filter(is_active=state == "active")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(email__icontains=words))
    return found


def _change(request: StaffRequest, someone: User, **fields: object) -> bool:
    """Whether it was allowed; says to the person at the screen what happened."""
    try:
        people.change_person(someone, by=request.user, at=timezone.now(), **fields)
    except (people.LastAdministrator, people.StillLeads) as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, _("Saved."))
    return True


@dataclass(frozen=True)
class HandingOn:
    """What goes to whom before somebody sees less; `fields` repeat the act."""

    heirs: Sequence[tuple[User, int]]
    path: str
    fields: Mapping[str, str]
    seal: str


def _asked_first(
    request: StaffRequest, someone: User, narrowed: User, *, at: datetime
) -> HandingOn | None:
    """What has to be confirmed; None where nothing moves or just that was."""
    heirs = leaving.plan_for(someone, leaving.Part(narrowed=narrowed), at=at)
    counted = [(heir.pk, count) for heir, count in heirs]
    seal = movements.seal({"path": request.path, "heirs": counted})
    if not heirs or request.POST.get("seal") == seal:
        return None
    names = ("effect", "what")
    fields = {name: request.POST[name] for name in names if name in request.POST}
    return HandingOn(heirs, request.path, fields, seal)


def _person_page(
    request: HttpRequest, someone: User, **more: PersonForm | ScopeForm | HandingOn
) -> HttpResponse:
    now: datetime = timezone.now()
    context: dict[str, Any] = {
        "person": someone,
        "form": PersonForm(person=someone),
        "scope_form": ScopeForm(),
        "scopes": scopes.lines_of(someone),
        "led": someone.led_teams.order_by("name"),
        "is_locked_out": lockouts.is_locked_out(someone, at=now),
        "absent": set(absences.current(at=now)),
        "heirs": leaving.plan_for(someone, at=now) if someone.is_active else [],
        **more,
    }
    return render(request, "teams/person.html", context)
