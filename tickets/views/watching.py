"""Who follows a ticket, and whom a note can call."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability
from tickets import watching
from tickets.models import IllegalAct, Ticket
from tickets.views.case import ticket_for


@requires(Ability.WORK_TICKETS)
@require_safe
def people(request: StaffRequest, number: int) -> HttpResponse:
    """Names for the list that opens behind an @."""
    ticket = ticket_for(request.user, number)
    names = [person.name or person.email for person in watching.people_of(ticket)]
    return JsonResponse({"people": names})


@requires(Ability.WORK_TICKETS)
@require_POST
def watchers(request: StaffRequest, number: int) -> HttpResponse:
    """Add somebody, or take somebody away; without a choice it is oneself."""
    ticket = ticket_for(request.user, number)
    who = _chosen(request, ticket)
    act = watching.unwatch if request.POST.get("on") == "0" else watching.watch
    try:
        if who is None:
            raise IllegalAct(_("Choose somebody who may see this ticket."))
        act(ticket, who=who, by=request.user, at=timezone.now())
    except IllegalAct as illegal:
        messages.error(request, str(illegal))
    return redirect(ticket)


def _chosen(request: StaffRequest, ticket: Ticket) -> User | None:
    key = request.POST.get("who", "")
    if not key:
        return request.user
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    # Whoever watches can be taken away, also when they may not see it any more.
    known = {person.pk: person for person in ticket.watchers.all()}
    known |= {person.pk: person for person in watching.people_of(ticket)}
    return known.get(int(key))
