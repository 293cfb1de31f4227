"""Celery's side of the surveys."""

import logging
from datetime import date
from typing import Any

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from surveys import exports, taxonomy, uploads
from surveys.enrichment import enrich_waiting
from surveys.intake import local_day
from surveys.models import Export
from surveys.tallies import Asked, tally
from teams.models import User

log = logging.getLogger("cem.exports")

HOUR = 3600  # seconds


@shared_task(queue="bulk")
def read_comments() -> None:
    enrich_waiting()


@shared_task(queue="bulk")
def sweep_uploads() -> None:
    uploads.sweep(at=timezone.now())


@shared_task(queue="bulk")
def count_answers(
    *, user_id: int, since: str | None, until: str | None = None, **asked: Any
) -> None:
    """Have a survey's answers counted for this person; the arguments are `Asked`'s."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return  # gone since they looked
    first, last = (date.fromisoformat(one) if one else None for one in (since, until))
    wanted = Asked(user=user, since=first, until=last, **asked)
    tally(wanted, today=local_day(timezone.now()), most=None)


@shared_task(queue="bulk")
def read_topics_again(*, reading_id: int) -> None:
    if not taxonomy.read_on(reading_id, at=timezone.now()):
        ask_for_reading(reading_id)


@shared_task(queue="bulk")
def resume_topic_readings() -> None:
    """Those that no worker heard of, or whose worker is gone."""
    for reading_id in taxonomy.unread(at=timezone.now()):
        ask_for_reading(reading_id)


# A million answers take a worker minutes, which is more than any other task may.
@shared_task(queue="reports", soft_time_limit=HOUR - 60, time_limit=HOUR)
def write_export(*, export_id: int) -> None:
    exports.write(export_id, at=timezone.now())


@shared_task(queue="reports")
def resume_exports() -> None:
    """Files that no worker was asked for, or whose worker is gone."""
    to_write = Export.objects.to_write(at=timezone.now())
    for export_id in to_write.values_list("pk", flat=True):
        ask_for_export(export_id)


@shared_task(queue="reports")
def sweep_exports() -> None:
    exports.sweep(at=timezone.now())


def ask_for_export(export_id: int) -> None:
    """Ask a worker to write this file. Never raises."""
    try:
        write_export.apply_async(kwargs={"export_id": export_id}, retry=False)
    except BrokerError as error:
        log.warning("No worker could be asked, the next round will: %s", error)


def ask_for_reading(reading_id: int) -> None:
    """Ask a worker to read comments again. Never raises."""
    try:
        read_topics_again.apply_async(kwargs={"reading_id": reading_id}, retry=False)
    except BrokerError as error:
        log.warning("No worker could be asked, the next round will: %s", error)
