"""What an initiative changed, against the touchpoints that it did not touch.

Before is the time up to its start, after the time from when it was done; both sides
are compared over the same days, so seasons and whatever moved everywhere fall out. Each
metric that its touchpoints ask is compared with others' answers to the same question.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys import metrics
from surveys.metrics import Difference, Score, ShareScore
from teams.models import User
from tickets.models import Initiative, NextScore
from tickets.outer_loop import Asked, answers_of, tickets_of

Metric = NextScore.Metric
Scores = Mapping[int, int]

WINDOW = 90
FEWEST = metrics.LOW_BASE_BELOW
HERE, ELSEWHERE = gettext_lazy("at its touchpoints"), gettext_lazy("at the others")
SCORES: Mapping[Metric, Callable[[Scores], Score | None]] = {
    Metric.NPS: metrics.nps,
    Metric.CSAT: metrics.csat,
    Metric.CES: metrics.ces,
    Metric.CES5: lambda counts: metrics.ces(counts, scale=5),
}


@dataclass(frozen=True)
class Cell:
    """One side in one time: `n` answers, their scores by metric, and the tickets of its
    causes."""

    side: str
    is_after: bool
    since: date
    until: date
    n: int
    scores: Mapping[Metric, Scores]
    tickets: int

    @property
    def cause_share(self) -> ShareScore | None:
        """Tickets of its causes per 100 answers."""
        return metrics.share(min(self.tickets, self.n), self.n)


@dataclass(frozen=True)
class Part:
    """A metric in one cell; `score` is None of nothing, or of so few that it is hidden."""

    cell: Cell
    counts: Scores
    score: Score | None

    @property
    def n(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Measured:
    """A metric in the four cells. `refused` says why there is no `change`."""

    metric: Metric
    parts: Sequence[Part]
    change: Difference | None = None
    refused: str = ""


@dataclass(frozen=True)
class Effect:
    """`refused` says why no score is measured at all; `causes` is None where too few
    answered."""

    cells: Sequence[Cell] = ()
    scores: Sequence[Measured] = ()
    causes: Difference | None = None
    refused: str = ""


def effect_of(initiative: Initiative, user: User, *, today: date) -> Effect:
    """Within what the person may see."""
    if initiative.done_on is None:
        return Effect(refused=_("It is measured once the initiative is done."))
    touchpoints = set(initiative.touchpoints.values_list("pk", flat=True))
    if not touchpoints:
        return Effect(
            refused=_(
                "It covers every touchpoint, so there is nothing to compare it with. "
                "Choose the touchpoints that it changes."
            ),
        )
    cells = _cells(initiative, touchpoints, user, today=today)
    before, after = cells[:2]
    asked = [key for key in Metric if before.scores[key] or after.scores[key]]
    return Effect(
        cells,
        [_measured(key, cells) for key in asked],
        _cause_change(cells),
        refused="" if asked else _unasked(),
    )


def _measured(metric: Metric, cells: Sequence[Cell]) -> Measured:
    parts = [_part(metric, cell) for cell in cells]
    if few := next((part for part in parts if part.n < _fewest()), None):
        return Measured(metric, parts, refused=_too_few(few))
    return Measured(metric, parts, _score_change(parts))


def _part(metric: Metric, cell: Cell) -> Part:
    counts = cell.scores[metric]
    score = SCORES[metric](counts)
    return Part(cell, counts, None if score is None or score.is_hidden else score)


def _score_change(parts: Sequence[Part]) -> Difference | None:
    """NPS by its own errors, the others as the shares of top answers that they are."""
    shares = [part.score for part in parts if isinstance(part.score, ShareScore)]
    if len(shares) == len(parts):
        return _share_change(shares)
    before, after, other_before, other_after = (part.counts for part in parts)
    return metrics.nps_change_against((before, after), (other_before, other_after))


def _cause_change(cells: Sequence[Cell]) -> Difference | None:
    if any(cell.n < _fewest() for cell in cells):
        return None
    return _share_change([share for cell in cells if (share := cell.cause_share)])


def _share_change(shares: Sequence[ShareScore]) -> Difference:
    before, after, other_before, other_after = shares
    return metrics.share_change_against((before, after), (other_before, other_after))


def _cells(
    initiative: Initiative, touchpoints: set[int], user: User, *, today: date
) -> list[Cell]:
    """Here before and after, then elsewhere before and after."""
    assert initiative.done_on is not None
    until = min(initiative.done_on + timedelta(days=WINDOW), today)
    days = max((until - initiative.done_on).days, 1)
    times = (
        (False, Asked(initiative.starts_on - timedelta(days=1), WINDOW)),
        (True, Asked(until, days)),
    )
    causes = list(initiative.causes.values_list("pk", flat=True))
    at_them = Q(touchpoint__in=touchpoints)
    return [
        _cell(side, is_after, asked, where, causes, user)
        for side, where in ((HERE, at_them), (ELSEWHERE, ~at_them))
        for is_after, asked in times
    ]


def _cell(
    side: Promise,
    is_after: bool,
    asked: Asked,
    where: Q,
    causes: Sequence[int],
    user: User,
) -> Cell:
    n, scores = _scores(user, asked, where)
    tickets = tickets_of(user, asked).filter(where, root_cause__in=causes)
    return Cell(
        str(side), is_after, asked.since, asked.until, n, scores, tickets.count()
    )


def _scores(
    user: User, asked: Asked, where: Q
) -> tuple[int, Mapping[Metric, Counter[int]]]:
    """How many answered, and how often each score was given."""
    n, found = 0, {metric: Counter[int]() for metric in Metric}
    rows = answers_of(user, asked).filter(where).order_by()
    given = rows.values_list("nps", "csat", "ces", "ces_scale").annotate(Count("pk"))
    for nps, csat, ces, scale, count in given:
        n += count
        effort = Metric.CES5 if scale == 5 else Metric.CES
        for metric, score in ((Metric.NPS, nps), (Metric.CSAT, csat), (effort, ces)):
            if score is not None:
                found[metric][score] += count
    return n, found


def _fewest() -> int:
    """Answers in each cell; more where the reader is to see less."""
    return max(FEWEST, metrics.hidden_below())


def _unasked() -> str:
    return _(
        "At its touchpoints nobody answered a question for NPS, CSAT or CES in either "
        "time, so no score can be compared."
    )


def _too_few(part: Part) -> str:
    words = {"n": part.n, "fewest": _fewest(), "side": part.cell.side}
    if part.cell.is_after:
        return (
            _(
                "Too few answers %(side)s since it was done: %(n)s of at least "
                "%(fewest)s. Look again later."
            )
            % words
        )
    return (
        _(
            "Too few answers %(side)s before it began: %(n)s of at least %(fewest)s, "
            "so no effect can be told from chance."
        )
        % words
    )
