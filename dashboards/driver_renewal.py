"""Key drivers of the last days, calculated again overnight for those who asked."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from dashboards.driver_runs import VERSION, Asked, read_filters, run_of
from dashboards.models import DriverRun
from surveys.intake import local_day
from teams.access import can
from teams.roles import Ability

# Who has not asked again for so long does not read it any more.
ASKED_WITHIN = timedelta(days=30)
MOST = 200


def renew(*, at: datetime) -> int:
    """Order what is to be calculated anew; how many. A second time in a day there is
    nothing to do.

    Only what ended on the day it was calculated moves on: other days are what somebody
    chose. `asked_at` stays when the person asked, so that it ends with their interest.
    """
    today, orders = local_day(at), list[DriverRun]()
    for run in _moving(at=at):
        person = run.asked_by
        if run.until >= today or not can(person, Ability.SEE_DASHBOARDS):
            continue
        asked = _moved_to(today, run)
        kept = DriverRun.objects.filter(asked_by=person, digest=asked.digest())
        if len(orders) < MOST and not kept.exists():
            orders.append(run_of(asked, by=person, asked_at=run.asked_at))
    DriverRun.objects.bulk_create(orders)
    _sweep(orders)
    return len(orders)


def is_renewed(run: DriverRun) -> bool:
    """Made overnight, of days that were not over when the person asked."""
    return run.until > local_day(run.asked_at)


def _moving(*, at: datetime) -> Iterator[DriverRun]:
    """The newest of each question, the latest asked first."""
    rows = DriverRun.objects.filter(
        state=DriverRun.State.DONE,
        version=VERSION,
        asked_at__gt=at - ASKED_WITHIN,
        asked_by__is_active=True,
    ).select_related("asked_by", "survey")
    known = set[tuple[object, ...]]()
    for run in rows.order_by("-asked_at", "-until"):
        question = _question(run)
        if question not in known and run.until == _finished_on(run):
            known.add(question)
            yield run


def _finished_on(run: DriverRun) -> date:
    assert run.finished_at is not None
    return local_day(run.finished_at)


def _question(run: DriverRun) -> tuple[object, ...]:
    """All but which days."""
    named = (run.asked_by_id, run.survey_id, run.outcome, run.until - run.since)
    return (*named, str(sorted(run.attributes)), str(sorted(run.filters.items())))


def _moved_to(today: date, run: DriverRun) -> Asked:
    return Asked(
        survey=run.survey,
        outcome=run.outcome,
        attributes=tuple(run.attributes),
        since=run.since + (today - run.until),
        until=today,
        filters=read_filters(run.filters),
    )


def _sweep(orders: list[DriverRun]) -> None:
    """Of older nights only the last stays, to be shown until the new one is there."""
    for order in orders:
        older = DriverRun.objects.filter(
            asked_by=order.asked_by,
            survey=order.survey,
            outcome=order.outcome,
            until__lt=order.until,
            finished_at__isnull=False,
        )
        same = [
            run
            for run in older.order_by("-until")
            if _question(run) == _question(order)
        ]
        made = [run.pk for run in same if is_renewed(run)]
        DriverRun.objects.filter(pk__in=made[1:]).delete()
