"""How fast we promise to act: policies with their exceptions."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from teams.access import StaffRequest, requires
from teams.movements import seal
from teams.roles import Ability
from tickets import pause_limits, policy_changes
from tickets.models import SlaPolicy
from tickets.policy_forms import PolicyForm, exempts_of, known_tiers


@requires(Ability.EDIT_RULES)
@require_safe
def policy_list(request: StaffRequest) -> HttpResponse:
    policies = SlaPolicy.objects.order_by("name").prefetch_related("targets", "rules")
    return render(request, "tickets/policies.html", {"policies": policies})


@requires(Ability.EDIT_RULES)
@require_http_methods(["GET", "POST"])
def policy(request: StaffRequest, pk: int) -> HttpResponse:
    """A POST that moves deadlines shows first how many, and saves when sent again."""
    found = get_object_or_404(SlaPolicy, pk=pk)
    form, exempts = (
        PolicyForm(request.POST or None, policy=found),
        _exempts(request, found),
    )
    if request.method != "POST" or not (form.is_valid() and exempts.is_valid()):
        return _page(request, found, form, exempts)
    now = timezone.now()
    values = {**form.cleaned_data, "rows": exempts.rows}
    movement = policy_changes.foresee(found, at=now, **values)
    ending = pause_limits.ending(found, values["pause_minutes"], at=now)
    if (movement.tickets or ending) and request.POST.get("seal") != seal(values):
        preview = {"movement": movement, "ending": ending, "seal": seal(values)}
        return _page(request, found, form, exempts, preview)
    moved = policy_changes.change_policy(found, by=request.user, at=now, **values)
    messages.success(request, _saved(moved))
    return redirect("tickets:policies")


@requires(Ability.EDIT_RULES)
@require_http_methods(["GET", "POST"])
def new_policy(request: StaffRequest) -> HttpResponse:
    """`?copy=` begins with the values of another one, whose levels it takes over."""
    model = _model_for(request)
    usual = SlaPolicy(pause_minutes=pause_limits.USUAL_MINUTES)
    form = PolicyForm(request.POST or None, policy=usual, name="")
    if request.method != "POST" and model is not None:
        name = _("%(name)s (copy)") % {"name": model.label}
        form = PolicyForm(policy=model, name=name)
    exempts = _exempts(request, model or SlaPolicy())
    if request.method != "POST" or not (form.is_valid() and exempts.is_valid()):
        return _page(request, SlaPolicy(), form, exempts)
    policy_changes.create_policy(
        rows=exempts.rows,
        model=model,
        by=request.user,
        at=timezone.now(),
        **form.cleaned_data,
    )
    messages.success(request, _("The policy is there; choose it in a rule."))
    return redirect("tickets:policies")


@requires(Ability.EDIT_RULES)
@require_http_methods(["GET", "POST"])
def policy_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks first; a POST does it."""
    found = get_object_or_404(SlaPolicy, pk=pk)
    if request.method == "GET":
        return render(request, "tickets/policy_deletion.html", {"policy": found})
    try:
        policy_changes.delete_policy(found, by=request.user, at=timezone.now())
    except policy_changes.PolicyInUse as refusal:
        messages.error(request, str(refusal))
        return redirect("tickets:policy", pk)
    messages.success(request, _("The policy is gone."))
    return redirect("tickets:policies")


def _model_for(request: StaffRequest) -> SlaPolicy | None:
    asked = request.GET.get("copy", "")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 9:
        return None
    return SlaPolicy.objects.filter(pk=int(asked)).first()


def _exempts(request: StaffRequest, policy: SlaPolicy) -> Any:
    return exempts_of(policy, request.POST if request.method == "POST" else None)


def _page(
    request: StaffRequest,
    policy: SlaPolicy,
    form: PolicyForm,
    exempts: Any,
    preview: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """`preview`: what saving would do, until it is confirmed."""
    context = {
        "policy": policy,
        "form": form,
        "exempts": exempts,
        "tiers": known_tiers(),
        **(preview or {}),
    }
    bad = bool(form.errors) or (exempts.is_bound and not exempts.is_valid())
    return render(request, "tickets/policy.html", context, status=422 if bad else 200)


def _saved(moved: int) -> str:
    return ngettext(
        "The policy is saved; %(count)d deadline moved.",
        "The policy is saved; %(count)d deadlines moved.",
        moved,
    ) % {"count": moved}
