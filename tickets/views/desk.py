"""The list of tickets, and the same as a file."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.spreadsheets import csv_response
from teams.access import StaffRequest, can, requires
from teams.models import User
from teams.roles import Ability
from tickets import desk
from tickets.exports import rows_of
from tickets.forms import DeskForm
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet


@requires(Ability.WORK_TICKETS)
@require_safe
def ticket_list(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = DeskForm(request.GET, user=request.user)
    tickets = _asked_for(request.user, form)
    counts = desk.tab_counts(tickets, request.user, at=now)
    shown = desk.in_tab(tickets, form.tab_name, request.user, at=now)
    page = desk.page_of(shown, sort=form.sort_name, after=request.GET.get("after", ""))
    context = {
        "form": form,
        "tabs": [(tab, counts[tab.value]) for tab in desk.Tab],
        "current_tab": form.tab_name,
        "found": counts[form.tab_name],
        "page": page,
        "is_continued": "after" in request.GET,
        "now": now,
        "can_edit_rules": can(request.user, Ability.EDIT_RULES),
    }
    return render(request, "tickets/list.html", context)


@requires(Ability.WORK_TICKETS)
@require_safe
def export(request: StaffRequest) -> HttpResponseBase:
    now = timezone.now()
    form = DeskForm(request.GET, user=request.user)
    tickets = _asked_for(request.user, form)
    shown = desk.in_tab(tickets, form.tab_name, request.user, at=now)
    rows = rows_of(desk.ordered(shown, form.sort_name))
    return csv_response(f"tickets-{now:%Y-%m-%d}.csv", rows)


def _asked_for(user: User, form: DeskForm) -> TicketQuerySet:
    if not form.is_valid():
        return Ticket.objects.none()
    return desk.narrowed(user, form.cleaned_data)
