"""Does every qualifying answer have its ticket? The expected result is: none missing."""

from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from surveys.models import Response
from tickets.rule_facts import NO_HISTORY, histories_of
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
    candidates = waiting.select_related("touchpoint", "customer__account")
    found = candidates.order_by("submitted_at", "pk").iterator(chunk_size=CHUNK)
    missing = []
    while chunk := list(islice(found, CHUNK)):
        pasts = histories_of([answer.pk for answer in chunk], rulebook.fields)
        missing += [
            answer.pk
            for answer in chunk
            if rulebook.find_rule_for(answer, pasts.get(answer.pk, NO_HISTORY))
        ]
    return missing
