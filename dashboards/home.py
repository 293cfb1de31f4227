"""The first page: how we are doing, against the period before and against the targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from dashboards.measuring import MEASURERS, Question, answered
from dashboards.movers import Movers, movers
from dashboards.periods import Period
from dashboards.registry import METRICS, SCORES
from dashboards.results import Counted, Measured, Result
from dashboards.selection import Filters
from dashboards.series import Trend, scores_in
from dashboards.standing import Standing, standing
from dashboards.targets import targets_on
from surveys.intake import local_day
from teams.models import User

SAID = (*SCORES, "responses")
DONE = (
    "coverage",
    "contact_in_sla",
    "resolution_in_sla",
    "confirmed_rate",
    "contact_minutes",
    "resolution_minutes",
    "open_tickets",
    "overdue_tickets",
)


# From invitations and orders, which no rollup counts: asked for after the rest.
REACH = ("response_rate", "churn_rate")


@dataclass(frozen=True)
class Rest:
    """What takes longer than the rollups, and is shown after them."""

    reach: Mapping[str, Result]
    targets: Mapping[str, float]
    movers: Movers | None


@dataclass(frozen=True)
class Overview:
    """`said` and `done` are what is shown, by key: scores that nobody was asked in this
    period and the last are left out.
    """

    period: Period
    filters: Filters
    at: datetime
    said: Mapping[str, Result]
    done: Mapping[str, Result]
    trends: tuple[Trend, ...]
    standing: Standing

    @property
    def targets(self) -> Mapping[str, float]:
        return self.standing.targets

    @property
    def filled_to(self) -> datetime | None:
        """When the newest counted answer came; None before the first one."""
        return self.standing.filled_to

    @property
    def results(self) -> dict[str, Result]:
        return {**self.said, **self.done}

    @property
    def scores(self) -> tuple[Measured, ...]:
        found = (self.said[key] for key in SCORES if key in self.said)
        return tuple(score for score in found if isinstance(score, Measured))

    @property
    def answers(self) -> Counted:
        found = self.said["responses"]
        assert isinstance(found, Counted)
        return found


def overview(user: User, *, period: Period, filters: Filters, at: datetime) -> Overview:
    """The key numbers of a period that rollups answer, as far as this person may see."""
    today = local_day(at)
    stands = standing(today=today, day=min(period.end, today))
    question = Question(user, filters, period, at)
    asked = [key for key in (*SAID, *DONE) if METRICS[key].source in MEASURERS]
    found = answered(question, asked)
    shown = {key: result for key, result in found.items() if _was_asked(key, question)}
    return Overview(
        period=period,
        filters=filters,
        at=at,
        said={key: shown[key] for key in SAID if key in shown},
        done={key: shown[key] for key in DONE if key in shown},
        trends=tuple(question.trend(key) for key in SCORES if key in shown),
        standing=stands,
    )


def rest(user: User, *, period: Period, filters: Filters, at: datetime) -> Rest:
    """Who answers, who stays, and what changed this week."""
    question = Question(user, filters, period, at)
    asked = [key for key in REACH if METRICS[key].source in MEASURERS]
    until = min(period.end, local_day(at))
    return Rest(
        reach=answered(question, asked),
        targets=targets_on(until),
        movers=_movers(user, filters, until=until),
    )


def _movers(user: User, filters: Filters, *, until: date) -> Movers | None:
    """Of all that the person may see: parts of a part are what exploring is for."""
    if filters.given or filters.attributes:
        return None
    return movers(user, filters, until=until)


def _was_asked(key: str, question: Question) -> bool:
    if key not in SCORES:
        return True
    return any(
        sum(scores_in(key, counts).values())
        for counts in (question.now, question.before)
    )
