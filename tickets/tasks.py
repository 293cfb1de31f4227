"""Celery's side of the clocks."""

from celery import shared_task
from django.utils import timezone

from tickets import breaches, closure, handover, pauses, watchdog


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
    handover.hand_out_waiting(at=now)


@shared_task(queue="loop")
def close_silent_tickets() -> None:
    closure.close_silent(at=timezone.now())
