"""Letters of regular mails that did not come as they were ordered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from dashboards.models import Mailing, Schedule, WorkState
from events.models import Delivery, Event
from teams.models import Notification
from teams.notices import notify

# Neither written nor taken by a mail server.
NOT_SENT = Q(state=WorkState.FAILED) | Q(delivery__state=Delivery.State.PARKED)


@dataclass(frozen=True)
class Trouble:
    """Of the newest due time: how many letters did not leave, and what is to be said of
    one that left without its pictures ('' of none)."""

    not_sent: int
    problem: str


def trouble_of(schedule: Schedule) -> Trouble:
    newest = schedule.mailings.order_by("-pk").first()
    if newest is None:
        return Trouble(0, "")
    letters = schedule.mailings.filter(due_at=newest.due_at)
    lacking = letters.filter(state=WorkState.DONE).exclude(problem="")
    return Trouble(
        letters.filter(NOT_SENT).count(),
        lacking.values_list("problem", flat=True).first() or "",
    )


def tell_of_parked(events: Sequence[Event], *, at: datetime) -> None:
    """The owner hears once of each due time whose letters the mail server refused."""
    told = set()
    for mailing in _given_up([int(event.subject_id) for event in events]):
        due = (mailing.schedule_id, mailing.due_at)
        if due not in told:
            told.add(due)
            _tell(mailing, at=at)


def _given_up(deliveries: Sequence[int]) -> QuerySet[Mailing]:
    found = Mailing.objects.select_related("schedule__owner")
    return found.filter(
        delivery__in=deliveries, delivery__state=Delivery.State.PARKED
    ).order_by("pk")


def _tell(mailing: Mailing, *, at: datetime) -> None:
    schedule = mailing.schedule
    due = mailing.due_at.isoformat()
    before = Notification.objects.filter(
        user=schedule.owner,
        kind="schedule_undelivered",
        params__due=due,
        params__schedule=schedule.pk,
    )
    if not before.exists():
        notify(
            schedule.owner,
            "schedule_undelivered",
            at=at,
            url=f"/dashboards/reports/schedules/{schedule.pk}/",
            title=schedule.label,
            schedule=schedule.pk,
            due=due,
        )
