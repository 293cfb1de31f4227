"""The response rate of invitations, for whoever asks by its key."""

from collections.abc import Collection, Mapping

from dashboards.invited import Invited, delivered, invited
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
    now, hide = _shown(question, period)
    try:
        earlier = Period(period.preceding_start, period.preceding_end)
        before, hide_before = _shown(question, earlier)
    except ImpossiblePeriod:
        before, hide_before = (0, 0), False
    return {
        key: share_result(METRICS[key], now, before, hide=hide, hide_before=hide_before)
        for key in keys
    }


def _shown(question: Question, period: Period) -> tuple[tuple[int, int], bool]:
    """Part and whole, and whether they would give others away."""
    user, filters, at = question.user, question.filters, question.at
    found = invited(user, period, filters, at=at)
    rate = sum(found.values(), Invited()).rate
    hide = bool(delivered(user, period, at=at).hidden(filters))
    return (rate.top, rate.n) if rate else (0, 0), hide
