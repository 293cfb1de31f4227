"""Does every qualifying answer have its ticket? The expected result is: none missing."""

from datetime import datetime, timedelta
from uuid import UUID

from surveys.models import Response
from tickets.rulebook import current_rulebook

# A drain that is on its way is not a loss.
GRACE = timedelta(seconds=60)
CHUNK = 2_000


def missing_tickets(*, at: datetime, since: datetime | None = None) -> list[UUID]:
    """Answers that a rule takes and that no ticket takes care of, oldest first.

    Without `since` all answers are looked at; with it, only those submitted from then
    on, which is quick enough to ask every few seconds.
    """
    rulebook = current_rulebook()
    waiting = Response.objects.counted().filter(
        rulebook.could_qualify(),
        opens_tickets=True,
        ticket_answer__isnull=True,
        submitted_at__lt=at - GRACE,
    )
    if since is not None:
        waiting = waiting.filter(submitted_at__gte=since)
    candidates = waiting.select_related("touchpoint").order_by("submitted_at", "pk")
    return [
        response.pk
        for response in candidates.iterator(chunk_size=CHUNK)
        if rulebook.find_rule_for(response)
    ]
