"""The Celery application as beat needs it: the schedule, without the apps behind it.

Beat sends messages by name and runs none, so it can leave Django's apps unloaded, and
Celery's command line too. The worker's application is `cem.celery`.
"""

from __future__ import annotations

import os
import sys

from celery import Celery
from celery.loaders.app import AppLoader

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cem.settings")


class ScheduleOnly(AppLoader):
    def import_default_modules(self) -> list[object]:
        """Import no task, and set up no Django, which listens for just this moment."""
        return []


app = Celery("cem", loader=ScheduleOnly, fixups=[], set_as_current=False)
app.config_from_object("django.conf:settings", namespace="CELERY")


def main(schedule: str) -> None:
    """Send what is due until told to stop; `schedule`: where it notes what was sent."""
    # Without a pid file, which would outlive a killed beat and hinder the next.
    app.Beat(schedule=schedule, loglevel="WARNING", quiet=True).run()


if __name__ == "__main__":
    main(sys.argv[1])
