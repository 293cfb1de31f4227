"""Targets: what holds on a day, and how one is set."""

import json
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from dashboards.models import Target
from dashboards.registry import METRICS
from events import outbox
from teams.models import User

# To be asked alone, or beside something else.
IN_FORCE = """
SELECT COALESCE(jsonb_object_agg(metric, value) FILTER (WHERE value IS NOT NULL), '{}')
FROM (
    SELECT DISTINCT ON (metric) metric, value FROM dashboards_target
    WHERE from_day <= %(day)s
    ORDER BY metric, from_day DESC, set_at DESC, id DESC) line"""
# What numbers of a unit can be; None is without an end.
RANGES: dict[str, tuple[float | None, float | None]] = {
    "points": (-100.0, 100.0),
    "percent": (0.0, 100.0),
}
# Counts of answers, and estimates that depend on assumptions, have no target.
WITH_TARGET = tuple(
    key
    for key, metric in METRICS.items()
    if metric.better != "neither" and metric.source not in ("costs", "ratings")
)


def targets_on(day: date) -> dict[str, float]:
    """The target of each metric that has one on this day, in the metric's unit."""
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE, {"day": day})
        (found,) = cursor.fetchone() or ("{}",)
    return read(found)


def read(found: str) -> dict[str, float]:
    """What IN_FORCE says."""
    return {metric: float(value) for metric, value in json.loads(found).items()}


def history() -> QuerySet[Target]:
    """Every line that was ever set, the newest first."""
    return Target.objects.select_related("set_by").order_by("-set_at", "-pk")


@transaction.atomic
def set_target(
    metric: str, value: float | None, *, from_day: date, by: User, at: datetime
) -> Target:
    """What the metric shall reach from this day on; None ends the target."""
    target = Target.objects.create(
        metric=metric, value=value, from_day=from_day, set_by=by, set_at=at
    )
    outbox.record(
        "target.set",
        subject=("target", target.pk),
        at=at,
        actor=by.email[:80],
        payload={
            "metric": metric,
            "value": value,
            "from_day": from_day.isoformat(),
        },
    )
    return target
