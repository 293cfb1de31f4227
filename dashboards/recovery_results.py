"""How many low scorers were recovered, and whether the loop did it; by key."""

from collections.abc import Collection, Mapping

from dashboards.loop_bases import effect_bases, qualifying
from dashboards.loop_steps import effect, steps
from dashboards.measuring import Question
from dashboards.periods import ImpossiblePeriod, Period
from dashboards.registry import METRICS
from dashboards.results import Amount, Result
from dashboards.series import share_result


def measured_recovery(
    question: Question, keys: Collection[str]
) -> Mapping[str, Result]:
    found: dict[str, Result] = {}
    if "recovered_rate" in keys:
        found["recovered_rate"] = share_result(
            METRICS["recovered_rate"],
            _recovered(question, question.period),
            _recovered(question, _before(question.period)),
            hide=_hides(question, question.period),
            hide_before=_hides(question, _before(question.period)),
        )
    if "recovery_effect" in keys:
        found["recovery_effect"] = _effect(question)
    return found


def _recovered(question: Question, period: Period | None) -> tuple[int, int]:
    if period is None:
        return 0, 0
    got = steps(question.user, period, question.filters)
    return got.counts["recovered"], got.qualifying


def _hides(question: Question, period: Period | None) -> bool:
    if period is None:
        return False
    return bool(qualifying(question.user, period).hidden(question.filters))


def _effect(question: Question) -> Amount:
    """In points, with the interval of the difference."""
    metric = METRICS["recovery_effect"]
    found = effect(question.user, question.period, question.filters)
    difference = found.difference
    if difference is None:
        return Amount(metric, 0, None)
    bases = effect_bases(question.user, question.period)
    if found.is_hidden or bases.hidden(question.filters):
        return Amount(metric, found.compared, None)
    return Amount(
        metric, found.compared, difference.value, difference.low, difference.high
    )


def _before(period: Period) -> Period | None:
    try:
        return Period(period.preceding_start, period.preceding_end)
    except ImpossiblePeriod:
        return None
