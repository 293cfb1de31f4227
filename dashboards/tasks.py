"""Celery's side of the dashboards."""

import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from dashboards import (
    alerts,
    driver_renewal,
    driver_runs,
    report_files,
    report_mail,
    schedules,
    uncovered,
)
from dashboards.models import Mailing, ReportFile
from dashboards.ordering import ask_for_file, ask_for_letter
from dashboards.to_pack import is_anything_to_pack
from surveys.intake import local_day

log = logging.getLogger("cem.dashboards")


@shared_task(queue="reports")
def pack_answers() -> None:
    today = local_day(timezone.now())
    if is_anything_to_pack(today=today):
        # Needs numpy, which few of a worker's tasks do: 13 MB.
        from dashboards.packed_days import pack_stale_days

        pack_stale_days(today=today)


@shared_task(queue="bulk", time_limit=3_600, soft_time_limit=3_500)
def compare_rollups() -> None:
    from dashboards import comparison

    comparison.compare(at=timezone.now())


@shared_task(queue="bulk")
def look_for_uncovered() -> None:
    uncovered.look_again(at=timezone.now())


@shared_task(queue="reports")
def calculate_drivers(*, run_id: int) -> None:
    driver_runs.calculate(run_id, at=timezone.now())


@shared_task(queue="reports")
def resume_drivers() -> None:
    """Those that no worker heard of, or whose worker is gone."""
    for run_id in driver_runs.waiting(at=timezone.now()):
        ask_for_drivers(run_id)


@shared_task(queue="reports")
def renew_drivers() -> None:
    """Those of the last days; `resume_drivers` hands them to the workers."""
    driver_renewal.renew(at=timezone.now())


def ask_for_drivers(run_id: int) -> None:
    """Ask a worker to do it. Never raises."""
    try:
        calculate_drivers.apply_async(kwargs={"run_id": run_id}, retry=False)
    except BrokerError as error:
        log.warning("No worker could be asked, the next round will: %s", error)


@shared_task(queue="reports")
def look_at_alerts() -> None:
    """Watch what changed, and tell of what waited for its hour."""
    now = timezone.now()
    alerts.look_at_rules(at=now)
    alerts.tell_waiting(at=now)


@shared_task(queue="reports")
def send_reports() -> None:
    """Start what is due; ask again for what no worker heard of, or whose worker is gone."""
    now = timezone.now()
    schedules.start_due(at=now)
    for mailing_id in Mailing.objects.to_do(at=now).values_list("pk", flat=True):
        ask_for_letter(mailing_id)
    for file_id in ReportFile.objects.to_do(at=now).values_list("pk", flat=True):
        ask_for_file(file_id)


@shared_task(queue="reports")
def write_report_letter(*, mailing_id: int) -> None:
    report_mail.write_letter(mailing_id, at=timezone.now())


@shared_task(queue="reports")
def write_report_file(*, file_id: int) -> None:
    report_files.write(file_id, at=timezone.now())


@shared_task(queue="reports")
def sweep_report_files() -> None:
    report_files.sweep(at=timezone.now())
