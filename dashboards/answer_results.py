"""Scores, their means and how many answered: of the answers' counts."""

from collections.abc import Collection, Mapping

from dashboards.measuring import Question
from dashboards.registry import METRICS
from dashboards.results import Amount, Counted, Result
from dashboards.series import compared, mean_of


def measured_answers(question: Question, keys: Collection[str]) -> Mapping[str, Result]:
    return {key: _measured(key, question) for key in keys}


def _measured(key: str, question: Question) -> Result:
    now, before = question.now, question.before
    if key == "responses":
        return Counted(METRICS[key], now[key], before[key])
    if key.endswith("_mean"):
        return _mean(key, question)
    return compared(
        key,
        now,
        before,
        hide=key in question.hidden_now,
        hide_before=key in question.hidden_before,
    )


def _mean(key: str, question: Question) -> Amount:
    score = key.removesuffix("_mean")
    now = mean_of(score, question.now, hide=score in question.hidden_now)
    before = mean_of(score, question.before, hide=score in question.hidden_before)
    return Amount(
        METRICS[key],
        now.n,
        now.value,
        now.low,
        now.high,
        before.value,
        # Means are shown beside the shares, whose change is tested.
        is_clear=False,
    )
