"""What a survey's answers say: its score, how the answers spread, what was written.

Numbers come from `surveys.metrics` alone; here answers are only counted and narrowed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Q
from django.db.models.fields.json import KeyTransform

from surveys import metrics
from surveys.document import Document, group_of
from surveys.drafts import ratings_of
from surveys.elements import ScoreElement, Text
from surveys.models import Response
from surveys.models.response import ResponseQuerySet
from teams.models import User

GROUPS = ("promoter", "passive", "detractor")


@dataclass(frozen=True)
class Bar:
    """One score, the number of answers that gave it, and their percentage."""

    value: int
    count: int
    percent: float
    group: str


@dataclass(frozen=True)
class Results:
    """The leading score; None where nothing was answered."""

    element: ScoreElement
    score: metrics.Score | None
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Rated:
    """One detail and how it was rated; None where nobody did."""

    text: Text
    score: metrics.RatingScore | None


@dataclass(frozen=True)
class Narrowed:
    """Which answers to look at. `group` and `words` narrow the list alone."""

    since: date | None = None
    until: date | None = None
    group: str = ""
    words: str = ""
    only_comments: bool = False
    is_test: bool = False


def responses_in(survey_id: int, user: User, narrowed: Narrowed) -> ResponseQuerySet:
    """This person's share of the survey's answers in the period."""
    responses = Response.objects.visible_to(user).filter(
        survey_id=survey_id,
        state=Response.State.COMPLETE,
        is_test=narrowed.is_test,
    )
    if narrowed.since:
        responses = responses.filter(day__gte=narrowed.since)
    if narrowed.until:
        responses = responses.filter(day__lte=narrowed.until)
    return responses


def listed(
    responses: ResponseQuerySet, document: Document, narrowed: Narrowed
) -> ResponseQuerySet:
    """Those of the answers that the list shows, newest first."""
    if narrowed.group and document.score:
        responses = responses.filter(group_condition(document.score, narrowed.group))
    if narrowed.words:
        responses = responses.filter(comment__icontains=narrowed.words)
    if narrowed.only_comments:
        responses = responses.exclude(comment="")
    return responses.order_by("-submitted_at", "id")


def results_of(responses: ResponseQuerySet, element: ScoreElement) -> Results:
    counts = _score_counts(responses, element)
    n = sum(counts.values())
    bars = [
        Bar(
            value=value,
            count=counts.get(value, 0),
            percent=100 * counts.get(value, 0) / n if n else 0.0,
            group=group_of(element.type, value, element.scale),
        )
        for value in range(element.scale, element.lowest - 1, -1)
    ]
    return Results(element, _score(element, counts), bars)


def ratings_in(responses: ResponseQuerySet, document: Document) -> list[Rated]:
    """How each detail was rated, in the order of the questions."""
    rated = []
    for element in ratings_of(document):
        counts = _counts(responses, KeyTransform(element.id, "answers"))
        whole = {int(value): n for value, n in counts.items()}
        rated.append(Rated(element.text, metrics.rating(whole, scale=element.scale)))
    return rated


def group_condition(element: ScoreElement, group: str) -> Q:
    """The answers whose score lies in the group."""
    scores = range(element.lowest, element.scale + 1)
    inside = [v for v in scores if group_of(element.type, v, element.scale) == group]
    return _on_scale(element) & Q(**{f"{element.type}__in": inside})


def group_ranges(element: ScoreElement) -> dict[str, str]:
    """Each group's scores in figures, for example promoter: 9–10."""
    ranges: dict[str, str] = {}
    for group in GROUPS:
        scores = [
            value
            for value in range(element.lowest, element.scale + 1)
            if group_of(element.type, value, element.scale) == group
        ]
        lowest, highest = scores[0], scores[-1]
        ranges[group] = f"{lowest}–{highest}" if lowest < highest else f"{lowest}"
    return ranges


def answer_counts(user: User, survey_ids: Sequence[int]) -> dict[int, tuple[int, Any]]:
    """Number of answers and the last one's instant, by survey; none is left out."""
    counted = Response.objects.visible_to(user).counted()
    rows = (
        counted.filter(survey_id__in=survey_ids)
        .order_by()
        .values_list("survey_id")
        .annotate(Count("id"), Max("submitted_at"))
    )
    return {survey_id: (count, last) for survey_id, count, last in rows}


def _on_scale(element: ScoreElement) -> Q:
    return Q(ces_scale=element.scale) if element.type == "ces" else Q()


def _score_counts(responses: ResponseQuerySet, element: ScoreElement) -> dict[int, int]:
    answered = responses.filter(
        _on_scale(element), **{f"{element.type}__isnull": False}
    )
    return {int(value): n for value, n in _counts(answered, element.type).items()}


def _counts(responses: ResponseQuerySet, of: Any) -> dict[Any, int]:
    rows = responses.order_by().annotate(answered=F(of) if isinstance(of, str) else of)
    pairs = rows.values_list("answered").annotate(Count("id"))
    return {value: count for value, count in pairs if value is not None}


def _score(element: ScoreElement, counts: Mapping[int, int]) -> metrics.Score | None:
    if element.type == "nps":
        return metrics.nps(counts)
    if element.type == "csat":
        return metrics.csat(counts, scale=element.scale)
    return metrics.ces(counts, scale=element.scale)
