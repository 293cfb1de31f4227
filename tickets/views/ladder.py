"""What happens when the time of a promise runs out: the levels of one policy."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from teams.access import StaffRequest, requires
from teams.roles import Ability
from tickets import ladder_changes
from tickets.ladder import DEADLINE, Step
from tickets.ladder_forms import LevelForm
from tickets.ladder_sentences import sentence_for
from tickets.models import IllegalAct, SlaPolicy


@requires(Ability.EDIT_RULES)
def levels(request: StaffRequest, pk: int) -> HttpResponse:
    """The ladder in sentences, and the form of a further level."""
    policy = get_object_or_404(SlaPolicy, pk=pk)
    form = LevelForm(request.POST or None)
    if request.method == "POST" and _saved(request, policy, form, instead_of=None):
        return redirect("tickets:levels", pk=pk)
    steps = ladder_changes.steps_of(policy)
    context = {
        "policy": policy,
        "steps": [(step, sentence_for(step)) for step in steps],
        "form": form,
        "deadline": DEADLINE,
    }
    status = 422 if form.errors else 200
    return render(request, "tickets/levels.html", context, status=status)


@requires(Ability.EDIT_RULES)
def level(request: StaffRequest, pk: int, percent: int) -> HttpResponse:
    policy = get_object_or_404(SlaPolicy, pk=pk)
    step = _step_at(policy, percent)
    form = LevelForm(request.POST or None, initial=vars(step))
    if request.method == "POST" and _saved(request, policy, form, instead_of=percent):
        return redirect("tickets:levels", pk=pk)
    context = {"policy": policy, "step": step, "form": form, "deadline": DEADLINE}
    status = 422 if form.errors else 200
    return render(request, "tickets/level.html", context, status=status)


@requires(Ability.EDIT_RULES)
@require_POST
def removal(request: StaffRequest, pk: int, percent: int) -> HttpResponse:
    policy = get_object_or_404(SlaPolicy, pk=pk)
    try:
        ladder_changes.remove_level(policy, percent, by=request.user, at=timezone.now())
    except IllegalAct as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The level is removed."))
    return redirect("tickets:levels", pk=pk)


def _step_at(policy: SlaPolicy, percent: int) -> Step:
    for step in ladder_changes.steps_of(policy):
        if step.percent == percent:
            return step
    raise Http404


def _saved(
    request: StaffRequest,
    policy: SlaPolicy,
    form: forms.Form,
    *,
    instead_of: int | None,
) -> bool:
    """Whether the level was saved; what is wrong with it stands in the form."""
    if not form.is_valid():
        return False
    try:
        ladder_changes.set_level(
            policy,
            Step(**form.cleaned_data),
            instead_of=instead_of,
            by=request.user,
            at=timezone.now(),
        )
    except IllegalAct as refusal:
        form.add_error("percent", str(refusal))
        return False
    messages.success(request, _("The level is saved."))
    return True
