"""A ticket's page says that it is open, and learns who else has it open."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from teams.access import StaffRequest, requires
from teams.roles import Ability
from tickets.models import Ticket
from tickets.presence_on_ticket import Doing, here


@requires(Ability.WORK_TICKETS)
@require_POST
def colleagues(request: StaffRequest, number: int) -> HttpResponse:
    seen = Ticket.objects.visible_to(request.user).only("number")
    ticket = get_object_or_404(seen, number=number)
    said = request.POST.get("doing", "")
    doing = Doing(said) if said in list(Doing) else Doing.READING
    others = here(ticket, request.user, doing=doing, at=timezone.now())
    writing = [other.name for other in others if other.is_writing]
    reading = [other.name for other in others if not other.is_writing]
    words = [
        ngettext("%(names)s is replying.", "%(names)s are replying.", len(writing))
        % {"names": _listed(writing)}
        if writing
        else "",
        ngettext(
            "%(names)s has this ticket open.",
            "%(names)s have this ticket open.",
            len(reading),
        )
        % {"names": _listed(reading)}
        if reading
        else "",
    ]
    return JsonResponse(
        {"words": " ".join(filter(None, words)), "is_collision": bool(writing)}
    )


def _listed(names: list[str]) -> str:
    return str(get_text_list(names, gettext("and")))
