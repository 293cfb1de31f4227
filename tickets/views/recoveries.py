"""Gestures: asked for on a ticket, decided on a page of their own, within budgets."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.spreadsheets import csv_response
from events import audit, outbox
from teams.access import StaffRequest, can, requires
from teams.models import User
from teams.roles import Ability
from tickets import recoveries, recovery_costs
from tickets.models import IllegalAct, Recovery, RecoveryBudget, RecoveryLimit
from tickets.models.recovery import RecoveryQuerySet
from tickets.recovery_forms import BudgetForm, GivingForm, RecoveryForm, RefusalForm
from tickets.views.case import ticket_for

PER_PAGE = 50
LISTS = ("waiting", "approved", "all")


@requires(Ability.WORK_TICKETS)
def ask(request: StaffRequest, number: int) -> HttpResponse:
    ticket = ticket_for(request.user, number)
    form = RecoveryForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = recoveries.ask(
                    ticket, by=request.user, at=timezone.now(), **form.cleaned_data
                )
            except IllegalAct as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, _asked_words(made))
                return redirect(ticket)
    context = {
        "ticket": ticket,
        "form": form,
        "limit": recoveries.money(recoveries.limit_of(request.user.role)),
    }
    return render(request, "tickets/recovery_ask.html", context, status=status)


@requires(Ability.WORK_TICKETS)
@require_safe
def recovery_list(request: StaffRequest) -> HttpResponse:
    month = _month(request)
    which = request.GET.get("list", "waiting")
    which = which if which in LISTS else "waiting"
    found = _listed(request.user, which, month)
    pages = Paginator(found, PER_PAGE)
    seen = Recovery.objects.visible_to(request.user)
    context = {
        "page_obj": pages.get_page(request.GET.get("page")),
        "which": which,
        "month": month,
        "waiting": seen.waiting().count(),
        "approved": seen.filter(state=Recovery.State.APPROVED).count(),
        "cost": recovery_costs.cost_for(request.user, month=month),
        "can_budget": can(request.user, Ability.EDIT_RULES),
    }
    return render(request, "tickets/recoveries.html", context)


@requires(Ability.WORK_TICKETS)
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    month = _month(request)
    found = _listed(request.user, "all", month)
    by, now = request.user.email, timezone.now()
    what = {"month": month.isoformat()}
    audit.note("recoveries.exported", subject=("desk", ""), by=by, at=now, payload=what)
    return csv_response(f"gestures-{month:%Y-%m}.csv", _rows(found))


@requires(Ability.WORK_TICKETS)
@require_safe
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _recovery_for(request.user, pk))


@requires(Ability.WORK_TICKETS)
@require_POST
def decide(request: StaffRequest, pk: int, act: str) -> HttpResponse:
    """Yes, no, given, or withdrawn."""
    recovery = _recovery_for(request.user, pk)
    form = _FORMS[act](request.POST) if act in _FORMS else None
    if form is not None and not form.is_valid():
        return _page(request, recovery, wrong={act: form}, status=422)
    given = form.cleaned_data if form is not None else {}
    try:
        _ACTS[act](recovery, by=request.user, at=timezone.now(), **given)
    except IllegalAct as refusal:
        messages.error(request, str(refusal))
        return _page(request, recovery, status=409)
    messages.success(request, _decided_words(recovery))
    return redirect("tickets:recovery", pk=pk)


@requires(Ability.EDIT_RULES)
def budgets(request: StaffRequest) -> HttpResponse:
    month = _month(request)
    form = BudgetForm(request.POST or None, month=month)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _save_budgets(form, by=request.user, at=timezone.now())
            except IllegalAct as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, _("Budgets and limits are saved."))
                return redirect(f"{request.path}?month={month:%Y-%m}")
    context = {
        "form": form,
        "month": month,
        "lines": recovery_costs.budget_lines(month),
        "cost": recovery_costs.cost_for(request.user, month=month),
    }
    return render(request, "tickets/recovery_budgets.html", context, status=status)


_ACTS: dict[str, Callable[..., None]] = {
    "approve": recoveries.approve,
    "refuse": recoveries.refuse,
    "give": recoveries.give,
    "withdraw": recoveries.withdraw,
}
_FORMS: dict[str, type[RefusalForm | GivingForm]] = {
    "refuse": RefusalForm,
    "give": GivingForm,
}


def _page(
    request: StaffRequest,
    recovery: Recovery,
    *,
    wrong: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    recovery.refresh_from_db()
    user, wrong = request.user, wrong or {}
    decides = can(user, Ability.ASSIGN_TICKETS) and user.pk != recovery.asked_by_id
    own = user.pk == recovery.asked_by_id or can(user, Ability.ASSIGN_TICKETS)
    is_asked = recovery.state == Recovery.State.ASKED
    context = {
        "recovery": recovery,
        "approvals": recovery.approvals.select_related("by").order_by("at"),
        "cannot_approve": recoveries.refusal_of(recovery, user) if is_asked else "",
        "is_asked": is_asked,
        "refusal_form": wrong.get("refuse", RefusalForm()) if decides else None,
        "giving_form": wrong.get("give", GivingForm()),
        "can_withdraw": own and not recovery.is_settled,
    }
    return render(request, "tickets/recovery.html", context, status=status)


def _recovery_for(user: User, pk: int) -> Recovery:
    seen = Recovery.objects.visible_to(user).select_related(
        "ticket__customer", "ticket__team", "budget__team", "asked_by"
    )
    return get_object_or_404(seen, pk=pk)


def _listed(user: User, which: str, month: date) -> RecoveryQuerySet:
    seen = Recovery.objects.visible_to(user).select_related(
        "ticket__customer", "ticket__team", "asked_by"
    )
    if which == "waiting":
        return seen.waiting().order_by("asked_at", "pk")
    if which == "approved":
        return seen.filter(state=Recovery.State.APPROVED).order_by("decided_at", "pk")
    return seen.filter(budget__month=month).order_by("-asked_at", "-pk")


def _rows(found: RecoveryQuerySet) -> Iterator[list[object]]:
    yield [
        *[_("Asked at"), _("Ticket"), _("Team"), _("Gesture"), _("Cost")],
        *[_("State"), _("Asked by"), _("What and why"), _("Reference")],
    ]
    for recovery in found.iterator(chunk_size=500):
        yield [
            recovery.asked_at.isoformat(timespec="seconds"),
            recovery.ticket_id,
            str(recovery.ticket.team),
            recovery.get_kind_display(),
            recovery.amount,
            recovery.get_state_display(),
            str(recovery.asked_by),
            recovery.text,
            recovery.reference,
        ]


@transaction.atomic
def _save_budgets(form: BudgetForm, *, by: User, at: datetime) -> None:
    for team, amount in form.budgets():
        wanted = RecoveryBudget(team=team, month=form.month)
        recoveries.set_budget(wanted, amount, by=by, at=at)
    before = dict(RecoveryLimit.objects.values_list("role", "amount"))
    changed = {r: a for r, a in form.limits().items() if before.get(r, 0) != a}
    for role, amount in changed.items():
        RecoveryLimit.objects.update_or_create(role=role, defaults={"amount": amount})
    if changed:
        outbox.record(
            "recovery_limits.changed",
            subject=("recovery_limits", ""),
            at=at,
            actor=by.email[:80],
            payload={role: str(amount) for role, amount in changed.items()},
        )


def _month(request: StaffRequest) -> date:
    """The one asked for, else this one."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return recoveries.month_of(timezone.now())


def _decided_words(recovery: Recovery) -> str:
    recovery.refresh_from_db()
    waited_for = ", ".join(str(person) for person in recoveries.deciders(recovery))
    if not waited_for:
        return _("It is noted.")
    return _("It is noted; it still waits for %(people)s.") % {"people": waited_for}


def _asked_words(made: Recovery) -> str:
    if made.state == Recovery.State.APPROVED:
        return _("The gesture is approved: give it, and note that here.")
    told = ", ".join(str(person) for person in recoveries.deciders(made))
    if not told:
        return _("The gesture is asked for; nobody is here who may approve it.")
    return _("The gesture is asked for; %(lead)s has been told.") % {"lead": told}
