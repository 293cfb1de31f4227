"""Key drivers asked for, calculated by a worker, and kept with all they were asked of.

The row says what is to be done, so a lost message costs half a minute; whoever deletes
it cancels the work.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any

from django.db import InterfaceError, OperationalError
from django.db.models import Q, QuerySet
from django.utils import timezone

from dashboards.driver_data import Attribute, attributes_of, read_ratings
from dashboards.models import DriverRun
from dashboards.selection import Filters, answers
from surveys.models import Survey
from teams.models import User

if TYPE_CHECKING:
    from dashboards.drivers import DriverReport

# The method's, `dashboards.drivers.VERSION`, without loading numpy.
VERSION = 1
KEPT = timedelta(days=90)
SOON = timedelta(seconds=20)
STALLED = timedelta(seconds=60)
LOOKED_AT = 50


class _Cancelled(Exception):
    """The row is gone."""


@dataclass(frozen=True)
class Asked:
    survey: Survey
    outcome: str
    attributes: tuple[str, ...]
    since: date
    until: date
    filters: Filters

    def digest(self) -> str:
        """The same question of the same person has the same."""
        said = [
            self.survey.pk,
            self.outcome,
            sorted(self.attributes),
            str(self.since),
            str(self.until),
            stored_filters(self.filters),
            VERSION,
        ]
        text = json.dumps(said, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def runs_of(user: User) -> QuerySet[DriverRun]:
    """A person's own: what was read depends on who asked."""
    return DriverRun.objects.filter(asked_by=user)


def newest(user: User, asked: Asked) -> DriverRun | None:
    return runs_of(user).filter(digest=asked.digest()).order_by("-asked_at").first()


def latest(user: User, survey: Survey) -> DriverRun | None:
    """What the person saw last of a survey, where it says anything."""
    done = runs_of(user).filter(survey=survey, state=DriverRun.State.DONE)
    told = done.filter(version=VERSION, result__refused="")
    return told.order_by("-until", "-finished_at").first()


def closest(user: User, asked: Asked) -> DriverRun | None:
    """The newest that was calculated of the same question over other days, which are
    at least half of those asked for. Each says its own."""
    same = runs_of(user).filter(
        survey=asked.survey,
        outcome=asked.outcome,
        filters=stored_filters(asked.filters),
        version=VERSION,
        state=DriverRun.State.DONE,
        until__gte=asked.since,
        since__lte=asked.until,
    )
    days = (asked.until - asked.since).days + 1
    found = same.order_by("-until", "-finished_at")[:LOOKED_AT]
    return next(
        (
            run
            for run in found
            if set(run.attributes) == set(asked.attributes)
            and 2 * _shared_days(run, asked) >= days
        ),
        None,
    )


def _shared_days(run: DriverRun, asked: Asked) -> int:
    return (min(run.until, asked.until) - max(run.since, asked.since)).days + 1


def ask_for(asked: Asked, *, by: User, at: datetime) -> DriverRun:
    """A run; the same one while it is under way. Others of the person that wait go."""
    under_way = runs_of(by).filter(finished_at__isnull=True)
    digest = asked.digest()
    if found := under_way.filter(digest=digest, asked_at__gt=at - STALLED).first():
        return found
    under_way.delete()
    runs_of(by).filter(asked_at__lt=at - KEPT).delete()
    run = run_of(asked, by=by, asked_at=at)
    run.save()
    return run


def run_of(asked: Asked, *, by: User, asked_at: datetime) -> DriverRun:
    """One that waits, not saved yet."""
    return DriverRun(
        asked_by=by,
        asked_at=asked_at,
        survey=asked.survey,
        outcome=asked.outcome,
        attributes=list(asked.attributes),
        since=asked.since,
        until=asked.until,
        filters=stored_filters(asked.filters),
        digest=asked.digest(),
        version=VERSION,
    )


def cancel(run: DriverRun) -> None:
    """The worker notices at its next step."""
    run.delete()


def is_stalled(run: DriverRun, *, at: datetime) -> bool:
    """A worker began, and has not been heard of since."""
    if run.is_over or run.worked_at is None:
        return False
    return run.worked_at < at - STALLED


def waiting(*, at: datetime) -> list[int]:
    """Those that no worker has heard of, or whose worker is gone."""
    unheard = Q(worked_at__isnull=True, asked_at__lt=at - SOON)
    left = Q(worked_at__lt=at - STALLED)
    found = DriverRun.objects.filter(unheard | left, finished_at__isnull=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def calculate(pk: int, *, at: datetime) -> None:
    """Do it. Done again after a crash, it comes to the same."""
    rows = DriverRun.objects.select_related("asked_by", "survey")
    run = rows.filter(pk=pk, finished_at__isnull=True).first()
    if run is None:
        return
    try:
        _calculate(run)
    except _Cancelled:
        return
    except (OperationalError, InterfaceError):
        raise  # the server's trouble: `waiting` finds it again
    except Exception as error:
        _finish(run, DriverRun.State.FAILED, at, error=type(error).__name__[:80])
        raise
    _finish(run, DriverRun.State.DONE, at)


def stored_filters(filters: Filters) -> dict[str, Any]:
    """What narrows, by name, as JSON holds it."""
    given = {name: value for name, value in asdict(filters).items() if value}
    # '' asks for what has none: it narrows, too.
    blank = {name: "" for name, value in filters.given.items() if value == ""}
    return json.loads(json.dumps(given | blank))  # type: ignore[no-any-return]


def read_filters(stored: Mapping[str, Any]) -> Filters:
    values = dict(stored)
    pairs = tuple((name, text) for name, text in values.pop("attributes", ()))
    return Filters(**values, attributes=pairs)


def _calculate(run: DriverRun) -> None:
    # Numpy stays out of the web processes.
    from dashboards.drivers import SAMPLES, relative_importance

    _tell(run, 0, SAMPLES)
    offered = {a.key: a for a in attributes_of(run.asked_by, run.survey)}
    attributes = [offered[key] for key in run.attributes if key in offered]
    found = answers(run.asked_by, read_filters(run.filters)).filter(
        survey=run.survey, day__range=(run.since, run.until)
    )
    read = read_ratings(
        found, run.outcome, attributes, progress=lambda: _tell(run, 0, SAMPLES)
    )
    report = relative_importance(
        read.ratings,
        read.outcome,
        [attribute.key for attribute in attributes],
        samples=SAMPLES,
        progress=lambda done, total: _tell(run, done, total),
    )
    run.newest_at = read.newest_at
    run.result = _stored(report, read.tallies, attributes)


def _stored(
    report: "DriverReport",
    tallies: Mapping[str, Mapping[int, int]],
    attributes: Sequence[Attribute],
) -> dict[str, Any]:
    return {
        "n": report.n,
        "left_out": report.left_out,
        "needed": report.needed,
        "refused": report.refused,
        "r2": report.r2,
        "constant": list(report.constant),
        "drivers": [
            {
                **asdict(driver),
                # JSON knows no infinity.
                "inflation": driver.inflation if isfinite(driver.inflation) else None,
                "is_collinear": driver.is_collinear,
                "shown": driver.shown,
            }
            for driver in report.drivers
        ],
        "tallies": {
            attribute.key: {
                str(score): n for score, n in sorted(tallies[attribute.key].items())
            }
            for attribute in attributes
        },
    }


def _tell(run: DriverRun, done: int, total: int) -> None:
    rows = DriverRun.objects.filter(pk=run.pk)
    state = DriverRun.State.RUNNING
    now = timezone.now()  # how long ago tells whether somebody still works on it
    if not rows.update(state=state, done=done, total=total, worked_at=now):
        raise _Cancelled


def _finish(run: DriverRun, state: str, at: datetime, *, error: str = "") -> None:
    DriverRun.objects.filter(pk=run.pk).update(
        state=state,
        result=run.result,
        newest_at=run.newest_at,
        done=run.total,
        error=error,
        finished_at=at,
    )
