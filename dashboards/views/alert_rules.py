"""Pages of alert rules: written, tried on the past, turned on and off."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboards import alerts
from dashboards.alert_forms import (
    DETAILS,
    FIELDS,
    FILTERS,
    AlertRuleForm,
    initial_of,
    query_of,
)
from dashboards.alert_pages import rule_lines_of
from dashboards.alert_rules import ImpossibleRule, watched_by
from dashboards.alert_simulation import simulate, summary
from dashboards.alert_words import rule_sentence
from dashboards.forms import FilterForm
from dashboards.models import AlertRule
from surveys.intake import local_day
from teams.access import StaffRequest, can, requires
from teams.roles import Ability


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def rule_list(request: StaffRequest) -> HttpResponse:
    today = local_day(timezone.now())
    rules = (
        AlertRule.objects.visible_to(request.user)
        .select_related("owner")
        .annotate(open_alerts=Count("alerts", filter=Q(alerts__closed_at__isnull=True)))
        .order_by("-is_on", "name", "pk")
    )
    context = {
        "lines": rule_lines_of(rules, today=today),
        "may_edit": can(request.user, Ability.EDIT_DASHBOARDS),
    }
    return render(request, "dashboards/alerts/rules.html", context)


@requires(Ability.EDIT_DASHBOARDS)
def rule(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Write a new one (`?copy=` like another, else with the address' filters), or
    change one; `try` shows what it would have done, and saves nothing."""
    now = timezone.now()
    if pk:
        found = _rule_for(request, pk)
        initial = initial_of(found)
    else:
        found, initial = _draft(request)
    if request.method != "POST":
        form = AlertRuleForm(initial=initial, today=local_day(now))
        return _page(request, found, form, _filters_of(found, initial, request))
    form, filters = _given(request)
    if not (form.is_valid() and filters.is_valid()):
        return _page(request, found, form, filters, status=422)
    form.apply(found)
    found.query = query_of(request.POST)
    if "try" in request.POST:
        tried = _tried(request, found)
        return _page(request, found, form, filters, **tried)
    alerts.save_rule(
        found,
        people=form.cleaned_data["people"],
        teams=form.cleaned_data["teams"],
        by=request.user,
        at=now,
    )
    messages.success(request, _("Saved. It is looked at within five minutes."))
    return redirect("dashboards:alert_rules")


@requires(Ability.EDIT_DASHBOARDS)
@require_POST
def simulation(request: StaffRequest) -> HttpResponse:
    """What the rule in the form would have done; a part of its page."""
    form, filters = _given(request)
    context: dict[str, Any] = {"form": form, "filters": filters}
    if form.is_valid() and filters.is_valid():
        draft = AlertRule(owner=request.user, query=query_of(request.POST))
        form.apply(draft)
        context |= _tried(request, draft)
    return render(request, "dashboards/alerts/_simulation.html", context)


@requires(Ability.EDIT_DASHBOARDS)
@require_POST
def state(request: StaffRequest, pk: int) -> HttpResponse:
    found = _rule_for(request, pk)
    is_on = request.POST.get("on") == "1"
    alerts.turn(found, is_on=is_on, by=request.user, at=timezone.now())
    said = _("“%(name)s” is on.") if is_on else _("“%(name)s” is off.")
    messages.success(request, said % {"name": found.name})
    return redirect("dashboards:alert_rules")


@requires(Ability.EDIT_DASHBOARDS)
def deletion(request: StaffRequest, pk: int) -> HttpResponse:
    found = _rule_for(request, pk)
    if request.method == "POST":
        alerts.delete_rule(found, by=request.user, at=timezone.now())
        messages.success(request, _("The rule is deleted."))
        return redirect("dashboards:alert_rules")
    context = {"rule": found, "alerts": found.alerts.count()}
    return render(request, "dashboards/alerts/rule_deletion.html", context)


def _tried(request: StaffRequest, draft: AlertRule) -> dict[str, Any]:
    """Within the scope of whoever asks, not of the rule's owner."""
    today = local_day(timezone.now())
    asked = AlertRule(**{f.attname: getattr(draft, f.attname) for f in _fields()})
    asked.owner = request.user
    try:
        found = simulate(
            request.user, asked, watched_by(asked, today=today), today=today
        )
    except ImpossibleRule as problem:
        return {"problem": str(problem)}
    return {
        "simulation": found,
        "summary": summary(found),
        "sentence": rule_sentence(asked),
    }


def _fields() -> list[Any]:
    return list(AlertRule._meta.concrete_fields)


def _draft(request: StaffRequest) -> tuple[AlertRule, dict[str, Any]]:
    """An unsaved rule and what its form begins with: that of `copy`, or nothing."""
    copied = request.GET.get("copy", "")
    if not copied.isdecimal() or request.method == "POST":
        return AlertRule(owner=request.user), {}
    like = _rule_for(request, int(copied))
    initial = initial_of(like) | {"name": _("Copy of %s") % like.name}
    return AlertRule(owner=request.user, query=like.query), initial


def _filters_of(
    found: AlertRule, initial: dict[str, Any], request: HttpRequest
) -> FilterForm:
    """Those of the rule; of a new one those of the page one came from."""
    asked = QueryDict(found.query) if initial else request.GET
    return _filter_form(request, asked)


def _given(request: StaffRequest) -> tuple[AlertRuleForm, FilterForm]:
    today = local_day(timezone.now())
    return (
        AlertRuleForm(request.POST, today=today),
        _filter_form(request, QueryDict(query_of(request.POST))),
    )


def _filter_form(request: Any, asked: QueryDict) -> FilterForm:
    return FilterForm(asked, user=request.user, today=local_day(timezone.now()))


def _page(
    request: StaffRequest,
    found: AlertRule,
    form: AlertRuleForm,
    filters: FilterForm,
    *,
    status: int = 200,
    **tried: Any,
) -> HttpResponse:
    context = {
        "rule": found,
        "form": form,
        "details": [
            (
                form[name],
                " ".join(kind for kind, names in FIELDS.items() if name in names),
            )
            for name in DETAILS
        ],
        "filters": filters,
        "filter_fields": [filters[n] for n in FILTERS if n in filters.fields],
        **tried,
    }
    return render(request, "dashboards/alerts/rule.html", context, status=status)


def _rule_for(request: StaffRequest, pk: int) -> AlertRule:
    seen = AlertRule.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("owner"), pk=pk)
