"""Why a ticket's deadlines are what they are, on one page fit for print."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from teams.access import StaffRequest, requires
from teams.roles import Ability
from tickets import pause_limits, pauses
from tickets.explanation import changes_of, explain
from tickets.views.case import ticket_for


@requires(Ability.WORK_TICKETS)
@require_safe
def deadlines(request: StaffRequest, number: int) -> HttpResponse:
    ticket, now = ticket_for(request.user, number), timezone.now()
    clocks = list(
        ticket.clocks.select_related("policy", "task__team__working_hours").order_by(
            "started_at", "kind", "cycle"
        )
    )
    for clock in clocks:
        clock.ticket = ticket
    context = {
        "ticket": ticket,
        "promises": [
            (explain(clock), pauses.share(clock, at=now), changes_of(clock))
            for clock in clocks
        ],
        "allowance": pause_limits.allowance_of(ticket, at=now),
        "now": now,
    }
    return render(request, "tickets/deadlines.html", context)
