"""One Celery task for each answer, as products without an outbox do it.

The same handlers as the drain's, one event at a time; a transaction for each.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cem.settings")

import django

django.setup()

from celery import Celery  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from events.handlers import all_handlers  # noqa: E402
from events.models import Event  # noqa: E402

QUEUE = "per-answer"

app = Celery("per-answer")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.task(queue=QUEUE)
def handle(event_id: int) -> None:
    with transaction.atomic():
        event = Event.objects.get(id=event_id)
        for handler in all_handlers():
            if event.name in handler.names:
                handler.handle([event])
        Event.objects.filter(id=event_id).update(dispatched_at=timezone.now())
