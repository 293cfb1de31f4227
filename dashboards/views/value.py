"""The page Value, and its scenarios."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from dashboards.asked import facts_of
from dashboards.assumptions import (
    SCENARIO,
    AssumptionsForm,
    ScenarioForm,
    delete_scenario,
    save_scenario,
)
from dashboards.forms import DEFAULT_PRESET, FilterForm
from dashboards.models import Scenario
from dashboards.money import Assumptions
from dashboards.report import Impossible, Report
from dashboards.score_groups import GROUPINGS
from dashboards.sections import CARRIED
from dashboards.series import filled_to
from dashboards.value import (
    AGAINST,
    BEFORE,
    CURRENCY,
    SCALE,
    Question,
    question_of,
    sections_of,
)
from surveys.intake import local_day
from teams.access import StaffRequest, requires
from teams.roles import Ability

OWN = (SCENARIO, AGAINST, CURRENCY, SCALE)
_ASSUMED = tuple(field.name for field in fields(Assumptions))


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def value(request: StaffRequest) -> HttpResponse:
    asked = request.GET.copy()
    asked.setdefault("period", DEFAULT_PRESET)
    today = local_day(timezone.now())
    form = FilterForm(asked, user=request.user, today=today)
    kept = [(n, request.GET[n]) for n in (*OWN, *_ASSUMED) if _is_kept(request.GET, n)]
    context: dict[str, Any] = {"form": form, "carried": kept}
    if not form.is_valid():
        return _page(request, context, status=400)
    try:
        question = question_of(request.user, request.GET, form)
    except Impossible as problem:
        context["problem"] = str(problem)
        return _page(request, context, status=400)
    report = Report(
        _("What is it worth?"),
        facts_of(request.user, form),
        filled_to(),
        sections_of(question),
    )
    return _page(request, context | {"report": report} | _choices(request, question))


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def scenario_new(request: StaffRequest) -> HttpResponse:
    """Save the posted assumptions under the posted name, and show them."""
    form = ScenarioForm(request.POST)
    if not form.is_valid():
        name, problems = next(iter(form.errors.items()))
        messages.error(request, f"{form.fields[name].label}: {problems[0]}")
        return redirect(_address(request, {}))
    scenario = save_scenario(
        request.user,
        name=form.cleaned_data["name"],
        is_shared=form.cleaned_data["is_shared"],
        values=form.assumptions(Assumptions()),
        at=timezone.now(),
    )
    messages.success(request, _("The scenario is saved."))
    return redirect(_address(request, {SCENARIO: str(scenario.pk)}))


@requires(Ability.SEE_DASHBOARDS)
@require_http_methods(["GET", "POST"])
def scenario_deletion(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks first; a POST does it. Only one's own."""
    scenario = get_object_or_404(Scenario, pk=pk, owner=request.user)
    if request.method == "GET":
        page = "dashboards/value/deletion.html"
        return render(request, page, {"scenario": scenario})
    delete_scenario(scenario, by=request.user, at=timezone.now())
    messages.success(request, _("The scenario is gone."))
    return redirect("dashboards:value")


def _choices(request: StaffRequest, question: Question) -> dict[str, Any]:
    """What the form of the assumptions offers, with what is chosen."""
    scenarios = list(Scenario.objects.visible_to(request.user).order_by("name", "pk"))
    values = {name: getattr(question.assumed.values, name) for name in _ASSUMED}
    return {
        "assumptions": AssumptionsForm(initial=_shortest(values)),
        "values": list(values.items()),
        "filters_kept": [
            (name, text)
            for name in CARRIED
            for text in request.GET.getlist(name)
            if text
        ],
        "choices_kept": [
            (name, request.GET[name]) for name in OWN if _is_kept(request.GET, name)
        ],
        "query": _kept(request.GET).urlencode(),
        "scenario": question.assumed.scenario,
        "scenarios": scenarios,
        "mine": [one for one in scenarios if one.owner_id == request.user.pk],
        "against": request.GET.get(AGAINST, ""),
        "before": BEFORE,
        "scales": [(key, grouping.label) for key, grouping in GROUPINGS.items()],
        "scale": question.asked.scale,
        "currencies": question.currencies,
        "currency": question.asked.currency,
    }


def _is_kept(query: QueryDict, name: str) -> bool:
    """An empty scenario says that none is wanted, so it is kept too."""
    return bool(query.get(name)) or (name == SCENARIO and name in query)


def _address(request: StaffRequest, more: dict[str, str]) -> str:
    """The page with the filters of the address that was posted to, and these."""
    kept = dict(_kept(request.GET).lists())
    query = urlencode(kept | more, doseq=True)
    return f"{reverse('dashboards:value')}?{query}"


def _kept(query: QueryDict) -> QueryDict:
    """Without the assumptions, which a scenario holds, and without that scenario."""
    kept = query.copy()
    for name in list(kept):
        if name not in (*CARRIED, AGAINST, CURRENCY, SCALE):
            del kept[name]
    return kept


def _page(
    request: StaffRequest, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    return render(request, "dashboards/value/page.html", context, status=status)


def _shortest(values: Mapping[str, float]) -> dict[str, float]:
    """As one would type them: 35 and not 35.0."""
    return {n: int(v) if float(v).is_integer() else v for n, v in values.items()}
