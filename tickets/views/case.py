"""One ticket, and the acts on it: each act is a sub-resource with its own form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability
from tickets.forms import (
    ActForm,
    AssignmentForm,
    ContactForm,
    NoteForm,
    ReopeningForm,
    ResolutionForm,
)
from tickets.models import IllegalAct, Ticket
from tickets.views.panels import panels_of


@dataclass(frozen=True)
class Act:
    """A form, what it does to the ticket, and the words around it."""

    name: str
    title: Promise
    button: Promise
    done: Promise
    form: type[ActForm]
    perform: Callable[..., object]


ACTS = {
    act.name: act
    for act in (
        Act(
            "contact",
            _("Log a contact"),
            _("Log contact"),
            _("The contact is logged."),
            ContactForm,
            Ticket.log_contact,
        ),
        Act(
            "resolution",
            _("Resolve"),
            _("Resolve ticket"),
            _("The ticket is resolved."),
            ResolutionForm,
            Ticket.resolve,
        ),
        Act(
            "reopening",
            _("Reopen"),
            _("Reopen ticket"),
            _("The ticket is open again."),
            ReopeningForm,
            Ticket.reopen,
        ),
        Act(
            "assignment",
            _("Assign"),
            _("Assign ticket"),
            _("The ticket has a new assignee."),
            AssignmentForm,
            Ticket.assign,
        ),
        Act(
            "note",
            _("Add a note"),
            _("Save note"),
            _("The note is saved."),
            NoteForm,
            Ticket.note,
        ),
    )
}


@requires(Ability.WORK_TICKETS)
@require_safe
def detail(request: StaffRequest, number: int) -> HttpResponse:
    ticket, now = ticket_for(request.user, number), timezone.now()
    context = {
        "ticket": ticket,
        "panels": panels_of(ticket, request.user, at=now),
        "now": now,
        **_next_act(ticket, request.user),
    }
    return render(request, "tickets/detail.html", context)


@requires(Ability.WORK_TICKETS)
def act(request: StaffRequest, number: int, name: str) -> HttpResponse:
    """Without JavaScript and with it: a page with the form, and its POST."""
    ticket = ticket_for(request.user, number)
    wanted = ACTS[name]
    data = request.POST if request.method == "POST" else None
    form = wanted.form(data, ticket=ticket, user=request.user)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                wanted.perform(
                    ticket, by=request.user, at=timezone.now(), **form.cleaned_data
                )
            except IllegalAct as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, str(wanted.done))
                return redirect(ticket)
    context = {"ticket": ticket, "act": wanted, "form": form}
    return render(request, "tickets/act.html", context, status=status)


def ticket_for(user: User, number: int) -> Ticket:
    """The ticket if the person may see it, else 404."""
    seen = Ticket.objects.visible_to(user).select_related(
        "customer__account__owner",
        "touchpoint",
        "team__working_hours",
        "assignee",
        "root_cause",
        "response__survey",
        "rule",
    )
    return get_object_or_404(seen, number=number)


def _next_act(ticket: Ticket, user: User) -> dict[str, Any]:
    """The one primary act with its form, and the others."""
    if ticket.is_resolved:
        first, others = "", ["reopening", "note", "contact"]
    elif ticket.first_contacted_at is None and ticket.customer_id is not None:
        first, others = "contact", ["assignment", "note"]
    else:
        first, others = "resolution", ["contact", "assignment", "note"]
    return {
        "next_act": (ACTS[first], _empty(ACTS[first], ticket, user)) if first else None,
        "other_acts": [
            (ACTS[name], _empty(ACTS[name], ticket, user)) for name in others
        ],
    }


def _empty(act: Act, ticket: Ticket, user: User) -> ActForm:
    # Several forms share the page, so each needs ids of its own.
    return act.form(ticket=ticket, user=user, auto_id=f"{act.name}-%s")
