"""Asking workers for letters and files; the rows say what is to be done."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError as BrokerError

log = logging.getLogger("cem.dashboards")


def ask_for_letter(mailing_id: int) -> None:
    _ask("dashboards.tasks.write_report_letter", mailing_id=mailing_id)


def ask_for_file(file_id: int) -> None:
    _ask("dashboards.tasks.write_report_file", file_id=file_id)


def _ask(task: str, **ids: int) -> None:
    """Never raises: without a broker the next round of the schedule asks again."""
    try:
        current_app.send_task(task, kwargs=ids, queue="reports", retry=False)
    except BrokerError as error:
        log.warning("No worker could be asked, the next round will: %s", error)
