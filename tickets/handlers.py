"""What this app does when something happened elsewhere."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from events.handlers import on
from events.models import Event
from tickets.closed_loop import open_tickets_for


@on("survey.response_submitted")
def open_tickets(events: Sequence[Event]) -> None:
    """Every low answer gets an owner and a clock."""
    open_tickets_for([UUID(event.subject_id) for event in events], at=timezone.now())
