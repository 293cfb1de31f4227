"""What stands behind a number: its parts, what was left out, and a count by hand.

The recount reads the raw answers, so that the number on the page can be compared with
what nobody has added up before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from dashboards.answer_rollup import SCORE_COLUMNS
from dashboards.measuring import Question, answered
from dashboards.metric import Metric
from dashboards.raw_rows import every_partial, every_response
from dashboards.results import Counted, Result
from dashboards.selection import answers
from dashboards.series import filled_to, scores_in
from surveys.models import Response

# Sources whose rows are answers, and so has what an answer is left out for.
OF_ANSWERS = ("answers", "comments", "ratings", "sessions")


@dataclass(frozen=True)
class Exclusion:
    """So many rows are not in the number, and why."""

    label: str
    n: int


@dataclass(frozen=True)
class Recount:
    """Score by score: what the number is made of, and what the raw answers say."""

    scores: Sequence[tuple[int, int]]
    agrees: bool


@dataclass(frozen=True)
class Maths:
    """`recount` is None where the number is not made of scores."""

    metric: Metric
    result: Result
    exclusions: tuple[Exclusion, ...]
    recount: Recount | None
    filled_to: datetime | None
    at: datetime

    @property
    def n(self) -> int:
        return self.result.value if isinstance(self.result, Counted) else self.result.n

    @property
    def is_hidden(self) -> bool:
        return not isinstance(self.result, Counted) and self.result.is_hidden


def maths_of(key: str, question: Question) -> Maths:
    """Raises measuring.UnknownMetric."""
    result = answered(question, [key])[key]
    metric = result.metric
    of_answers = metric.source in OF_ANSWERS
    hidden = not isinstance(result, Counted) and result.is_hidden
    return Maths(
        metric,
        result,
        tuple(_exclusions(key, question)) if of_answers else (),
        None if hidden else _recount(key, question),
        filled_to(),
        question.at,
    )


def score_of(key: str) -> str:
    """The score that a number is made of; the key itself of other numbers."""
    return key.removesuffix("_mean")


def _exclusions(key: str, question: Question) -> list[Exclusion]:
    span = (question.period.start, question.period.end)
    every = every_response(question.user, question.filters).filter(day__range=span)
    state = Response.State
    real = Q(is_test=False)
    score = score_of(key)
    counts = every.aggregate(
        tests=Count("pk", filter=Q(is_test=True)),
        held=Count("pk", filter=real & Q(state=state.HELD)),
        over_quota=Count("pk", filter=real & Q(state=state.OVER_QUOTA)),
        complete=Count("pk", filter=real & Q(state=state.COMPLETE)),
        commented=Count("pk", filter=real & Q(state=state.COMPLETE) & ~Q(comment="")),
    )
    begun = every_partial(question.user, question.filters).filter(
        saved_at__date__range=span
    )
    found = [
        Exclusion(_("Test answers"), counts["tests"]),
        Exclusion(_("Held back until somebody has looked at them"), counts["held"]),
        Exclusion(_("Over a full quota"), counts["over_quota"]),
        Exclusion(_("Begun and not sent"), begun.count()),
    ]
    if score in SCORE_COLUMNS:
        asked = sum(scores_in(score, question.now).values())
        label = _("Complete, without an answer to this question")
        found.append(Exclusion(label, counts["complete"] - asked))
    if key.startswith("sentiment_"):
        label = _("Complete, without a comment")
        found.append(Exclusion(label, counts["complete"] - counts["commented"]))
    return found


def _recount(key: str, question: Question) -> Recount | None:
    score = score_of(key)
    if score not in SCORE_COLUMNS:
        return None
    raw = _raw_scores(score, question)
    stored = scores_in(score, question.now)
    return Recount(tuple(stored.items()), raw == {s: n for s, n in stored.items() if n})


def _raw_scores(score: str, question: Question) -> Mapping[int, int]:
    column = "ces" if score == "ces5" else score
    span = (question.period.start, question.period.end)
    found = answers(question.user, question.filters).filter(
        day__range=span, **{f"{column}__isnull": False}
    )
    if column == "ces":
        found = found.filter(ces_scale=len(SCORE_COLUMNS[score]))
    rows = found.order_by().values_list(F(column)).annotate(Count("pk"))
    return dict(rows)
