"""Counted answers, by version: kept for whole spans of days, and exact at every look.

A month that is over is counted once, the days since then one by one. Each tally holds
as long as its span has as many answers as when it was counted (`surveys.day_totals`):
that covers new answers, imported and deleted ones, whoever wrote them. Who sees a part
of the customers has tallies of that part.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from journeys.models import Touchpoint
from surveys.counting import Counting, Counts, added, restored, stored
from surveys.day_totals import day_totals
from surveys.document import Document
from surveys.models import Response, Tally
from surveys.models.response import ResponseQuerySet
from surveys.published import get_version
from teams.access import scopes_of
from teams.models import User
from teams.models.scope import DataScope

# More uncounted answers than this are left to a worker, so that nobody waits for them.
MOST_AT_ONCE = 10_000
# So are more spans: each costs some questions, however few answers it holds.
MOST_SPANS = 100
CHUNK = 2_000
MOST_SUMS = 100
# Of what is counted and how it is kept: a change makes every tally an old one.
FORMAT = 1

# Words differ from answer to answer; that they were given is all that is counted.
_GROUPED = """
SELECT e.key, CASE WHEN e.key = ANY(%s) OR e.key LIKE '%%.other' THEN 'true'
    ELSE e.value::text END AS answer, count(*)
FROM ({answers}) r (answers), jsonb_each(r.answers) e
GROUP BY 1, 2"""
_TOOK = """
SELECT extract(epoch FROM date_trunc('second', submitted_at - started_at))::int,
    count(*)
FROM ({answers}) r (started_at, submitted_at) GROUP BY 1"""


@dataclass(frozen=True)
class Asked:
    """Whose answers to which survey; None is from the first, to the last, every one."""

    survey_id: int
    user: User
    is_test: bool = False
    since: date | None = None
    until: date | None = None
    version_id: int | None = None

    def answers(self, state: str = Response.State.COMPLETE) -> ResponseQuerySet:
        """This person's share of them."""
        return _narrowed(Response.objects.visible_to(self.user), self, state)


@dataclass(frozen=True)
class Tallied:
    """`waiting` answers are not counted yet; a worker has to do it."""

    by_version: Mapping[int, Counts] = field(default_factory=dict)
    waiting: int = 0

    @property
    def all(self) -> Counts:
        return added(self.by_version.values())


@dataclass(frozen=True)
class _Span:
    version_id: int
    first: date
    last: date


def tally(asked: Asked, *, today: date, most: int | None = MOST_AT_ONCE) -> Tallied:
    """The counts, brought up to date; `most` is how many answers may be counted now."""
    totals = _totals(asked, today)
    view = view_of(asked)
    marks = _marks(asked, view, totals)
    # Apart, so that an answer that comes in leaves the sum of what is over as it was.
    over = frozenset(mark for span, mark in marks.items() if span.last < today)
    sums = [_sum_of(over), _sum_of(frozenset(marks.values()) - over)]
    missing = [span for span in totals if span not in marks]
    waiting = sum(totals[span] for span in missing)
    if most is None or (waiting <= most and len(missing) <= MOST_SPANS):
        for span in missing:
            sums.append({span.version_id: _count(asked, view, span, totals[span])})
        waiting = 0
    return Tallied(_by_version(sums), waiting)


def _by_version(parts: Iterable[Mapping[int, Counts]]) -> dict[int, Counts]:
    found: dict[int, list[Counts]] = defaultdict(list)
    for part in parts:
        for version_id, counts in part.items():
            found[version_id].append(counts)
    return {version_id: added(counts) for version_id, counts in found.items()}


def _totals(asked: Asked, today: date) -> dict[_Span, int]:
    """How many answers each span has, whoever sees them."""
    totals: dict[_Span, int] = defaultdict(int)
    for (version_id, day), n in day_totals(
        asked.survey_id, is_test=asked.is_test
    ).items():
        if _is_asked(asked, version_id, day):
            totals[_span_of(version_id, day, asked, today)] += n
    return totals


def _is_asked(asked: Asked, version_id: int, day: date) -> bool:
    return (
        (not asked.version_id or asked.version_id == version_id)
        and (not asked.since or asked.since <= day)
        and (not asked.until or day <= asked.until)
    )


def _span_of(version_id: int, day: date, asked: Asked, today: date) -> _Span:
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    is_over = last < today
    is_whole = (not asked.since or asked.since <= first) and (
        not asked.until or last <= asked.until
    )
    if is_over and is_whole:
        return _Span(version_id, first, last)
    return _Span(version_id, day, day)


def _marks(
    asked: Asked, view: str, totals: Mapping[_Span, int]
) -> dict[_Span, tuple[int, str]]:
    """The tallies that still hold: the row of each, and what wrote it last."""
    kept = Tally.objects.filter(survey_id=asked.survey_id, view=view)
    if asked.since:
        kept = kept.filter(last_day__gte=asked.since)
    if asked.until:
        kept = kept.filter(first_day__lte=asked.until)
    rows = kept.annotate(written=RawSQL("surveys_tally.xmin::text", ())).values_list(
        "version_id", "first_day", "last_day", "total", "pk", "written"
    )
    return {
        _Span(version_id, first, last): (pk, written)
        for version_id, first, last, total, pk, written in rows
        if totals.get(_Span(version_id, first, last)) == total
    }


@lru_cache(MOST_SUMS)
def _sum_of(marks: frozenset[tuple[int, str]]) -> Mapping[int, Counts]:
    """These tallies added up, by version. Reading and adding them takes longer than all
    else on the page, so each process keeps some sums."""
    rows = Tally.objects.filter(pk__in=[pk for pk, _written in marks])
    return _by_version({row.version_id: restored(row.counts)} for row in rows)


def _count(asked: Asked, view: str, span: _Span, total: int) -> Counts:
    visible = Response.objects.visible_to(asked.user).filter(
        survey_id=asked.survey_id,
        is_test=asked.is_test,
        state=Response.State.COMPLETE,
        version_id=span.version_id,
        day__range=(span.first, span.last),
    )
    counts = _counted(visible, get_version(span.version_id).document)
    _keep(asked.survey_id, view, span, total, counts)
    return counts


def _counted(answers: ResponseQuerySet, document: Document) -> Counts:
    """In the database, where a million answers need not travel."""
    counting = Counting(document)
    rows = answers.order_by()
    for key, answer, n in _ask(_GROUPED, rows.values("answers"), counting.words):
        counting.add(key, json.loads(answer), n)
    for key in counting.worded:
        given = rows.filter(answers__has_key=key).values_list("id", f"answers__{key}")
        for response_id, answer in given.iterator(chunk_size=CHUNK):
            counting.add_worded(key, answer, response_id)
    took = dict(_ask(_TOOK, rows.values("started_at", "submitted_at")))
    seconds = {one: n for one, n in took.items() if one is not None and one >= 0}
    return counting.counts(sum(took.values()), seconds)


def _ask(question: str, answers: Any, *params: list[str]) -> list[tuple[Any, ...]]:
    inner, inner_params = answers.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(question.format(answers=inner), [*params, *inner_params])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _keep(survey_id: int, view: str, span: _Span, total: int, counts: Counts) -> None:
    tally = Tally(
        survey_id=survey_id,
        view=view,
        version_id=span.version_id,
        first_day=span.first,
        last_day=span.last,
        total=total,
        counts=stored(counts),
    )
    Tally.objects.bulk_create(
        [tally],
        update_conflicts=True,
        unique_fields=["survey", "view", "version", "first_day", "last_day"],
        update_fields=["total", "counts"],
    )


def _narrowed(
    answers: ResponseQuerySet, asked: Asked, state: str = Response.State.COMPLETE
) -> ResponseQuerySet:
    answers = answers.filter(
        survey_id=asked.survey_id, is_test=asked.is_test, state=state
    )
    if asked.version_id:
        answers = answers.filter(version_id=asked.version_id)
    if asked.since:
        answers = answers.filter(day__gte=asked.since)
    if asked.until:
        answers = answers.filter(day__lte=asked.until)
    return answers


def view_of(asked: Asked) -> str:
    """The same for all who see the same answers; no tally of old scopes is found."""
    lines = sorted(_scope_lines(asked.user))
    parts = [f"{FORMAT} {asked.is_test}", *lines]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _scope_lines(user: User) -> Iterable[str]:
    scopes = scopes_of(user)
    for scope in scopes:
        yield f"{scope.effect} {scope.dimension} {scope.value}"
    if any(scope.dimension == DataScope.Dimension.TEAM for scope in scopes):
        # A touchpoint may change hands, and its answers with it.
        yield from _owners()


def _owners() -> Iterable[str]:
    for touchpoint, team in Touchpoint.objects.values_list("pk", "team_id"):
        yield f"touchpoint {touchpoint} {team}"
