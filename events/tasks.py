"""Celery's side of the outbox and of the deliveries."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from events import deliveries, doorbell, heartbeat, outbox
from events.models import IdempotentCall

# A drain that finds more hands over to the next, well inside a task's time limit.
AT_MOST = 100_000
KEYS_ARE_KEPT = timedelta(hours=24)


@shared_task(queue="loop")
def drain() -> None:
    doorbell.answer()
    if outbox.drain(limit=AT_MOST) >= AT_MOST:
        doorbell.ring()


@shared_task(queue="loop")
def sweep() -> None:
    now = timezone.now()
    heartbeat.beat("worker", at=now)
    outbox.drain(limit=AT_MOST)
    outbox.retry_failures(at=now)


@shared_task(queue="mail")
def send_deliveries() -> None:
    heartbeat.beat("sender", at=timezone.now())
    if deliveries.send_due(at=timezone.now()):
        send_deliveries.apply_async(expires=60)


@shared_task(queue="loop")
def forget_old_keys() -> None:
    oldest = timezone.now() - KEYS_ARE_KEPT
    IdempotentCall.objects.filter(created_at__lt=oldest).delete()
