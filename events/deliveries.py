"""What leaves the building: queue, claim with a lease, send, retry, park."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.db.models import F

from events import doorbell, outbox
from events.crash_points import Point, reached
from events.models import Delivery
from events.prepared import Prepared
from events.transports import TransportError, transport_for

log = logging.getLogger("cem.deliveries")

# A sender that dies holds its claim this long; then another takes it.
LEASE = timedelta(minutes=5)
CLAIM = 200
# What a slow provider left over by then goes back, well before the lease ends.
WORKS_FOR = timedelta(minutes=2)
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
    stops_at = time.monotonic() + WORKS_FOR.total_seconds()
    for channel, group in groupby(claimed, key=attrgetter("channel")):
        _send_over(channel, list(group), at=at, stops_at=stops_at)
    if claimed:
        transaction.on_commit(doorbell.ring_soon)
    return len(claimed)


@transaction.atomic
def replay(delivery: Delivery, *, by: str, at: datetime) -> None:
    """Put a parked delivery back into the queue, with all its tries."""
    parked = Delivery.objects.filter(id=delivery.pk, state=Delivery.State.PARKED)
    if parked.update(state=Delivery.State.QUEUED, attempts=0, next_try_at=at):
        _tell("delivery.replayed", delivery, at=at, actor=by)


def _claim(*, at: datetime) -> list[Delivery]:
    """Counted before the try: what kills its sender must not be tried for ever."""
    claimed = Delivery.objects.raw(
        _CLAIM, {"at": at, "until": at + LEASE, "most": CLAIM}
    )
    return sorted(claimed, key=attrgetter("channel", "id"))


_CLAIM = """
    WITH due AS (
        SELECT id FROM events_delivery
        WHERE state = 'queued' AND next_try_at <= %(at)s
        ORDER BY next_try_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
    )
    UPDATE events_delivery delivery
    SET next_try_at = %(until)s, attempts = attempts + 1
    FROM due WHERE delivery.id = due.id RETURNING delivery.*"""


def _send_over(
    channel: str, deliveries: Sequence[Delivery], *, at: datetime, stops_at: float
) -> None:
    """Those of one channel, over one connection where the channel has such."""
    done, accepted = 0, _Accepted(at)
    try:
        outcomes = transport_for(channel).send_all(deliveries)
        for delivery, outcome in zip(deliveries, outcomes, strict=True):
            done += 1
            if isinstance(outcome, TransportError):
                log.warning("Delivery %s was not taken: %s", delivery.key, outcome)
                _put_off(delivery, str(outcome), at=at)
            else:
                accepted.add(delivery, outcome)
            if time.monotonic() > stops_at and done < len(deliveries):
                _give_back(deliveries[done:], at=at)
                return
    except SoftTimeLimitExceeded:
        raise  # the worker's time is up; the lease brings the others back
    except TransportError as error:
        log.warning("The channel %s cannot be used: %s", channel, error)
        _put_off_all(deliveries[done:], str(error), at=at)
    except Exception as error:
        # A fault of ours must not be tried for ever, nor hold up other channels.
        log.exception("The channel %s failed", channel)
        _put_off_all(deliveries[done:], f"{type(error).__name__}: {error}", at=at)
    finally:
        accepted.write()


class _Accepted:
    """What the provider took and is not written down yet: the work of a moment.

    Who dies meanwhile repeats that moment's letters, once each, under the same keys.
    """

    MOMENT = 0.02  # seconds
    MOST = 20

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.rows: list[tuple[int, str, int]] = []
        self.since = 0.0

    def add(self, delivery: Delivery, answer: str) -> None:
        reached(Point.AFTER_PROVIDER_ACCEPT)
        if not self.rows:
            self.since = time.monotonic()
        lane = outbox.lane_of("delivery", delivery.pk)
        self.rows.append((delivery.pk, answer[:2_000], lane))
        if len(self.rows) >= self.MOST or time.monotonic() - self.since >= self.MOMENT:
            self.write()

    def write(self) -> None:
        """The marks and their events, in one statement and so in one transaction."""
        if not self.rows:
            return
        ids, answers, lanes = (list(column) for column in zip(*self.rows, strict=True))
        values = {"ids": ids, "answers": answers, "lanes": lanes, "at": self.at}
        with connection.cursor() as cursor:
            _SENT.execute(cursor, values)
        self.rows = []


_SENT = Prepared(
    "cem_deliveries_sent",
    {
        "ids": "bigint[]",
        "answers": "text[]",
        "lanes": "smallint[]",
        "at": "timestamptz",
    },
    """
    WITH sent AS (
        UPDATE events_delivery delivery SET state = 'sent', sent_at = %(at)s,
            last_error = '', provider_answer = accepted.answer
        FROM unnest(%(ids)s, %(answers)s, %(lanes)s) accepted (id, answer, lane)
        WHERE delivery.id = accepted.id AND delivery.state <> 'sent'
        RETURNING delivery.id, delivery.channel, delivery.subject_type,
            delivery.subject_id, accepted.lane
    )
    INSERT INTO events_event (name, subject_type, subject_id, lane, actor, occurred_at,
        payload)
    SELECT 'delivery.sent', 'delivery', id::text, lane, '', %(at)s,
        jsonb_build_object('channel', channel,
            'for', subject_type || ':' || subject_id)
    FROM sent ORDER BY id""",
)


def _give_back(deliveries: Sequence[Delivery], *, at: datetime) -> None:
    """What was claimed and never tried."""
    Delivery.objects.filter(id__in=[delivery.pk for delivery in deliveries]).update(
        next_try_at=at, attempts=F("attempts") - 1
    )


def _put_off_all(deliveries: Sequence[Delivery], error: str, *, at: datetime) -> None:
    for delivery in deliveries:
        _put_off(delivery, error, at=at)


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
