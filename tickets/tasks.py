"""Celery's side of the clocks."""

import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from tickets import (
    attachments,
    breaches,
    closure,
    department_tasks,
    desk_counts,
    handover,
    pauses,
    re_asking,
    rehearsal,
    task_handover,
    watchdog,
)

log = logging.getLogger("cem.tickets")


@shared_task(queue="loop")
def breach_overdue_clocks() -> None:
    breaches.breach_overdue(at=timezone.now())


@shared_task(queue="loop")
def resume_due_pauses() -> None:
    pauses.resume_due(at=timezone.now())


@shared_task(queue="loop")
def look_after_work() -> None:
    """What people who are away hold moves on; what waits goes to who is free."""
    now = timezone.now()
    handover.stop_waiting()
    handover.hand_over_due(at=now)
    watchdog.look_after(at=now)
    task_handover.look_after_tasks(at=now)
    handover.hand_out_waiting(at=now)
    department_tasks.give_on_unattended(at=now)


@shared_task(queue="bulk")
def fold_desk_counts() -> None:
    desk_counts.fold()


@shared_task(queue="loop")
def close_silent_tickets() -> None:
    closure.close_silent(at=timezone.now())


@shared_task(queue="loop")
def ask_customers_again() -> None:
    re_asking.ask_due(at=timezone.now())


@shared_task(queue="reports")
def rehearse(*, rehearsal_id: int) -> None:
    rehearsal.rehearse(rehearsal_id, at=timezone.now())


@shared_task(queue="reports")
def resume_rehearsals() -> None:
    """Those that no worker heard of."""
    for rehearsal_id in rehearsal.waiting(at=timezone.now()):
        rehearse(rehearsal_id=rehearsal_id)


def ask_for_rehearsal(rehearsal_id: int) -> None:
    """Ask a worker to do it. Never raises."""
    try:
        rehearse.apply_async(kwargs={"rehearsal_id": rehearsal_id}, retry=False)
    except BrokerError as error:
        log.warning("No worker could be asked, the next round will: %s", error)


@shared_task(queue="bulk")
def sweep_attachments() -> None:
    attachments.sweep(at=timezone.now())
