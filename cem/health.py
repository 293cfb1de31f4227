"""How the installation is: numbers from the rows, read in a few small queries."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import redis
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min, Q

from dashboards.comparison import last_differences
from events.doorbell import valkey
from events.models import LANES, Delivery, Event, Failure, Heartbeat
from tickets.models import Clock
from tickets.reconciliation import missing_tickets
from tickets.watchdog import unattended

# Counting further tells nobody more, and costs.
COUNTED_TO = 100_000
# A clock may fire this late: the tick comes every few seconds.
CLOCK_GRACE = timedelta(seconds=60)
# How far back the quick reconciliation looks; `doctor` looks at everything.
RECENT = timedelta(days=1)

_is_migrated = False


@dataclass(frozen=True)
class Rows:
    """What the database says; ages in seconds, None = never seen."""

    lag_seconds: float
    undispatched: int
    failures_waiting: int
    failures_parked: int
    deliveries_queued: int
    deliveries_parked: int
    delivery_delay_seconds: float
    clocks_not_fired: int
    missing_tickets: int
    unattended_tickets: int
    rollup_differences: int
    heartbeats: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    """`rows` is None when the database cannot be asked or is not migrated."""

    database: bool
    valkey: bool
    migrations_pending: int
    rows: Rows | None

    @property
    def can_serve(self) -> bool:
        return self.database and self.migrations_pending == 0


def examine(*, at: datetime) -> Health:
    """Look at every engine and queue; never raises."""
    try:
        pending = pending_migrations()
        rows = _rows(at) if pending == 0 else None
    except DatabaseError:
        return Health(False, valkey_answers(), 0, None)
    return Health(True, valkey_answers(), pending, rows)


def pending_migrations() -> int:
    """Once none is pending, none can be until new code starts a new process."""
    global _is_migrated
    if _is_migrated:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return 0
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _is_migrated = not plan
    return len(plan)


def valkey_answers() -> bool:
    try:
        return bool(valkey().ping())
    except redis.RedisError:
        return False


def clocks_not_fired(*, at: datetime) -> int:
    """Running clocks whose due time is past, but which the tick did not see."""
    late = at - CLOCK_GRACE
    return Clock.objects.filter(state=Clock.State.RUNNING, due_at__lt=late).count()


def _rows(at: datetime) -> Rows:
    failures = Failure.objects.aggregate(
        waiting=Count("id", filter=Q(parked_at__isnull=True)),
        parked=Count("id", filter=Q(parked_at__isnull=False)),
    )
    queued = Delivery.objects.filter(state=Delivery.State.QUEUED).aggregate(
        count=Count("id"), due=Min("next_try_at")
    )
    parked = Delivery.objects.filter(state=Delivery.State.PARKED).count()
    return Rows(
        lag_seconds=_lag(at),
        undispatched=_undispatched(),
        failures_waiting=failures["waiting"],
        failures_parked=failures["parked"],
        deliveries_queued=queued["count"],
        deliveries_parked=parked,
        delivery_delay_seconds=_age(queued["due"], at),
        clocks_not_fired=clocks_not_fired(at=at),
        missing_tickets=len(missing_tickets(at=at, since=at - RECENT)),
        unattended_tickets=unattended(at=at)[:COUNTED_TO].count(),
        rollup_differences=last_differences(),
        heartbeats={
            part: _age(seen, at)
            for part, seen in Heartbeat.objects.values_list("part", "seen_at")
        },
    )


def _lag(at: datetime) -> float:
    """How long the oldest unhandled event has waited since it was written down."""
    oldest = [
        Event.objects.filter(lane=lane, dispatched_at__isnull=True)
        .order_by("id")
        .values("recorded_at")[:1]
        for lane in range(LANES)
    ]
    found = oldest[0].union(*oldest[1:], all=True)
    return max((_age(row["recorded_at"], at) for row in found), default=0.0)


def _undispatched() -> int:
    return Event.objects.filter(dispatched_at__isnull=True)[:COUNTED_TO].count()


def _age(instant: datetime | None, at: datetime) -> float:
    return max(0.0, (at - instant).total_seconds()) if instant else 0.0
