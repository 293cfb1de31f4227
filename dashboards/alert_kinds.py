"""What each kind of alert measures, and what it makes of that.

Plain values in, plain values out: the same looks serve the alerts of today and the
rehearsal over the past. Every number comes from `surveys.metrics` and `forecasting`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, Literal

from dashboards.forecasting import chance_of_at_most, forecast
from surveys import metrics
from surveys.metrics import Difference, Score, ShareScore

Kind = Literal["threshold", "change", "run", "silence", "forecast"]
Direction = Literal["below", "above"]
# Between the two levels nothing changes; of too few answers nothing is said.
Verdict = Literal["raise", "between", "clear", "unknown"]
Segment = int | str

SCALES: Mapping[str, range] = {
    "nps": range(11),
    "csat": range(1, 6),
    "ces": range(1, 8),
    "ces5": range(1, 6),
}
# The highest score of the bottom group.
BAD_UP_TO = {"nps": 6, "csat": 2, "ces": 3, "ces5": 2}
# A change raises below the one and clears from the other on; both adjusted.
CHANGE_RAISED, CHANGE_CLEARED = metrics.SIGNIFICANT_BELOW, 0.2
SILENCE_RAISED, SILENCE_CLEARED = 0.01, 0.05
# Same weekdays before the days looked at; fewer than the least say nothing.
WEEKS, LEAST_WEEKS = 8, 4
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Condition:
    """What a rule asks for, without where it asks (see `models.AlertRule`)."""

    kind: Kind
    metric: str
    direction: Direction
    level: float
    clear_level: float
    days: int
    least: int
    until: date | None = None

    @property
    def lookback(self) -> int:
        """How many days up to the day of a look it takes into account."""
        before_silence = _gap(self.days) + (WEEKS - 1) * 7
        return {
            "change": 2 * self.days,
            "silence": self.days + 1 + before_silence,
        }.get(self.kind, self.days)


@dataclass(frozen=True)
class Finding:
    """What one look at one segment saw.

    `value` with its interval rests on `n` answers; `against` is what it is held
    against: a limit, the value before (of `against_n`), the expected number of answers
    or the target. None where n is too small to say.
    """

    verdict: Verdict
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    against: float | None = None
    against_n: int | None = None
    p_value: float | None = None
    # Of changes: how far, with the interval of that.
    change: float | None = None
    change_low: float | None = None
    change_high: float | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class History:
    """The answers of one segment: each day's (answers, then scores), summed quickly.

    `latest` are single scores with their days, oldest first, for runs.
    """

    def __init__(
        self,
        metric: str,
        days: Mapping[date, Sequence[int]],
        latest: Sequence[tuple[date, int]] = (),
    ) -> None:
        self._metric, self._scale = metric, SCALES[metric]
        self._weeks: dict[date, Score | None] = {}
        self._width = len(self._scale) + 1
        self._latest = latest
        self._latest_days = [day for day, _score in latest]
        self._days = sorted(days)
        self.first = self._days[0] if self._days else None
        self._sums: list[tuple[int, ...]] = [(0,) * self._width]
        if self.first is not None:
            span = (max(days) - self.first).days + 1
            rows = (days.get(self.first + n * DAY) for n in range(span))
            self._sums = list(accumulate(rows, self._plus, initial=(0,) * self._width))
        self._answers = [sums[0] for sums in self._sums]

    def scores(self, since: date, until: date) -> dict[int, int]:
        """How often each score was given, from one day to another, both included."""
        return dict(zip(self._scale, self._between(since, until)[1:], strict=True))

    def answers(self, since: date, until: date) -> int:
        start, end = self._places(since, until)
        return self._answers[end] - self._answers[start]

    def week(self, last: date) -> Score | None:
        """The score of the seven days up to this one; looks of many days ask for it."""
        if last not in self._weeks:
            scores = self.scores(last - WEEK + DAY, last)
            self._weeks[last] = score_of(self._metric, scores)
        return self._weeks[last]

    def first_since(self, day: date) -> date | None:
        """The first day with answers from this one on."""
        place = bisect_left(self._days, day)
        return self._days[place] if place < len(self._days) else None

    def latest(self, since: date, until: date, most: int) -> list[int]:
        """The newest scores of these days, at most so many."""
        end = bisect_right(self._latest_days, until)
        start = max(bisect_left(self._latest_days, since), end - most)
        return [score for _day, score in self._latest[start:end]]

    def _between(self, since: date, until: date) -> tuple[int, ...]:
        start, end = self._places(since, until)
        pairs = zip(self._sums[start], self._sums[end], strict=True)
        return tuple(after - before for before, after in pairs)

    def _places(self, since: date, until: date) -> tuple[int, int]:
        """Where the sums stand before the first day and after the last."""
        if self.first is None:
            return 0, 0
        last = len(self._sums) - 1
        start = min(max((since - self.first).days, 0), last)
        end = min(max((until - self.first).days + 1, 0), last)
        return start, max(start, end)

    def _plus(
        self, sums: tuple[int, ...], row: Sequence[int] | None
    ) -> tuple[int, ...]:
        if row is None:
            return sums
        return tuple(a + b for a, b in zip(sums, row, strict=True))


def look(
    condition: Condition, histories: Mapping[Segment, History], *, day: date
) -> dict[Segment, Finding]:
    """What every segment looks like on a day, as far as that day had come."""
    if condition.kind == "change":
        return _changes(condition, histories, day)
    at = {
        "threshold": _threshold,
        "run": _run,
        "silence": _silence,
        "forecast": _forecast,
    }[condition.kind]
    return {
        segment: at(condition, history, day) for segment, history in histories.items()
    }


def score_of(metric: str, scores: Mapping[int, int]) -> Score | None:
    if metric == "nps":
        return metrics.nps(scores)
    if metric == "csat":
        return metrics.csat(scores)
    return metrics.ces(scores, scale=len(SCALES[metric]))


def _threshold(condition: Condition, history: History, day: date) -> Finding:
    score = score_of(condition.metric, history.scores(_start(condition, day), day))
    if score is None or _is_few(condition, score.n):
        return Finding("unknown", score.n if score else 0, against=condition.level)
    return _of_score(_side(condition, score.value), score, condition.level)


def _side(condition: Condition, value: float) -> Verdict:
    """Beyond the level, short of the one that clears, or between them."""
    sign = 1 if condition.direction == "below" else -1
    if sign * value < sign * condition.level:
        return "raise"
    return "clear" if sign * value >= sign * condition.clear_level else "between"


def _changes(
    condition: Condition, histories: Mapping[Segment, History], day: date
) -> dict[Segment, Finding]:
    """Segments are tested together, so their p-values are adjusted together."""
    found = {s: _compared(condition, h, day) for s, h in histories.items()}
    tested = [segment for segment, (_f, change) in found.items() if change]
    p_values = [change.p_value for _f, change in found.values() if change]
    adjusted = dict(zip(tested, metrics.adjusted_p_values(p_values), strict=True))
    return {
        segment: _judged(condition, finding, change, adjusted.get(segment, 1.0))
        for segment, (finding, change) in found.items()
    }


def _compared(
    condition: Condition, history: History, day: date
) -> tuple[Finding, Difference | None]:
    start = _start(condition, day)
    now = history.scores(start, day)
    before = history.scores(start - timedelta(days=condition.days), start - DAY)
    current = score_of(condition.metric, now)
    previous = score_of(condition.metric, before)
    if current is None or previous is None:
        return Finding("unknown", current.n if current else 0), None
    if _is_few(condition, current.n) or _is_few(condition, previous.n):
        return Finding("unknown", current.n, against_n=previous.n), None
    if isinstance(current, ShareScore) and isinstance(previous, ShareScore):
        change = metrics.share_difference(current, previous)
    else:
        change = metrics.nps_difference(now, before)
    finding = _of_score("between", current, previous.value)
    return replace(finding, against_n=previous.n), change


def _judged(
    condition: Condition, finding: Finding, change: Difference | None, p: float
) -> Finding:
    if change is None:
        return finding
    wanted = change.value < 0 if condition.direction == "below" else change.value > 0
    verdict: Verdict = "between"
    if wanted and p < CHANGE_RAISED and abs(change.value) >= condition.level:
        verdict = "raise"
    elif not wanted or p >= CHANGE_CLEARED:
        verdict = "clear"
    return replace(
        finding,
        verdict=verdict,
        p_value=p,
        change=change.value,
        change_low=change.low,
        change_high=change.high,
    )


def _run(condition: Condition, history: History, day: date) -> Finding:
    """`least` answers are looked at, of which `level` may not be bad."""
    latest = history.latest(_start(condition, day), day, condition.least)
    bad = sum(score <= BAD_UP_TO[condition.metric] for score in latest)
    n = len(latest)
    if n < condition.least:
        return Finding("unknown", n, against=condition.level)
    verdict: Verdict = "between"
    if bad >= condition.level:
        verdict = "raise"
    elif bad <= condition.clear_level:
        verdict = "clear"
    return Finding(verdict, n, float(bad), against=condition.level)


def _silence(condition: Condition, history: History, day: date) -> Finding:
    """Whole days only: today is not over."""
    until = day - DAY
    since = until - timedelta(days=condition.days - 1)
    came = history.answers(since, until)
    expected = _expected(history, since, until)
    if expected is None or expected < condition.least:
        return Finding("unknown", came, float(came), against=expected)
    chance = chance_of_at_most(came, expected)
    verdict: Verdict = "between"
    if chance < SILENCE_RAISED:
        verdict = "raise"
    elif chance >= SILENCE_CLEARED:
        verdict = "clear"
    return Finding(verdict, came, float(came), against=expected, p_value=chance)


def _expected(history: History, since: date, until: date) -> float | None:
    """As many as on the same weekdays before, on average; None of too few weeks."""
    days = (until - since).days + 1
    gap = timedelta(days=_gap(days))
    first = history.first_since(since - gap - (WEEKS - 1) * WEEK)
    if first is None:
        return None
    expected = 0.0
    for n in range(days):
        before = [since + n * DAY - gap - week * WEEK for week in range(WEEKS)]
        known = [day for day in before if day >= first]
        if len(known) < LEAST_WEEKS:
            return None
        expected += sum(history.answers(day, day) for day in known) / len(known)
    return expected


def _gap(days: int) -> int:
    """Whole weeks back, until no same weekday lies within so many days."""
    return 7 * (-(-days // 7))


def _forecast(condition: Condition, history: History, day: date) -> Finding:
    """A straight line through the weeks, read on the day the target is meant for."""
    if condition.until is None or day > condition.until:
        return Finding("clear", 0, against=condition.level)
    points, n = weekly(condition, history, day)
    ahead = forecast(
        [(float(week), score.value) for week, _last, score in points],
        at=(condition.until - day).days / 7,
    )
    if ahead is None:
        return Finding("unknown", n, against=condition.level)
    verdict: Verdict = "between"
    if ahead.high < condition.level:
        verdict = "raise"
    elif ahead.value >= condition.clear_level:
        verdict = "clear"
    return Finding(verdict, n, ahead.value, ahead.low, ahead.high, condition.level)


def weekly(
    condition: Condition, history: History, day: date
) -> tuple[list[tuple[int, date, Score]], int]:
    """Each week's number (0 is the last, before it negative), last day and score, and
    how many answers they rest on; weeks of too few answers are left out."""
    points = []
    for back in range(condition.days // 7):
        last = day - back * WEEK
        score = history.week(last)
        if score is not None and not _is_few(condition, score.n):
            points.append((-back, last, score))
    return points[::-1], sum(score.n for _week, _last, score in points)


def _start(condition: Condition, day: date) -> date:
    return day - timedelta(days=condition.days - 1)


def _is_few(condition: Condition, n: int) -> bool:
    return n < condition.least or metrics.is_hidden(n)


def _of_score(verdict: Verdict, score: Score, against: float) -> Finding:
    return Finding(verdict, score.n, score.value, score.low, score.high, against)
