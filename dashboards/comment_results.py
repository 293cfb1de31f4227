"""How comments sound; what nobody has judged is a bucket of its own."""

from collections.abc import Collection, Mapping, Sequence

from django.db.models import Count, Q

from dashboards.counting import Counts, Key
from dashboards.dimensions import Dimension
from dashboards.measuring import Question
from dashboards.registry import METRICS
from dashboards.remainders import OF_ANSWERS, Bases, told_apart
from dashboards.results import Result
from dashboards.selection import Filters, answers
from dashboards.series import share_result
from surveys.models.response import ResponseQuerySet

LABELS = {
    "sentiment_positive": "positive",
    "sentiment_neutral": "neutral",
    "sentiment_negative": "negative",
}


def measured_comments(
    question: Question, keys: Collection[str]
) -> Mapping[str, Result]:
    commented = _commented(question, question.filters).order_by()
    rows = commented.values_list("sentiment_label").annotate(**_by_period(question))
    now, before = {}, {}
    for label, of_now, of_before in rows:
        now[label], before[label] = of_now, of_before
    hidden = _hidden(question)
    return {
        key: share_result(
            METRICS[key],
            _part(key, now),
            _part(key, before),
            hide="now" in hidden,
            hide_before="before" in hidden,
        )
        for key in keys
    }


def _hidden(question: Question) -> frozenset[str]:
    """Of which period a filter leaves out so few that they would be given away."""

    def read(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
        found = _commented(question, filters)
        return told_apart(found, by, OF_ANSWERS, **_by_period(question))

    return Bases(read, ["now", "before"]).hidden(question.filters)


def _commented(question: Question, filters: Filters) -> ResponseQuerySet:
    """In the period and in the one before."""
    period = question.period
    with_comment = answers(question.user, filters).exclude(comment="")
    return with_comment.filter(day__range=(period.preceding_start, period.end))


def _by_period(question: Question) -> dict[str, Count]:
    start = question.period.start
    return {
        "now": Count("pk", filter=Q(day__gte=start)),
        "before": Count("pk", filter=Q(day__lt=start)),
    }


def _part(key: str, labels: Mapping[str, int]) -> tuple[int, int]:
    n = sum(labels.values())
    if key in LABELS:
        return labels.get(LABELS[key], 0), n
    judged = sum(labels.get(label, 0) for label in LABELS.values())
    return n - judged, n
