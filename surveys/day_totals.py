"""How many answers each version has on each day: what tallies are checked by.

Counted from an index, half a million answers take 50 ms of every look. So each process
keeps the counts of earlier days, and counts these days alone. Kept counts hold as long
as nobody wrote down a change to the past (`PastChange`), which the database itself does
in the transaction of the change, whoever makes it.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count

from surveys.models import Response
from surveys.models.response import ResponseQuerySet

MOST_KEPT = 100

Totals = Mapping[tuple[int, date], int]

# A day more than the triggers have: for answers whose transaction began before midnight.
_STATE = """
SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date - 3,
    (SELECT count(*) FROM surveys_pastchange WHERE survey_id IN (0, %(survey)s)),
    (SELECT max(id) FROM surveys_pastchange WHERE survey_id IN (0, %(survey)s)),
    ARRAY(SELECT id FROM surveys_surveyversion WHERE survey_id = %(survey)s)"""


@dataclass(frozen=True)
class _Past:
    """The counts of all days before `until`, while `changes` are all there were."""

    until: date
    changes: tuple[int, int | None]
    totals: Totals


_kept: OrderedDict[tuple[int, bool], _Past] = OrderedDict()


def day_totals(survey_id: int, *, is_test: bool) -> Totals:
    """Complete answers by version and day, whoever sees them."""
    # Before anything is counted: a change in between is found at the next look.
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"survey": survey_id})
        until, number, latest, versions = cursor.fetchone()
    answers = Response.objects.filter(
        survey_id=survey_id, is_test=is_test, state=Response.State.COMPLETE
    )
    past = _kept.get((survey_id, is_test))
    # A new day has more that is over, and in a month most of it would be.
    if past is None or (past.until, past.changes) != (until, (number, latest)):
        totals = _counted(answers)
        _keep((survey_id, is_test), until, (number, latest), totals)
        return totals
    # The index is by version first; with a list of them it leads to the days at once.
    recent = _counted(answers.filter(version_id__in=versions, day__gte=past.until))
    return {**past.totals, **recent}


def _counted(answers: ResponseQuerySet) -> Totals:
    rows = answers.order_by().values_list("version_id", "day").annotate(n=Count("*"))
    return {(version_id, day): n for version_id, day, n in rows}


def _keep(
    key: tuple[int, bool], until: date, changes: tuple[int, int | None], totals: Totals
) -> None:
    over = {where: n for where, n in totals.items() if where[1] < until}
    _kept[key] = _Past(until, changes, over)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
