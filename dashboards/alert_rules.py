"""A rule as plain values: what it asks, of which answers, and when an alert opens.

The filters of a rule are those of a page's address, read by the same form.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, cast

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from dashboards.alert_kinds import (
    Condition,
    Direction,
    History,
    Kind,
    Segment,
    Verdict,
)
from dashboards.counting import counts
from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.forms import NONE, FilterForm
from dashboards.models import AlertRule
from dashboards.selection import Filters, answers
from dashboards.series import scores_in
from teams.models import User

# Told apart by more, alerts would be noise, and a look at them slow.
MOST_SEGMENTS = 100
# Single answers that are read for a run of them; the newest ones.
MOST_ANSWERS = 100_000

Step = Literal["open", "close", "stay"]


class ImpossibleRule(Exception):
    """The rule cannot be looked at; a sentence fit for its owner."""


@dataclass(frozen=True)
class Watched:
    """What a rule watches: its condition, the answers it is about, and by what they
    are told apart ('' is all together)."""

    condition: Condition
    filters: Filters
    by: Dimension | Literal[""]


def watched_by(rule: AlertRule, *, today: date) -> Watched:
    """Raises ImpossibleRule where the filters do not fit its owner any more."""
    return Watched(
        condition_of(rule),
        filters_of(rule.query, rule.owner, today=today),
        cast(Dimension, rule.by) if rule.by in DIMENSIONS else "",
    )


def condition_of(rule: AlertRule) -> Condition:
    return Condition(
        kind=cast(Kind, rule.kind),
        metric=rule.metric,
        direction=cast(Direction, rule.direction),
        level=rule.level,
        clear_level=rule.clear_level,
        days=rule.days,
        least=rule.least,
        until=rule.until,
    )


def filters_of(query: str, user: User, *, today: date) -> Filters:
    """Raises ImpossibleRule with the first thing that is wrong."""
    form = FilterForm(QueryDict(query), user=user, today=today)
    if not form.is_valid():
        name, problems = next(iter(form.errors.items()))
        label = form.fields[name].label if name in form.fields else ""
        raise ImpossibleRule(f"{label}: {problems[0]}" if label else str(problems[0]))
    return form.filters


def histories(
    user: User, watched: Watched, *, since: date, until: date
) -> dict[Segment, History]:
    """The answers of each segment by day, within the person's scope.

    Raises ImpossibleRule where there are too many segments.
    """
    condition, by = watched.condition, [watched.by] if watched.by else []
    if by:
        _check_number(user, watched, since=since, until=until)
    days: defaultdict[Segment, dict[date, tuple[int, ...]]] = defaultdict(dict)
    found = counts(user, watched.filters, since=since, until=until, by=by, grain="day")
    for (day, *segment), numbers in found.items():
        row = (numbers["responses"], *scores_in(condition.metric, numbers).values())
        days[cast(Segment, segment[0]) if segment else ""][cast(date, day)] = row
    latest = _latest(user, watched, since=since, until=until)
    # All answers together are watched even where there is none.
    if not by:
        days.setdefault("", {})
    return {
        segment: History(condition.metric, rows, latest.get(segment, ()))
        for segment, rows in days.items()
    }


def next_step(
    verdict: Verdict,
    *,
    is_open: bool,
    closed_at: datetime | None,
    at: datetime,
    pause: timedelta,
) -> Step:
    """Whether an alert opens, closes, or all stays as it is.

    It opens once, and not within the pause since the last one closed; between the two
    levels, and where too few answers say anything, nothing changes.
    """
    if is_open:
        return "close" if verdict == "clear" else "stay"
    if verdict != "raise" or (closed_at is not None and at < closed_at + pause):
        return "stay"
    return "open"


def is_quiet(rule: AlertRule, *, at: datetime) -> bool:
    """Within the rule's quiet hours, which may lie across midnight. Company time."""
    start, end = rule.quiet_from, rule.quiet_until
    if start is None or end is None or start == end:
        return False
    now = at.astimezone(timezone.get_default_timezone()).time()
    if start < end:
        return start <= now < end
    return now >= start or now < end


def query_for(rule: AlertRule, segment: str) -> QueryDict:
    """The address' filters that show what an alert is about."""
    query = QueryDict(rule.query, mutable=True)
    if rule.by:
        query[rule.by] = segment or NONE
    return query


def _check_number(user: User, watched: Watched, *, since: date, until: date) -> None:
    assert watched.by
    found = counts(user, watched.filters, since=since, until=until, by=[watched.by])
    if len(found) > MOST_SEGMENTS:
        raise ImpossibleRule(
            _(
                "Told apart like this, %(number)d groups would be watched; %(most)d are "
                "the most. Filter more, or tell them apart in another way."
            )
            % {"number": len(found), "most": MOST_SEGMENTS}
        )


def _latest(
    user: User, watched: Watched, *, since: date, until: date
) -> Mapping[Segment, list[tuple[date, int]]]:
    """Single scores with their days, oldest first; of runs only."""
    condition = watched.condition
    if condition.kind != "run":
        return {}
    metric = "ces" if condition.metric == "ces5" else condition.metric
    found = answers(user, watched.filters).filter(
        day__range=(since, until), **{f"{metric}__isnull": False}
    )
    if metric == "ces":
        found = found.filter(ces_scale=5 if condition.metric == "ces5" else 7)
    lookups = [DIMENSIONS[watched.by].lookup] if watched.by else []
    rows = found.order_by("-day", "-submitted_at", "-id").values_list(
        "day", metric, *lookups
    )[:MOST_ANSWERS]
    latest: defaultdict[Segment, list[tuple[date, int]]] = defaultdict(list)
    for day, score, *segment in rows:
        value = segment[0] if segment and segment[0] is not None else ""
        latest[value].append((day, score))
    return {segment: scores[::-1] for segment, scores in latest.items()}
