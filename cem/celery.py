"""The Celery application; `celery -A cem worker` and `beat` start from here."""

import os

from celery import Celery
from celery.signals import task_postrun, task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cem.settings")
# They would load every page, which no worker shows; `migrate` has run them before.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("cem")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
@task_postrun.connect
def look_after_connections(**_: object) -> None:
    """As a request does: keep a sound connection, replace a broken or old one."""
    close_old_connections()
