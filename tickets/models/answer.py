"""Which ticket takes care of which answer."""

from django.db import models

from surveys.models import Response
from tickets.models.ticket import Ticket


class TicketAnswer(models.Model):
    """A qualifying response and the ticket that takes care of it: exactly one."""

    response = models.OneToOneField(
        Response, models.PROTECT, primary_key=True, related_name="ticket_answer"
    )
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="answers")
    attached_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.response_id} in {self.ticket_id}"
