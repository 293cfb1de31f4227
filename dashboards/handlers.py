"""What this app does when something happened elsewhere."""

from collections.abc import Sequence

from django.utils import timezone

from dashboards import answer_rollup, loop_rollup, undelivered
from events.handlers import on
from events.models import Event
from surveys.submitted import NEW_ANSWERS, RESPONSES_CHANGED, changed_days, response_ids


@on(*NEW_ANSWERS, RESPONSES_CHANGED)
def fold_answers(events: Sequence[Event]) -> None:
    """Changed days first: they are made without what is about to be added."""
    days = changed_days(events)
    if days:
        answer_rollup.remake(days)
    new = [event for event in events if event.name in NEW_ANSWERS]
    if new:
        answer_rollup.fold(
            response_ids(new), newest_at=max(event.occurred_at for event in new)
        )


@on(loop_rollup.POLICY_EVENT)
def fold_tickets_of_policies(events: Sequence[Event]) -> None:
    loop_rollup.fold_under_policies(
        [int(event.subject_id) for event in events],
        newest_at=max(event.occurred_at for event in events),
    )


@on(*loop_rollup.EVENTS)
def fold_tickets(events: Sequence[Event]) -> None:
    loop_rollup.fold(
        sorted({int(event.subject_id) for event in events}),
        newest_at=max(event.occurred_at for event in events),
    )


@on("delivery.parked")
def tell_of_undelivered(events: Sequence[Event]) -> None:
    undelivered.tell_of_parked(events, at=timezone.now())
