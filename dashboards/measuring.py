"""Any number of the registry, of a person, a selection and a period: one way to ask.

    measure("nps", user, filters, period, at=now)
    measure_all(["nps", "churn_rate"], user, filters, period, at=now)

Metrics of one source are measured together, so ask for several at once.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import Protocol

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dashboards.counting import NOTHING, Counts, total
from dashboards.metric import Source
from dashboards.period_counts import PeriodCounts, period_counts
from dashboards.periods import Period
from dashboards.registry import METRICS
from dashboards.results import Result
from dashboards.selection import Filters
from dashboards.series import Trend, trend_of
from dashboards.suppression import Hidden, Span, hidden_buckets, hidden_scores
from teams.models import User


class UnknownMetric(ValueError):
    """There is no such number; a sentence for the user."""


@dataclass(frozen=True)
class Question:
    """Who asks for what; the counts that several measurers need are read once."""

    user: User
    filters: Filters
    period: Period
    at: datetime
    # For ratings: a question of the survey, or `question.row` of a matrix.
    element: str = ""

    @cached_property
    def by_bucket(self) -> dict[date, Counts]:
        """The period's answers by the first day of day, week or month."""
        found = self._read.counts(self.filters, in_buckets=True)
        return {bucket: parts for (bucket,), parts in found.items()}  # type: ignore[misc]  # by grain alone, so the key is a day

    @cached_property
    def now(self) -> Counts:
        return total(self.by_bucket.values())

    @cached_property
    def before(self) -> Counts:
        """Of the equally long period before."""
        return total(self._read.counts(self.filters, is_before=True).values())

    @cached_property
    def hidden_now(self) -> frozenset[str]:
        """Scores that another page, subtracted from this one, would give away."""
        return hidden_scores(self._span, self.filters)

    @cached_property
    def hidden_before(self) -> frozenset[str]:
        period = self.period
        span = Span(
            self.user,
            period.preceding_start,
            period.preceding_end,
            lambda filters, by, grain: self._read.counts(filters, by, is_before=True),
        )
        return hidden_scores(span, self.filters)

    def trend(self, score: str) -> Trend:
        """A score over the period, what may not be shown left out."""
        return trend_of(
            score, self.period, self.by_bucket, hidden=self._hidden_buckets[score]
        )

    @cached_property
    def _hidden_buckets(self) -> dict[str, Hidden]:
        every = dict.fromkeys(self.period.buckets(), NOTHING) | self.by_bucket
        return hidden_buckets(self._span, self.filters, self.period.grain, every)

    @cached_property
    def _span(self) -> Span:
        return Span(
            self.user,
            self.period.start,
            self.period.end,
            lambda filters, by, grain: self._read.counts(
                filters, by, in_buckets=grain is not None
            ),
        )

    @cached_property
    def _read(self) -> PeriodCounts:
        return period_counts(self.user, self.filters, self.period)


class Measurer(Protocol):
    def __call__(
        self, question: Question, keys: Collection[str]
    ) -> Mapping[str, Result]:
        """A result for each of these keys, which are all of one source."""


# Who measures what of a source, by path: web processes load what they are asked for.
MEASURERS: Mapping[Source, str] = {
    "answers": "dashboards.answer_results.measured_answers",
    "comments": "dashboards.comment_results.measured_comments",
    "ratings": "dashboards.rating_results.measured_ratings",
    "sessions": "dashboards.session_results.measured_sessions",
    "loop": "dashboards.loop_results.measured_loop",
    "tickets": "dashboards.loop_results.measured_tickets",
    "recovery": "dashboards.recovery_results.measured_recovery",
    "invitations": "dashboards.invitation_results.measured_invitations",
    "orders": "dashboards.money_results.measured_orders",
    "costs": "dashboards.money_results.measured_costs",
    "behaviour": "dashboards.behaviour_results.measured_behaviour",
}


def measure(
    key: str, user: User, filters: Filters, period: Period, *, at: datetime
) -> Result:
    """One number, as far as this person may see. Raises UnknownMetric."""
    return measure_all([key], user, filters, period, at=at)[key]


def measure_all(
    keys: Collection[str], user: User, filters: Filters, period: Period, *, at: datetime
) -> dict[str, Result]:
    """Several numbers, by key in the order asked. Raises UnknownMetric."""
    return answered(Question(user, filters, period, at), keys)


def answered(question: Question, keys: Collection[str]) -> dict[str, Result]:
    """The same of a question that was put already."""
    for key in keys:
        if key not in METRICS or METRICS[key].source not in MEASURERS:
            raise UnknownMetric(_("There is no number “%(key)s”.") % {"key": key})
    found: dict[str, Result] = {}
    for source, group in groupby(sorted(keys, key=_source_of), key=_source_of):
        measurer: Measurer = import_string(MEASURERS[source])
        found |= measurer(question, list(group))
    return {key: found[key] for key in keys}


def _source_of(key: str) -> Source:
    return METRICS[key].source
