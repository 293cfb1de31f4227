"""The response rate of invitations, for whoever asks by its key."""

from collections.abc import Collection, Mapping

from dashboards.invited import Invited, invited
from dashboards.measuring import Question
from dashboards.periods import ImpossiblePeriod, Period
from dashboards.registry import METRICS
from dashboards.results import Result
from dashboards.series import share_result


def measured_invitations(
    question: Question, keys: Collection[str]
) -> Mapping[str, Result]:
    """Those who can still answer are in n, and told beside it."""
    period = question.period
    now = _whole(question, period)
    try:
        before = _whole(question, Period(period.preceding_start, period.preceding_end))
    except ImpossiblePeriod:
        before = Invited()
    return {
        key: share_result(METRICS[key], _share(now), _share(before)) for key in keys
    }


def _whole(question: Question, period: Period) -> Invited:
    found = invited(question.user, period, question.filters, at=question.at)
    return sum(found.values(), Invited())


def _share(found: Invited) -> tuple[int, int]:
    rate = found.rate
    return (rate.top, rate.n) if rate else (0, 0)
