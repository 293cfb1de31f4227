"""The outbox: events are recorded with the change they tell of, and drained later.

The row in PostgreSQL is the queue of record; Celery is only the doorbell.
"""

import json
import logging
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zlib import crc32

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.base import ModelState
from django.utils import timezone

from events import doorbell
from events.bulk_insert import insert_all
from events.crash_points import Point, reached
from events.handlers import Handler, all_handlers, find_handler
from events.models import LANES, Event, Failure
from events.prepared import Prepared

log = logging.getLogger("cem.events")

BATCH = 2_000
TRIES = 5
# Waits before tries two to five; after the fifth the failure is parked.
BACKOFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
)


class _ThisThread(threading.local):
    # What handlers record is found by the drain they work for: nobody need ring.
    drains = False


_this_thread = _ThisThread()

# Lane after lane, beginning with `first`, until a batch is full: little that waits is
# handled together, much is left for others to share. What the locks guard is read in a
# statement of its own, whose snapshot holds all that a lane's last holder committed.
#
# Both order by lane, which they need not: so the planner has no index to read from but
# that of what waits, even where it believes that most of the table waits.
_HOLD = Prepared(
    "cem_hold_lanes",
    {"first": "int", "lanes": "int", "most": "int"},
    """
    WITH RECURSIVE taken (step, lane, total, is_held) AS (
        SELECT 0, 0, 0::bigint, false
        UNION ALL
        SELECT taken.step + 1, next.lane,
            taken.total + CASE WHEN held.is_held THEN waiting.count ELSE 0 END,
            held.is_held
        FROM taken
        CROSS JOIN LATERAL (SELECT (%(first)s + taken.step) %% %(lanes)s) next (lane)
        CROSS JOIN LATERAL (SELECT count(*) FROM (
            SELECT FROM events_event e
            WHERE e.lane BETWEEN next.lane AND next.lane AND e.dispatched_at IS NULL
            ORDER BY e.lane, e.id LIMIT %(most)s
        ) few) waiting
        CROSS JOIN LATERAL (SELECT CASE
            WHEN waiting.count = 0 OR taken.total >= %(most)s THEN false
            ELSE pg_try_advisory_xact_lock(hashtext('cem.events.lane'), next.lane)
        END OFFSET 0) held (is_held)
        WHERE taken.step < %(lanes)s)
    SELECT lane FROM taken WHERE is_held""",
)
_FIELDS = [field.attname for field in Event._meta.concrete_fields]
_WAITING = Prepared(
    "cem_waiting_events",
    {"lanes": "int[]", "most": "int"},
    f"""
    SELECT {", ".join(f"e.{name}" for name in _FIELDS)}
    FROM unnest(%(lanes)s) held (lane) CROSS JOIN LATERAL (
        SELECT * FROM events_event
        WHERE lane BETWEEN held.lane AND held.lane AND dispatched_at IS NULL
        ORDER BY lane, id LIMIT %(most)s FOR UPDATE SKIP LOCKED) e
    ORDER BY e.id LIMIT %(most)s""",  # noqa: S608
)
_MARK = Prepared(
    "cem_mark_dispatched",
    {"at": "timestamptz", "ids": "bigint[]"},
    "UPDATE events_event SET dispatched_at = %(at)s WHERE id = ANY(%(ids)s)",
)


def lane_of(subject_type: str, subject_id: object) -> int:
    return crc32(f"{subject_type}:{subject_id}".encode()) % LANES


def record(
    name: str,
    *,
    subject: tuple[str, object],
    at: datetime,
    actor: str = "",
    payload: dict[str, Any] | None = None,
) -> Event:
    """Write an event in the caller's transaction and ring the bell when it commits."""
    event = event_for(name, subject=subject, at=at, actor=actor, payload=payload)
    record_all([event])
    return event


def event_for(
    name: str,
    *,
    subject: tuple[str, object],
    at: datetime,
    actor: str = "",
    payload: dict[str, Any] | None = None,
) -> Event:
    """An unsaved event, for bulk paths that `record_all` it."""
    subject_type, subject_id = subject
    return Event(
        name=name,
        subject_type=subject_type,
        subject_id=str(subject_id),
        lane=lane_of(subject_type, subject_id),
        actor=actor,
        occurred_at=at,
        payload=payload or {},
    )


def record_all(events: Sequence[Event]) -> None:
    """As `record`, for many events in one statement."""
    assert connection.in_atomic_block, "an event belongs to the change it tells of"
    insert_all(events)
    if not _this_thread.drains:
        transaction.on_commit(doorbell.ring_soon)


def drain(*, limit: int | None = None) -> int:
    """Handle every undispatched event that no other drainer holds; return how many.

    One transaction per claimed batch: effects inside the database and the mark
    `dispatched_at` commit together, so each happens exactly once.
    """
    drained = 0
    _this_thread.drains = True
    try:
        for turn in count():
            handled = _drain_batch(first=turn % LANES)
            drained += handled
            if not handled or (limit is not None and drained >= limit):
                return drained
    finally:
        _this_thread.drains = False
    return drained


def retry_failures(*, at: datetime) -> int:
    """Try every due failure again, each in its own transaction; return how many."""
    due = Failure.objects.filter(parked_at__isnull=True, next_try_at__lte=at)
    ids = list(due.order_by("next_try_at").values_list("id", flat=True)[:BATCH])
    return sum(_retry(failure_id, at=at) for failure_id in ids)


@transaction.atomic
def unpark(failure: Failure, *, by: str, at: datetime) -> None:
    """Give a parked failure all its tries again; nothing happens to one in work."""
    parked = Failure.objects.filter(id=failure.pk, parked_at__isnull=False)
    if parked.update(parked_at=None, attempts=0, next_try_at=at):
        record(
            "failure.unparked",
            subject=("failure", failure.pk),
            at=at,
            actor=by,
            payload={"event": failure.event_id, "handler": failure.handler},
        )


def _drain_batch(*, first: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        lanes = _hold_lanes(cursor, first=first)
        events = _waiting_in(cursor, lanes) if lanes else []
        if events:
            _dispatch(events)
            ids = [event.id for event in events]
            _MARK.execute(cursor, {"at": timezone.now(), "ids": ids})
            reached(Point.BEFORE_COMMIT)
    if events:
        reached(Point.AFTER_COMMIT)
    return len(events)


def _hold_lanes(cursor: CursorWrapper, *, first: int) -> list[int]:
    """Lanes in which a batch of events waits and that no other drainer holds."""
    _HOLD.execute(cursor, {"first": first, "lanes": LANES, "most": BATCH})
    return [row[0] for row in cursor.fetchall()]


def _waiting_in(cursor: CursorWrapper, lanes: list[int]) -> list[Event]:
    _WAITING.execute(cursor, {"lanes": lanes, "most": BATCH})
    return [_event_of(row) for row in cursor.fetchall()]


def _event_of(row: Sequence[Any]) -> Event:
    """As `Event.from_db`, which asks each field and sends signals: three times as long,
    and a drain reads thousands a second."""
    event = Event.__new__(Event)
    event.__dict__.update(zip(_FIELDS, row, strict=True))
    event.payload = json.loads(event.__dict__["payload"])
    event._state = ModelState()
    event._state.adding, event._state.db = False, DEFAULT_DB_ALIAS
    return event


def _dispatch(events: Sequence[Event]) -> None:
    work = [
        (handler, wanted)
        for handler in all_handlers()
        if (wanted := [event for event in events if event.name in handler.names])
    ]
    # All at once, mostly: a savepoint and a check for each would be as many round trips
    # as the work itself. What fails then is found one by one.
    if len(work) > 1 and _attempt(work) is None:
        return
    for handler, wanted in work:
        if _attempt([(handler, wanted)]) is not None:
            _dispatch_singly(handler, wanted)


def _dispatch_singly(handler: Handler, events: Iterable[Event]) -> None:
    for event in events:
        error = _attempt([(handler, [event])])
        if error is not None:
            _note_failure(handler, event, error)


def _attempt(work: Sequence[tuple[Handler, Sequence[Event]]]) -> Exception | None:
    """Run the handlers in a savepoint; the error that undid it, or None."""
    try:
        with transaction.atomic():
            for handler, events in work:
                handler.handle(events)
                reached(Point.MID_TASK)
            # A reference to what is gone must be a handler's failure: found when the
            # drain commits, it would undo the batch, and the next one, for ever.
            _check_references()
    except SoftTimeLimitExceeded:
        raise  # the worker's time is up, the handler did nothing wrong
    except Exception as error:
        if isinstance(error, DatabaseError) and not connection.is_usable():
            raise  # the connection is gone, not the handler wrong: nothing was marked
        log.warning(
            "%s could not handle %d event(s)",
            ", ".join(handler.name for handler, _events in work),
            max(len(events) for _handler, events in work),
            exc_info=error,
        )
        return error
    return None


def _check_references() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _note_failure(handler: Handler, event: Event, error: Exception) -> None:
    now = timezone.now()
    Failure.objects.create(
        event=event,
        handler=handler.name,
        error=_describe(error),
        failed_at=now,
        next_try_at=now + BACKOFF[0],
    )


@transaction.atomic
def _retry(failure_id: int, *, at: datetime) -> bool:
    locked = Failure.objects.select_for_update(skip_locked=True, of=("self",))
    failure = locked.select_related("event").filter(id=failure_id).first()
    if failure is None or failure.parked_at:
        return False
    if failure.next_try_at is None or failure.next_try_at > at:
        return False  # another drainer tried it since we looked
    handler = find_handler(failure.handler)
    error: Exception | None = LookupError("this handler is not registered any more")
    if handler is not None:
        error = _attempt([(handler, [failure.event])])
    if error is None:
        failure.delete()
    else:
        _put_off(failure, error, at=at)
    return True


def _put_off(failure: Failure, error: Exception, *, at: datetime) -> None:
    failure.attempts += 1
    failure.error = _describe(error)
    failure.failed_at = at
    if failure.attempts >= TRIES:
        failure.parked_at, failure.next_try_at = at, None
    else:
        failure.next_try_at = at + BACKOFF[failure.attempts - 1]
    failure.save(
        update_fields=["attempts", "error", "failed_at", "parked_at", "next_try_at"]
    )


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2_000]
