"""Celery's side of what comes in from other systems."""

import logging

from celery import shared_task
from django.utils import timezone

from events import heartbeat

log = logging.getLogger("cem.mail")


@shared_task(queue="mail")
def fetch_mail() -> None:
    # Only where customers answer by mail does anything have to read a mailbox.
    from integrations.email import mailbox

    now = timezone.now()
    try:
        mailbox.fetch(at=now)
    except mailbox.MailboxAway as error:
        log.warning("The mailbox cannot be read: %s", error)
    else:
        heartbeat.beat("fetcher", at=now)
