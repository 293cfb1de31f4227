"""How many comments say what, and which scores came with them, by topic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, CharField, F, Func, IntegerField

from dashboards.answer_rollup import SCORE_COLUMNS
from dashboards.selection import Filters, answers
from surveys.models.response import ResponseQuerySet
from teams.models import User

SENTIMENTS = ("positive", "neutral", "negative")
# Not read yet, or in a language that nobody could read: a bucket of its own.
UNREAD = "unread"
ALL = "responses"

_SCALES = {"ces": " AND ces_scale = 7", "ces5": " AND ces_scale = 5"}
_PARTS: Mapping[str, str] = {
    ALL: "count(*)",
    **{
        label: f"count(*) FILTER (WHERE sentiment_label = '{label}')"
        for label in SENTIMENTS
    },
    **{
        name: f"count(*) FILTER (WHERE {metric.removesuffix('5')} = {score}"
        f"{_SCALES.get(metric, '')})"
        for metric, columns in SCORE_COLUMNS.items()
        for score, name in columns.items()
    },
}
_COUNTED = Aggregate(
    template=f"ARRAY[{', '.join(_PARTS.values())}]",
    output_field=ArrayField(IntegerField()),
)

Counts = Mapping[str, int]


@dataclass(frozen=True)
class CommentCounts:
    """Of all comments, and of those that each topic is mentioned in."""

    total: Counts
    by_topic: Mapping[str, Counts]


def commented(
    user: User, filters: Filters, *, since: date, until: date
) -> ResponseQuerySet:
    """Counted answers with a comment, within filters and scope."""
    found = answers(user, filters).filter(day__range=(since, until))
    return found.exclude(comment="").order_by()


def count_comments(found: ResponseQuerySet) -> CommentCounts:
    topic: Any = Func(
        F("topics"), function="unnest", output_field=CharField(), set_returning=True
    )
    rows = (
        found.annotate(topic=topic)
        .values("topic")
        .annotate(counted=_COUNTED)
        .values_list("topic", "counted")
    )
    return CommentCounts(counts_of(found), {key: _named(parts) for key, parts in rows})


def counts_of(found: ResponseQuerySet) -> Counts:
    """Scores and sentiments of these answers together."""
    return _named(found.aggregate(counted=_COUNTED)["counted"])


def less(whole: Counts, part: Counts) -> Counts:
    """The complement: what is in the whole and not in the part."""
    return {name: whole[name] - part[name] for name in whole}


def _named(parts: list[int]) -> Counts:
    found = dict(zip(_PARTS, parts, strict=True))
    return found | {UNREAD: found[ALL] - sum(found[label] for label in SENTIMENTS)}
