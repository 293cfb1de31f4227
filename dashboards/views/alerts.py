"""Pages of alerts: what is open, why, and what is done about it."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboards import alerts
from dashboards.alert_pages import explain, lines_of
from dashboards.alert_words import short_words
from dashboards.models import Alert
from surveys.intake import local_day
from teams.access import StaffRequest, can, requires
from teams.models import Team
from teams.roles import Ability
from tickets import initiatives
from tickets.initiative_forms import InitiativeForm
from tickets.models import IllegalAct, NextScore

PER_PAGE = 50
SNOOZES = (1, 3, 7, 30)


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def alert_list(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    seen = Alert.objects.visible_to(request.user).select_related(
        "rule__owner", "acknowledged_by", "initiative"
    )
    parts = {
        "open": seen.open(at=now),
        "snoozed": seen.snoozed(at=now),
        "past": seen.past(),
    }
    part = request.GET.get("show", "open")
    part = part if part in parts else "open"
    pages = Paginator(parts[part], PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "part": part,
        "counts": {name: found.count() for name, found in parts.items()},
        "page_obj": page,
        "lines": lines_of(page.object_list, today=local_day(now)),
        "may_edit": can(request.user, Ability.EDIT_DASHBOARDS),
    }
    return render(request, "dashboards/alerts/list.html", context)


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    alert = _alert_for(request, pk)
    context = {
        "alert": alert,
        "explained": explain(alert, at=now),
        "words": short_words(alert.rule, alert.finding),
        "is_snoozed": bool(alert.snoozed_until and alert.snoozed_until > now),
        "snoozes": SNOOZES,
        "may_lead": initiatives.may_lead(request.user),
        "may_edit": can(request.user, Ability.EDIT_DASHBOARDS),
    }
    return render(request, "dashboards/alerts/detail.html", context)


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def acknowledgement(request: StaffRequest, pk: int) -> HttpResponse:
    alert = _alert_for(request, pk)
    alerts.acknowledge(alert, by=request.user, at=timezone.now())
    messages.success(request, _("Acknowledged: the others see that you see to it."))
    return redirect(alert)


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def snooze(request: StaffRequest, pk: int) -> HttpResponse:
    """Put off for `days`; 0 brings it back."""
    now, days = timezone.now(), request.POST.get("days", "")
    alert = _alert_for(request, pk)
    try:
        if days == "0":
            alerts.unsnooze(alert, by=request.user, at=now)
            messages.success(request, _("It is among the open ones again."))
        else:
            wait = timedelta(days=int(days) if days.isdecimal() else -1)
            alerts.snooze(alert, until=now + wait, by=request.user, at=now)
            messages.success(request, _("Put off; you are told when it is back."))
    except (IllegalAct, OverflowError) as refusal:
        messages.error(request, str(refusal))
    return redirect(alert)


@requires(Ability.ASSIGN_TICKETS)
def initiative(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin an initiative that knows which alert it came from."""
    now = timezone.now()
    alert = _alert_for(request, pk)
    if alert.initiative is not None:
        return redirect(alert.initiative)
    explained = explain(alert, at=now)
    initial = {
        "title": alert.rule.name,
        "expected_effect": f"{explained.first}\n{explained.where}",
        "expected_in": _score_of(alert),
        "lead": request.user.pk,
        "starts_on": local_day(now),
        "team": alert.team
        or Team.objects.filter(lead=request.user).values_list("pk", flat=True).first(),
        "touchpoints": [alert.segment] if alert.rule.by == "touchpoint" else [],
    }
    form = InitiativeForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        begun = form.save(commit=False)
        given = form.cleaned_data
        alerts.begin_initiative(
            alert,
            begun,
            causes=given["causes"],
            touchpoints=given["touchpoints"],
            by=request.user,
            at=now,
        )
        return redirect(begun)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "alert": alert}
    return render(request, "dashboards/alerts/initiative.html", context, status=status)


def _score_of(alert: Alert) -> str:
    """The one that the alert watches, where initiatives are measured in it."""
    watched = alert.rule.metric
    scores = NextScore.Metric
    return watched if watched in scores.values else scores.NPS


def _alert_for(request: StaffRequest, pk: int) -> Alert:
    seen = Alert.objects.visible_to(request.user).select_related(
        "rule__owner", "initiative", "acknowledged_by", "snoozed_by"
    )
    return get_object_or_404(seen, pk=pk)
