"""Targets: what holds on a day, and how one is set."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from dashboards.models import Target
from dashboards.registry import METRICS
from events import outbox
from teams.models import User

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
    lines = (
        Target.objects.filter(from_day__lte=day)
        .order_by("metric", "-from_day", "-set_at", "-pk")
        .distinct("metric")
    )
    return {line.metric: line.value for line in lines if line.value is not None}


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
