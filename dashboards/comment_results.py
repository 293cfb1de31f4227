"""How comments sound; what nobody has judged is a bucket of its own."""

from collections.abc import Collection, Mapping

from django.db.models import Count, Q

from dashboards.measuring import Question
from dashboards.registry import METRICS
from dashboards.results import Result
from dashboards.selection import answers
from dashboards.series import share_result

LABELS = {
    "sentiment_positive": "positive",
    "sentiment_neutral": "neutral",
    "sentiment_negative": "negative",
}


def measured_comments(
    question: Question, keys: Collection[str]
) -> Mapping[str, Result]:
    period = question.period
    with_comment = answers(question.user, question.filters).exclude(comment="")
    rows = (
        with_comment.filter(day__range=(period.preceding_start, period.end))
        .order_by()
        .values_list("sentiment_label")
        .annotate(
            now=Count("pk", filter=Q(day__gte=period.start)),
            before=Count("pk", filter=Q(day__lt=period.start)),
        )
    )
    now, before = {}, {}
    for label, of_now, of_before in rows:
        now[label], before[label] = of_now, of_before
    return {
        key: share_result(METRICS[key], _part(key, now), _part(key, before))
        for key in keys
    }


def _part(key: str, labels: Mapping[str, int]) -> tuple[int, int]:
    n = sum(labels.values())
    if key in LABELS:
        return labels.get(LABELS[key], 0), n
    judged = sum(labels.get(label, 0) for label in LABELS.values())
    return n - judged, n
