"""The response rate of invitations, for whoever asks by its key."""

from collections.abc import Collection, Mapping

from dashboards.invited import Invited, invited
from dashboards.measuring import Question
from dashboards.periods import ImpossiblePeriod, Period
from dashboards.registry import METRICS
from dashboards.remainders import leave_few, wider
from dashboards.results import Result
from dashboards.selection import Filters
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

    def share(filters: Filters) -> tuple[int, int]:
        found = invited(question.user, period, filters, at=question.at)
        rate = sum(found.values(), Invited()).rate
        return (rate.top, rate.n) if rate else (0, 0)

    found = share(question.filters)
    wholes = (share(rest)[1] for rest in wider(question.filters))
    return found, leave_few(found[1], wholes)
