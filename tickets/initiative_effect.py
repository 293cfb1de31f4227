"""What an initiative changed, against the touchpoints that it did not touch.

Before is the time up to its start, after the time from when it was done; both sides
are compared over the same days, so seasons and whatever moved everywhere fall out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys import metrics
from surveys.metrics import Difference, ShareScore
from teams.models import User
from tickets.models import Initiative
from tickets.outer_loop import Asked, answers_of, tickets_of

WINDOW = 90
FEWEST = metrics.LOW_BASE_BELOW
HERE, ELSEWHERE = gettext_lazy("at its touchpoints"), gettext_lazy("at the others")


@dataclass(frozen=True)
class Cell:
    """One side in one time: NPS (None of nothing) and tickets of its causes per 100
    answers."""

    side: str
    is_after: bool
    since: date
    until: date
    counts: dict[int, int]
    tickets: int

    @property
    def n(self) -> int:
        return sum(self.counts.values())

    @property
    def nps(self) -> float | None:
        score = metrics.nps(self.counts)
        return None if score is None or score.is_hidden else score.value

    @property
    def cause_share(self) -> ShareScore | None:
        return metrics.share(min(self.tickets, self.n), self.n)


@dataclass(frozen=True)
class Effect:
    """`refused` says why there is no number; then `score` and `causes` are None."""

    cells: Sequence[Cell]
    score: Difference | None = None
    causes: Difference | None = None
    refused: str = ""


def effect_of(initiative: Initiative, user: User, *, today: date) -> Effect:
    """Within what the person may see."""
    if initiative.done_on is None:
        return Effect([], refused=_("It is measured once the initiative is done."))
    touchpoints = set(initiative.touchpoints.values_list("pk", flat=True))
    if not touchpoints:
        return Effect(
            [],
            refused=_(
                "It covers every touchpoint, so there is nothing to compare it with. "
                "Choose the touchpoints that it changes."
            ),
        )
    cells = _cells(initiative, touchpoints, user, today=today)
    if few := [cell for cell in cells if cell.n < FEWEST]:
        return Effect(cells, refused=_too_few(few[0]))
    before, after, other_before, other_after = cells
    return Effect(
        cells,
        metrics.nps_change_against(
            (before.counts, after.counts), (other_before.counts, other_after.counts)
        ),
        _share_change(cells),
    )


def _share_change(cells: Sequence[Cell]) -> Difference | None:
    shares = [cell.cause_share for cell in cells]
    before, after, other_before, other_after = shares
    if before is None or after is None or other_before is None or other_after is None:
        return None
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
    answers = answers_of(user, asked).filter(where).order_by()
    tickets = tickets_of(user, asked).filter(where, root_cause__in=causes)
    return Cell(
        str(side),
        is_after,
        asked.since,
        asked.until,
        dict(answers.values_list("nps").annotate(Count("pk"))),
        tickets.count(),
    )


def _too_few(cell: Cell) -> str:
    words = {"n": cell.n, "fewest": FEWEST, "side": cell.side}
    if cell.is_after:
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
