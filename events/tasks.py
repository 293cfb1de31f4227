"""Celery's side of the outbox and of the deliveries."""

from celery import shared_task
from django.utils import timezone

from events import deliveries, doorbell, heartbeat, outbox


@shared_task(queue="loop")
def drain() -> None:
    doorbell.answer()
    outbox.drain()


@shared_task(queue="loop")
def sweep() -> None:
    now = timezone.now()
    heartbeat.beat("worker", at=now)
    outbox.drain()
    outbox.retry_failures(at=now)


@shared_task(queue="mail")
def send_deliveries() -> None:
    deliveries.send_due(at=timezone.now())
