"""The Celery application as beat needs it: the schedule, without the apps behind it.

Beat sends messages by name and runs none, so it can leave Django's apps unloaded and
stay half as large. The worker's application is `cem.celery`.
"""

from __future__ import annotations

import os

from celery import Celery
from celery.loaders.app import AppLoader

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cem.settings")


class ScheduleOnly(AppLoader):
    def import_default_modules(self) -> list[object]:
        """Import no task, and set up no Django, which listens for just this moment."""
        return []


app = Celery("cem", loader=ScheduleOnly, fixups=[], set_as_current=False)
app.config_from_object("django.conf:settings", namespace="CELERY")
