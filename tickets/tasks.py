"""Celery's side of the clocks."""

from celery import shared_task
from django.utils import timezone

from tickets import breaches


@shared_task(queue="loop")
def breach_overdue_clocks() -> None:
    breaches.breach_overdue(at=timezone.now())
