"""Celery's side of imports: the row says what is left, a lost message costs a minute."""

import logging
from datetime import timedelta

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from customers import imports
from customers.models import CustomerImport

log = logging.getLogger("cem.imports")

# A batch takes a second or two; who is silent for this long is gone.
STALLED = timedelta(seconds=60)


@shared_task(queue="bulk")
def run_import(*, import_id: int) -> None:
    now = timezone.now()
    try:
        is_done = imports.work_on(import_id, at=now)
    except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise  # the server's trouble, not the file's: `resume_imports` tries again
    except CustomerImport.DoesNotExist:
        return
    except Exception:
        imports.give_up(import_id, at=now)
        raise
    if not is_done:
        ask_for(import_id)


@shared_task(queue="bulk")
def resume_imports() -> None:
    since = timezone.now() - STALLED
    stalled = CustomerImport.objects.stalled(since=since)
    for import_id in stalled.values_list("pk", flat=True):
        ask_for(import_id)


def ask_for(import_id: int) -> None:
    """Ask a worker to go on with this import. Never raises."""
    try:
        run_import.apply_async(kwargs={"import_id": import_id}, retry=False)
    except BrokerError as error:
        log.warning("No worker could be asked, the next round will: %s", error)
