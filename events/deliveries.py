"""What leaves the building: queue, claim with a lease, send, retry, park."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from events.models import Delivery
from events.transports import TransportError, transport_for

log = logging.getLogger("cem.deliveries")

# A sender that dies holds its claim this long; then another takes it.
LEASE = timedelta(minutes=5)
CLAIM = 20
TRIES = 6
BACKOFF = (
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)


def queue_delivery(
    *,
    key: str,
    channel: str,
    recipient: str,
    content: dict[str, Any],
    at: datetime,
    subject: tuple[str, object] = ("", ""),
) -> Delivery:
    """Queue once: a second call with the same key returns the first delivery."""
    delivery, _created = Delivery.objects.get_or_create(
        key=key,
        defaults={
            "channel": channel,
            "recipient": recipient,
            "content": content,
            "created_at": at,
            "next_try_at": at,
            "subject_type": subject[0],
            "subject_id": str(subject[1]),
        },
    )
    return delivery


def send_due(*, at: datetime) -> int:
    """Send what is due; return how many were handed over."""
    sent = 0
    while claimed := _claim(at=at):
        sent += sum(_send(delivery, at=at) for delivery in claimed)
    return sent


def replay(delivery: Delivery, *, at: datetime) -> None:
    """Put a parked delivery back into the queue, with all its tries."""
    Delivery.objects.filter(id=delivery.id, state=Delivery.State.PARKED).update(
        state=Delivery.State.QUEUED, attempts=0, next_try_at=at
    )


@transaction.atomic
def _claim(*, at: datetime) -> list[Delivery]:
    due = Delivery.objects.filter(state=Delivery.State.QUEUED, next_try_at__lte=at)
    claimed = list(
        due.select_for_update(skip_locked=True).order_by("next_try_at")[:CLAIM]
    )
    Delivery.objects.filter(id__in=[d.id for d in claimed]).update(
        next_try_at=at + LEASE
    )
    return claimed


def _send(delivery: Delivery, *, at: datetime) -> bool:
    delivery.attempts += 1
    try:
        delivery.provider_answer = transport_for(delivery.channel).send(delivery)
    except TransportError as error:
        _put_off(delivery, error, at=at)
        return False
    delivery.state, delivery.sent_at, delivery.last_error = "sent", at, ""
    delivery.save(
        update_fields=["attempts", "provider_answer", "state", "sent_at", "last_error"]
    )
    return True


def _put_off(delivery: Delivery, error: TransportError, *, at: datetime) -> None:
    log.warning("Delivery %s was not taken: %s", delivery.key, error)
    delivery.last_error = str(error)[:2_000]
    if delivery.attempts >= TRIES:
        delivery.state = Delivery.State.PARKED
    else:
        delivery.next_try_at = at + BACKOFF[delivery.attempts - 1]
    delivery.save(update_fields=["attempts", "last_error", "state", "next_try_at"])
