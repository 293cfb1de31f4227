"""The administrators' page: what is wrong, what was given up, and trying it again."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cem.health import examine
from cem.health_checks import State, judge
from events import deliveries, outbox
from events.models import Delivery, Failure
from teams.access import StaffRequest, requires
from teams.roles import Ability

SHOWN = 50
TONES = {State.OK: "good", State.WARN: "warning", State.FAIL: "bad"}


@require_safe
@requires(Ability.MANAGE_SYSTEM)
def health(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    return render(
        request,
        "health/health.html",
        {
            "checks": [(c, TONES[c.state]) for c in judge(examine(at=now))],
            "seen_at": now,
            "failures": _parked_failures()[:SHOWN],
            "deliveries": _parked_deliveries()[:SHOWN],
        },
    )


@require_POST
@requires(Ability.MANAGE_SYSTEM)
def retry_failure(request: StaffRequest, failure_id: int) -> HttpResponse:
    failure = get_object_or_404(Failure, pk=failure_id)
    outbox.unpark(failure, by=request.user.email, at=timezone.now())
    messages.success(request, _("It is tried again within a few seconds."))
    return redirect("cem_health")


@require_POST
@requires(Ability.MANAGE_SYSTEM)
def send_again(request: StaffRequest, delivery_id: int) -> HttpResponse:
    delivery = get_object_or_404(Delivery, pk=delivery_id)
    deliveries.replay(delivery, by=request.user.email, at=timezone.now())
    messages.success(request, _("It is sent again within a few seconds."))
    return redirect("cem_health")


def _parked_failures() -> QuerySet[Failure]:
    parked = Failure.objects.filter(parked_at__isnull=False)
    return parked.select_related("event").order_by("-parked_at")


def _parked_deliveries() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=Delivery.State.PARKED).order_by("-id")
