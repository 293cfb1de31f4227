"""Which answers become tickets, whose, and how fast we promise to act."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from teams.access import StaffRequest, requires
from teams.roles import Ability
from tickets import policy_changes, rule_changes
from tickets.forms import PolicyForm, RuleForm
from tickets.models import Rule, SlaPolicy
from tickets.rule_sentences import sentence_for


@requires(Ability.EDIT_RULES)
@require_safe
def rule_list(request: StaffRequest) -> HttpResponse:
    rules = [(rule, sentence_for(rule)) for rule in rule_changes.rules_in_order()]
    policies = SlaPolicy.objects.order_by("name")
    context = {"rules": rules, "policies": policies}
    return render(request, "tickets/rules.html", context)


@requires(Ability.EDIT_RULES)
def rule(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Rule, pk=pk)
    form = RuleForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        rule_changes.change(
            found, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("The rule is saved."))
        return redirect("tickets:rules")
    context = {"rule": found, "sentence": sentence_for(found), "form": form}
    return render(request, "tickets/rule.html", context)


@requires(Ability.EDIT_RULES)
@require_POST
def rule_activity(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Rule, pk=pk)
    on = request.POST.get("on") == "1"
    rule_changes.switch(found, on=on, by=request.user, at=timezone.now())
    return redirect("tickets:rules")


@requires(Ability.EDIT_RULES)
@require_POST
def rule_position(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Rule, pk=pk)
    up = request.POST.get("direction") == "up"
    rule_changes.move(found, up=up, by=request.user, at=timezone.now())
    return redirect("tickets:rules")


@requires(Ability.EDIT_RULES)
def policy(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SlaPolicy, pk=pk)
    form = PolicyForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        moved = policy_changes.change_policy(
            found, by=request.user, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _saved(moved))
        return redirect("tickets:rules")
    context = {
        "policy": found,
        "form": form,
        "affected": policy_changes.movable_tickets(found),
    }
    return render(request, "tickets/policy.html", context)


def _saved(moved: int) -> str:
    return ngettext(
        "The policy is saved; %(count)d deadline moved.",
        "The policy is saved; %(count)d deadlines moved.",
        moved,
    ) % {"count": moved}
