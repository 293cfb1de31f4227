"""Every night the rollups are compared with the raw rows; a difference is told."""

from datetime import datetime

from django.db import transaction

from dashboards.rollups import rollup_differences
from events import outbox
from events.models import Event
from teams.models import Notification, User
from teams.notices import notify_all
from teams.roles import Role

COMPARED = "rollups.compared"
SUBJECT = ("rollups", "all")
# More tell nobody more; `doctor` and the log have the first ones.
NAMED = 20


def compare(*, at: datetime) -> list[str]:
    """Where a rollup is not what the raw rows say; administrators learn of it."""
    found = rollup_differences(limit=NAMED)
    with transaction.atomic():
        payload = {"differences": found}
        outbox.record(COMPARED, subject=SUBJECT, at=at, payload=payload)
        if found:
            _tell_administrators(len(found), at=at)
    return found


def last_differences() -> int:
    """How many the last comparison found; none before the first one."""
    subject_type, subject_id = SUBJECT
    last = (
        Event.objects.filter(subject_type=subject_type, subject_id=subject_id)
        .order_by("-id")
        .values_list("payload", flat=True)
        .first()
    )
    return len(last["differences"]) if last else 0


def _tell_administrators(differences: int, *, at: datetime) -> None:
    readers = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
    notify_all(
        [
            Notification(
                user_id=user_id,
                kind="rollups_differ",
                params={"count": differences},
                url="/settings/health/",
                created_at=at,
            )
            for user_id in readers.values_list("pk", flat=True)
        ]
    )
