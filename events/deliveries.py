"""What leaves the building: queue, claim with a lease, send, retry, park."""

import logging
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F

from events import outbox
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
    """Try one claim of what is due; return how many were tried, 0 when none is due.

    One claim only: the lease counts from `at`, so a longer run would outlive it.
    """
    claimed = _claim(at=at)
    for delivery in claimed:
        _send(delivery, at=at)
    return len(claimed)


@transaction.atomic
def replay(delivery: Delivery, *, by: str, at: datetime) -> None:
    """Put a parked delivery back into the queue, with all its tries."""
    parked = Delivery.objects.filter(id=delivery.pk, state=Delivery.State.PARKED)
    if parked.update(state=Delivery.State.QUEUED, attempts=0, next_try_at=at):
        _tell("delivery.replayed", delivery, at=at, actor=by)


@transaction.atomic
def _claim(*, at: datetime) -> list[Delivery]:
    due = Delivery.objects.filter(state=Delivery.State.QUEUED, next_try_at__lte=at)
    claimed = list(
        due.select_for_update(skip_locked=True).order_by("next_try_at")[:CLAIM]
    )
    # Counted before the try: what kills its sender must not be tried for ever.
    Delivery.objects.filter(id__in=[d.pk for d in claimed]).update(
        next_try_at=at + LEASE, attempts=F("attempts") + 1
    )
    for delivery in claimed:
        delivery.attempts += 1
    return claimed


def _send(delivery: Delivery, *, at: datetime) -> None:
    try:
        answer = transport_for(delivery.channel).send(delivery)
    except SoftTimeLimitExceeded:
        raise  # the worker's time is up; the lease brings the delivery back
    except TransportError as error:
        log.warning("Delivery %s was not taken: %s", delivery.key, error)
        _put_off(delivery, str(error), at=at)
    except Exception as error:
        # One that cannot even be built must not hold up the others of its claim.
        log.exception("Delivery %s could not be sent", delivery.key)
        _put_off(delivery, f"{type(error).__name__}: {error}", at=at)
    else:
        _note_sent(delivery, answer, at=at)


@transaction.atomic
def _note_sent(delivery: Delivery, answer: str, *, at: datetime) -> None:
    delivery.state, delivery.sent_at, delivery.last_error = "sent", at, ""
    delivery.provider_answer = answer
    delivery.save(update_fields=["provider_answer", "state", "sent_at", "last_error"])
    _tell("delivery.sent", delivery, at=at)


@transaction.atomic
def _put_off(delivery: Delivery, error: str, *, at: datetime) -> None:
    delivery.last_error = error[:2_000]
    if delivery.attempts >= TRIES:
        delivery.state = Delivery.State.PARKED
        _tell("delivery.parked", delivery, at=at)
    else:
        delivery.next_try_at = at + BACKOFF[delivery.attempts - 1]
    delivery.save(update_fields=["last_error", "state", "next_try_at"])


def _tell(name: str, delivery: Delivery, *, at: datetime, actor: str = "") -> None:
    payload = {
        "channel": delivery.channel,
        "for": f"{delivery.subject_type}:{delivery.subject_id}",
    }
    outbox.record(
        name, subject=("delivery", delivery.pk), at=at, actor=actor, payload=payload
    )
