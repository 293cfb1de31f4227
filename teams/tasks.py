"""Celery's side of the notices."""

from celery import shared_task
from django.utils import timezone

from teams import notice_mail


@shared_task(queue="mail")
def post_notices() -> None:
    notice_mail.post_due(at=timezone.now())
