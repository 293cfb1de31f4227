"""The ticket that takes care of an answer, for the answer's page."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from surveys.models import Response
from surveys.related import Related, register
from teams.models import User
from tickets.models import Ticket


@register
def ticket_of(response: Response, user: User) -> Sequence[Related]:
    found = Ticket.objects.visible_to(user).filter(answers__response=response.pk)
    return [
        Related(_("Ticket"), str(ticket), ticket.get_absolute_url()) for ticket in found
    ]
