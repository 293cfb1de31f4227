"""What this app does when something happened elsewhere."""

from collections.abc import Sequence

from events.handlers import on
from events.models import Event
from surveys.enrichment import enrich
from surveys.submitted import NEW_ANSWERS, response_ids


@on(*NEW_ANSWERS)
def read_comments(events: Sequence[Event]) -> None:
    enrich(response_ids(events))
