"""A survey's answers: which of them, their numbers, and the list of them.

Numbers come from `surveys.metrics` alone, counted by `surveys.tallies`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.functional import cached_property

from surveys.distributions import Distribution, distributions
from surveys.document import GROUPS, Document, group_of, read_document
from surveys.elements import ScoreElement
from surveys.funnel import Funnel, funnel
from surveys.models import Response, Survey
from surveys.models.response import ResponseQuerySet
from surveys.published import get_version
from surveys.tallies import Asked, tally
from teams.models import User

# The list goes no deeper: nobody pages through so many, and a filter finds the rest.
MOST_LISTED = 5_000
# The latest words are looked for among so many answers, whatever was asked.
LOOKED_AT, LATEST = 50, 3
SHOWN_WORDS = ("short_text", "long_text")


@dataclass(frozen=True)
class Narrowed:
    """Which of the answers the list shows; the numbers do not follow it."""

    group: str = ""
    words: str = ""
    only_comments: bool = False
    sentiment: str = ""
    topic: str = ""
    channel: str = ""
    language: str = ""
    triage: str = ""
    only_flagged: bool = False
    # Those that wait until somebody has looked at their flags; they are not counted.
    is_held: bool = False

    def __bool__(self) -> bool:
        return self != Narrowed()


@dataclass(frozen=True)
class Results:
    """`waiting` answers are not in the numbers yet; a worker counts them. `words` are
    the latest ones, by question."""

    document: Document
    questions: Sequence[Distribution]
    words: Mapping[str, Sequence[str]]
    funnel: Funnel
    n: int
    waiting: int

    @property
    def leading(self) -> Distribution | None:
        """The spread of the score that the endings go by."""
        score = self.document.score
        return next((q for q in self.questions if q.element == score), None)

    @property
    def others(self) -> list[Distribution]:
        """Every question but the leading one."""
        return [q for q in self.questions if q.element != self.document.score]


def results_of(survey: Survey, asked: Asked, *, at: datetime, today: date) -> Results:
    """Every number of the page. The questions are those of all versions asked for."""
    tallied = tally(asked, today=today)
    counts = tallied.all
    documents = _documents(survey, asked, tallied.by_version)
    document = next(iter(documents.values()), None) or read_document(survey.draft)
    return Results(
        document=document,
        questions=distributions(documents, tallied.by_version),
        words=latest_words(asked, document),
        funnel=funnel(asked, document, counts, at=at),
        n=counts.n,
        waiting=tallied.waiting,
    )


def latest_words(asked: Asked, document: Document) -> dict[str, list[str]]:
    """What was written last to each question that asks for words."""
    open_questions = [e.id for e in document.elements if e.type in SHOWN_WORDS]
    found: dict[str, list[str]] = {key: [] for key in open_questions}
    if not open_questions:
        return found
    newest = asked.answers().order_by("-submitted_at", "id")[:LOOKED_AT]
    for answers in newest.values_list("answers", flat=True):
        for key in open_questions:
            if answers.get(key) and len(found[key]) < LATEST:
                found[key].append(str(answers[key]))
    return found


def listed(asked: Asked, document: Document, narrowed: Narrowed) -> ResponseQuerySet:
    """The complete answers that the list shows, newest first."""
    state = Response.State.HELD if narrowed.is_held else Response.State.COMPLETE
    responses = asked.answers(state)
    if narrowed.group and document.score:
        responses = responses.filter(group_condition(document.score, narrowed.group))
    if narrowed.words:
        responses = responses.filter(comment__icontains=narrowed.words)
    if narrowed.only_comments:
        responses = responses.exclude(comment="")
    if narrowed.topic:
        responses = responses.filter(topics__contains=[narrowed.topic])
    if narrowed.only_flagged:
        responses = responses.exclude(flags=[])
    return responses.filter(**_exact(narrowed)).order_by("-submitted_at", "id")


class Listing(Paginator[Response]):
    """A paginator that counts no further than its last page."""

    def __init__(self, answers: ResponseQuerySet, per_page: int) -> None:
        super().__init__(answers, per_page, allow_empty_first_page=True)
        self.answers = answers

    @cached_property
    def found(self) -> int:
        return self.answers.order_by()[: MOST_LISTED + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self.found, MOST_LISTED)

    @property
    def has_more(self) -> bool:
        """Whether there are answers that no page shows."""
        return self.found > MOST_LISTED


def held_count(asked: Asked) -> int:
    return asked.answers(Response.State.HELD).order_by().count()


def group_condition(element: ScoreElement, group: str) -> Q:
    """The answers whose score lies in the group."""
    scores = range(element.lowest, element.scale + 1)
    inside = [v for v in scores if group_of(element.type, v, element.scale) == group]
    on_scale = Q(ces_scale=element.scale) if element.type == "ces" else Q()
    return on_scale & Q(**{f"{element.type}__in": inside})


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
    counted = Response.objects.visible_to(user).counted().order_by()
    rows = counted.filter(survey_id__in=survey_ids).values_list("survey_id")
    counts = dict(rows.annotate(n=Count("*")))
    newest = counted.filter(survey_id=OuterRef("pk")).order_by("-submitted_at")
    last = Survey.objects.filter(pk__in=counts).annotate(
        last_at=Subquery(newest.values("submitted_at")[:1])
    )
    return {pk: (counts[pk], at) for pk, at in last.values_list("pk", "last_at")}


def _documents(
    survey: Survey, asked: Asked, answered: Mapping[int, object]
) -> dict[int, Document]:
    """Of the versions asked for, the newest first; the one in the field always."""
    if asked.version_id:
        return {asked.version_id: get_version(asked.version_id).document}
    current = survey.trial_id if asked.is_test else survey.version_id
    versions = {*answered, *([current] if current else [])}
    return {v: get_version(v).document for v in sorted(versions, reverse=True)}


def _exact(narrowed: Narrowed) -> dict[str, str]:
    chosen = {
        "sentiment_label": narrowed.sentiment,
        "channel": narrowed.channel,
        "language": narrowed.language,
        "triage": narrowed.triage,
    }
    return {name: value for name, value in chosen.items() if value}
