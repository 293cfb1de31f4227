"""The outer loop's pages: what the causes cost, and what is done about them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from surveys.intake import local_day
from teams.access import StaffRequest, can, requires
from teams.models import Team, User
from teams.roles import Ability
from tickets import initiatives, outer_loop
from tickets.closure_letter import UNREACHABLE
from tickets.initiative_effect import effect_of
from tickets.initiative_forms import (
    ActionForm,
    CausesForm,
    DecisionForm,
    InitiativeForm,
    LettersForm,
)
from tickets.models import IllegalAct, Initiative, InitiativeAction


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """What the causes cost, and the board."""
    today = local_day(timezone.now())
    form = CausesForm(request.GET, user=request.user)
    asked = form.asked(today)
    pareto = outer_loop.pareto_for(request.user, asked)
    context = {
        "form": form,
        "asked": asked,
        "currency": settings.CURRENCY,
        "pareto": pareto,
        "orphans": [row for row in pareto.rows if row.wants_initiative],
        "board": _board(request.user),
        "may_lead": initiatives.may_lead(request.user),
        "may_edit_causes": can(request.user, Ability.EDIT_RULES),
        "may_work": can(request.user, Ability.WORK_TICKETS),
        "today": today,
    }
    return render(request, "tickets/initiatives/overview.html", context)


@requires(Ability.ASSIGN_TICKETS)
def create(request: StaffRequest) -> HttpResponse:
    """From what the address names: `?cause=3&cause=5&touchpoint=2`."""
    named = {
        name: [value for value in request.GET.getlist(name) if value.isdigit()]
        for name in ("cause", "touchpoint")
    }
    initial = {
        "causes": named["cause"],
        "touchpoints": named["touchpoint"],
        "lead": request.user.pk,
        "starts_on": local_day(timezone.now()),
        "team": Team.objects.filter(lead=request.user).values_list("pk").first(),
    }
    form = InitiativeForm(request.POST or None, user=request.user, initial=initial)
    return _saved(request, form) or render(
        request, "tickets/initiatives/edit.html", {"form": form}
    )


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    found = _initiative_for(request.user, pk)
    return render(request, "tickets/initiatives/detail.html", _shown(request, found))


@requires(Ability.ASSIGN_TICKETS)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    found = _initiative_for(request.user, pk)
    form = InitiativeForm(request.POST or None, user=request.user, instance=found)
    context = {"form": form, "initiative": found}
    return _saved(request, form) or render(
        request, "tickets/initiatives/edit.html", context
    )


@requires(Ability.ASSIGN_TICKETS)
@require_POST
def state(request: StaffRequest, pk: int) -> HttpResponse:
    found = _initiative_for(request.user, pk)
    try:
        initiatives.move(
            found,
            to=request.POST.get("to", ""),
            by=request.user,
            at=timezone.now(),
        )
    except IllegalAct as refusal:
        messages.error(request, str(refusal))
    return redirect(found)


@requires(Ability.ASSIGN_TICKETS)
@require_POST
def actions(request: StaffRequest, pk: int) -> HttpResponse:
    found = _initiative_for(request.user, pk)
    form = ActionForm(request.POST)
    if not form.is_valid():
        return _again(request, found, action_form=form)
    initiatives.add_action(
        found, **form.cleaned_data, by=request.user, at=timezone.now()
    )
    return redirect(found)


@requires(Ability.SEE_CUSTOMERS)
@require_POST
def action(request: StaffRequest, pk: int, action_pk: int) -> HttpResponse:
    """Whoever has to do it may tick it off, and so may leads."""
    found = _initiative_for(request.user, pk)
    step = get_object_or_404(InitiativeAction, pk=action_pk, initiative=found)
    if step.assignee_id != request.user.pk and not initiatives.may_lead(request.user):
        raise PermissionDenied
    is_done = request.POST.get("done") == "1"
    initiatives.mark_action(step, is_done=is_done, by=request.user, at=timezone.now())
    return redirect(found)


@requires(Ability.ASSIGN_TICKETS)
@require_POST
def decisions(request: StaffRequest, pk: int) -> HttpResponse:
    found = _initiative_for(request.user, pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _again(request, found, decision_form=form)
    initiatives.decide(found, **form.cleaned_data, by=request.user, at=timezone.now())
    return redirect(found)


@requires(Ability.ASSIGN_TICKETS)
def letters(request: StaffRequest, pk: int) -> HttpResponse:
    """“You told us, we changed it”: who is told, who is not and why, and the words."""
    found = _initiative_for(request.user, pk)
    form = LettersForm(request.POST or None, drafts=initiatives.draft(found))
    if request.method == "POST" and form.is_valid():
        try:
            told = initiatives.tell_customers(
                found, form.letters(), by=request.user, at=timezone.now()
            )
        except IllegalAct as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _told(told))
        return redirect(found)
    audience = initiatives.affected(found, request.user)
    context = {
        "initiative": found,
        "form": form,
        "audience": audience,
        "shown": audience.customers[:20],
        "skipped": [(UNREACHABLE[r], n) for r, n in sorted(audience.skipped.items())],
    }
    return render(request, "tickets/initiatives/letters.html", context)


def _initiative_for(user: User, pk: int) -> Initiative:
    """The initiative if the person may see its team, else 404."""
    seen = Initiative.objects.visible_to(user).select_related("team", "lead")
    return get_object_or_404(seen, pk=pk)


def _saved(request: StaffRequest, form: InitiativeForm) -> HttpResponse | None:
    if request.method != "POST" or not form.is_valid():
        return None
    given = form.cleaned_data
    initiative = form.save(commit=False)
    initiatives.save(
        initiative,
        causes=given["causes"],
        touchpoints=given["touchpoints"],
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("The initiative is saved."))
    return redirect(initiative)


def _again(request: StaffRequest, initiative: Initiative, **forms: Any) -> HttpResponse:
    context = {**_shown(request, initiative), **forms}
    return render(request, "tickets/initiatives/detail.html", context, status=422)


def _shown(request: StaffRequest, initiative: Initiative) -> dict[str, Any]:
    today = local_day(timezone.now())
    leads = initiatives.may_lead(request.user)
    states = [Initiative.State(s) for s in initiatives.NEXT[initiative.state]]
    return {
        "initiative": initiative,
        "causes": initiative.causes.select_related("parent").order_by("position"),
        "touchpoints": initiative.touchpoints.order_by("name"),
        "actions": initiative.actions.select_related("assignee").order_by(
            "done_at", "due_on", "pk"
        ),
        "decisions": initiative.decisions.select_related("by").order_by("-at", "-pk"),
        "effect": effect_of(initiative, request.user, today=today),
        "states": states if leads else [],
        "may_lead": leads,
        "action_form": ActionForm(auto_id="action-%s"),
        "decision_form": DecisionForm(auto_id="decision-%s"),
        "today": today,
    }


def _board(user: User) -> list[tuple[Initiative.State, list[Initiative]]]:
    seen = Initiative.objects.visible_to(user).select_related("team", "lead")
    found = list(seen.prefetch_related("causes", "actions").order_by("starts_on", "pk"))
    return [(s, [i for i in found if i.state == s]) for s in Initiative.State]


def _told(count: int) -> str:
    return ngettext(
        "%(count)d customer is written to.",
        "%(count)d customers are written to.",
        count,
    ) % {"count": count}
