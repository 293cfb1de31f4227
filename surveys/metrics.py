"""Every attitude and reach number, defined once, with its interval and its base.

Shares and NPS are in percent points, unrounded. `counts` maps a score to its number of
answers; skipped, dismissed, test and erased answers are left out by the caller. Each formula
and its source stand in docs/metrics.md under the anchor named here.
"""

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Literal, TypeVar

NpsGroup = Literal["promoter", "passive", "detractor"]
Key = TypeVar("Key", bound=Hashable)

HIDDEN_BELOW = 5
LOW_BASE_BELOW = 30
LOW_BASE_MARGIN = 15.0
SIGNIFICANT_BELOW = 0.05
CES_TOP = {7: 3, 5: 2}


@dataclass(frozen=True)
class Score:
    """A value with its confidence interval and n, the number of answers it rests on."""

    value: float
    low: float
    high: float
    n: int

    @property
    def margin(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    @property
    def is_hidden(self) -> bool:
        return is_hidden(self.n)

    @property
    def is_low_base(self) -> bool:
        return is_low_base(self.n, self.margin)


@dataclass(frozen=True)
class NpsScore(Score):
    """-100 to 100. At n = 1 the interval does not reach the value: it is an adjusted one."""

    promoters: int
    passives: int
    detractors: int


@dataclass(frozen=True)
class ShareScore(Score):
    """0 to 100 percent: `top` of the n."""

    top: int


@dataclass(frozen=True)
class RatingScore(ShareScore):
    """The headline is the share of top answers; the mean, in scale points, stands beside it."""

    mean: float
    mean_low: float
    mean_high: float


@dataclass(frozen=True)
class Difference:
    """First minus second, in points, with its interval, test statistic and two-sided p."""

    value: float
    low: float
    high: float
    z: float
    p_value: float

    @property
    def is_significant(self) -> bool:
        return self.p_value < SIGNIFICANT_BELOW


@dataclass(frozen=True)
class Mean:
    """Of amounts in their own unit, with Student's interval."""

    value: float
    low: float
    high: float
    n: int


def nps_group(score: int) -> NpsGroup:
    """9-10 promoter, 7-8 passive, 0-6 detractor. ValueError off the 0-10 scale."""
    _check_score(score, 0, 10)
    if score >= 9:
        return "promoter"
    return "passive" if score >= 7 else "detractor"


def nps(counts: Mapping[int, int], *, confidence: float = 0.95) -> NpsScore | None:
    """Percent promoters less percent detractors of the answered 0-10 questions (#nps).

    The interval is the adjusted Wald one, clipped to -100 and 100. None where nothing was
    answered; ValueError for a score off the scale or a count that is not a whole number >= 0.
    """
    z = _z(confidence)
    promoters, passives, detractors = _nps_groups(counts)
    n = promoters + passives + detractors
    if n == 0:
        return None
    centre, error = _adjusted_nps(promoters, detractors, n)
    return NpsScore(
        value=100 * (promoters - detractors) / n,
        low=max(-100.0, 100 * (centre - z * error)),
        high=min(100.0, 100 * (centre + z * error)),
        n=n,
        promoters=promoters,
        passives=passives,
        detractors=detractors,
    )


def csat(
    counts: Mapping[int, int],
    *,
    top: int = 2,
    scale: int = 5,
    confidence: float = 0.95,
) -> RatingScore | None:
    """Share of the `top` highest points among answered 1..scale, and the mean (#csat).

    Wilson interval for the share, Student's t for the mean. None and ValueError as nps().
    """
    return rating(counts, top=top, scale=scale, confidence=confidence)


def ces(
    counts: Mapping[int, int], *, scale: int = 7, confidence: float = 0.95
) -> RatingScore | None:
    """Customer effort, high = easy: share of 5-7 on 1-7, or of 4-5 on 1-5 (#ces).

    The two scales are two definitions and never pooled. None and ValueError as nps().
    """
    if scale not in CES_TOP:
        raise ValueError(f"Customer effort is asked on 1-7 or 1-5, not on 1-{scale}.")
    return rating(counts, top=CES_TOP[scale], scale=scale, confidence=confidence)


def rating(
    counts: Mapping[int, int],
    *,
    scale: int,
    top: int = 2,
    confidence: float = 0.95,
) -> RatingScore | None:
    """Top-box share and mean of any 1..scale rating or matrix attribute (#rating)."""
    if not 1 <= top < scale:
        raise ValueError(f"The top {top} points are no part of a 1-{scale} scale.")
    _check_counts(counts, 1, scale)
    top_n = sum(count for score, count in counts.items() if score > scale - top)
    headline = share(top_n, sum(counts.values()), confidence=confidence)
    if headline is None:
        return None
    mean, error = _mean(counts, headline.n, confidence)
    return RatingScore(
        value=headline.value,
        low=headline.low,
        high=headline.high,
        n=headline.n,
        top=top_n,
        mean=mean,
        mean_low=max(1.0, mean - error),
        mean_high=min(float(scale), mean + error),
    )


def share(part: int, whole: int, *, confidence: float = 0.95) -> ShareScore | None:
    """`part` of `whole` in percent, with Wilson's interval (#share). None of a whole of 0."""
    z = _z(confidence)
    if not (_is_count(part) and _is_count(whole) and part <= whole):
        raise ValueError(f"{part!r} of {whole!r} is no share.")
    if whole == 0:
        return None
    low, high = _wilson(part, whole, z)
    return ShareScore(100 * part / whole, 100 * low, 100 * high, whole, part)


def mean_amount(
    total: float, squares: float, n: int, *, confidence: float = 0.95
) -> Mean | None:
    """The mean of n amounts that add up to `total`, their squares to `squares` (#mean).

    None of no amounts; of a single one nobody knows how far it is off.
    """
    if n == 0:
        return None
    value = total / n
    if n == 1:
        return Mean(value, -math.inf, math.inf, n)
    variance = max(0.0, squares - n * value * value) / (n - 1)
    error = t_quantile(confidence, n - 1) * math.sqrt(variance / n)
    return Mean(value, value - error, value + error, n)


def response_rate(
    completed: int, kept_partials: int, delivered: int
) -> ShareScore | None:
    """(Completed + kept partials) / delivered invitations of one cohort (#response-rate)."""
    return share(completed + kept_partials, delivered)


def completion_rate(completed: int, started: int) -> ShareScore | None:
    """Completed / started (#completion-rate)."""
    return share(completed, started)


def abandonment_rate(left: int, reached: int) -> ShareScore | None:
    """Left on a page / reached that page (#abandonment)."""
    return share(left, reached)


def nps_difference(
    a: Mapping[int, int], b: Mapping[int, int], *, confidence: float = 0.95
) -> Difference:
    """NPS of `a` less NPS of `b`, in points: two periods or disjoint groups (#difference).

    A part is compared with its complement, never with the whole. ValueError where a side
    has no answers, and as nps().
    """
    first, second = nps(a), nps(b)
    if first is None or second is None:
        raise ValueError("A difference needs answers on both sides.")
    _, error_a = _adjusted_nps(first.promoters, first.detractors, first.n)
    _, error_b = _adjusted_nps(second.promoters, second.detractors, second.n)
    value, error = first.value - second.value, 100 * math.hypot(error_a, error_b)
    margin = _z(confidence) * error
    return Difference(
        value=value,
        low=max(-200.0, value - margin),
        high=min(200.0, value + margin),
        z=value / error,
        p_value=_two_sided(value / error),
    )


def share_difference(
    a: ShareScore, b: ShareScore, *, confidence: float = 0.95
) -> Difference:
    """Share `a` less share `b`, in points, of disjoint groups (#difference).

    Newcombe's hybrid score interval; z and p by the pooled test, which says 0 and 1 where
    both shares are 0 % or both are 100 %.
    """
    z = _z(confidence)
    p_a, p_b = a.top / a.n, b.top / b.n
    low_a, high_a = _wilson(a.top, a.n, z)
    low_b, high_b = _wilson(b.top, b.n, z)
    value = p_a - p_b
    pooled = (a.top + b.top) / (a.n + b.n)
    error = math.sqrt(pooled * (1 - pooled) * (1 / a.n + 1 / b.n))
    statistic = value / error if error else 0.0
    return Difference(
        value=100 * value,
        low=100 * (value - math.hypot(p_a - low_a, high_b - p_b)),
        high=100 * (value + math.hypot(high_a - p_a, p_b - low_b)),
        z=statistic,
        p_value=_two_sided(statistic),
    )


def nps_change_against(
    change: tuple[Mapping[int, int], Mapping[int, int]],
    other: tuple[Mapping[int, int], Mapping[int, int]],
    *,
    confidence: float = 0.95,
) -> Difference:
    """How much more NPS rose here than elsewhere, in points; each (before, after).

    The difference of two differences of four disjoint groups (#change-against): what
    moved everywhere alike falls out. ValueError where a side has no answers.
    """
    here, there = (nps_difference(after, before) for before, after in (change, other))
    error = math.hypot(*(_nps_error(counts) for counts in (*change, *other)))
    return _of_changes(here.value - there.value, error, confidence)


def share_change_against(
    change: tuple[ShareScore, ShareScore],
    other: tuple[ShareScore, ShareScore],
    *,
    confidence: float = 0.95,
) -> Difference:
    """The same of a share, in points; the errors are Agresti and Caffo's."""
    (before, after), (other_before, other_after) = change, other
    here, there = after.value - before.value, other_after.value - other_before.value
    error = math.hypot(*(_share_error(share) for share in (*change, *other)))
    return _of_changes(here - there, error, confidence)


def median_change(now: tuple[int, int], before: tuple[int, int]) -> Difference:
    """Mood's median test (#quantiles): of each side, how many lie above the median of
    both together, and how many there are. The difference of those shares."""
    first, second = share(*now), share(*before)
    if first is None or second is None:
        raise ValueError("A difference needs values on both sides.")
    return share_difference(first, second)


def quantile_ranks(
    n: int, share: float, *, confidence: float = 0.95
) -> tuple[int, int]:
    """Between which of n sorted numbers a quantile lies (#quantiles): places from 0.

    The ends of a binomial share, as David and Nagaraja have them in its normal form; the
    first and last number where there are too few for narrower ones.
    """
    if n < 1 or not 0 < share < 1:
        raise ValueError(f"Of {n} numbers no quantile {share} has an interval.")
    half = _z(confidence) * math.sqrt(n * share * (1 - share))
    low, high = math.floor(n * share - half) - 1, math.ceil(n * share + half)
    return max(0, low), min(n - 1, high)


def adjusted_p_values(p_values: Sequence[float]) -> list[float]:
    """Benjamini-Hochberg: p-values of tests made together, in the order given (#many-tests)."""
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError("A p-value lies between 0 and 1.")
    adjusted = [0.0] * len(p_values)
    smallest = 1.0
    by_rank = sorted(range(len(p_values)), key=p_values.__getitem__)
    for rank in range(len(p_values), 0, -1):
        index = by_rank[rank - 1]
        smallest = min(smallest, p_values[index] * len(p_values) / rank)
        adjusted[index] = smallest
    return adjusted


_hidden_below = ContextVar("hidden_below", default=HIDDEN_BELOW)


@contextmanager
def hiding_below(least: int) -> Iterator[None]:
    """While the block lasts, hide what rests on fewer answers than `least`, too: for
    readers who are to see less. Never shows more than usual."""
    before = _hidden_below.set(max(least, HIDDEN_BELOW))
    try:
        yield
    finally:
        _hidden_below.reset(before)


def hidden_below() -> int:
    """The number of answers from which on a value is shown."""
    return _hidden_below.get()


def is_hidden(n: int) -> bool:
    """So few answers that showing their value could show a person's (#small-samples)."""
    return n < _hidden_below.get()


def is_low_base(n: int, margin: float) -> bool:
    """Shown, but marked: few answers or a wide interval, in points (#small-samples)."""
    return n < LOW_BASE_BELOW or margin > LOW_BASE_MARGIN


def hidden_groups(sizes: Mapping[Key, int]) -> frozenset[Key]:
    """Which groups to hide where their total is shown too (#small-samples).

    Those that are too small, and the next smallest ones until the total less what is
    visible reveals neither one group nor fewer than five answers. Empty groups show nothing.
    """
    by_size = sorted((key for key, n in sizes.items() if n > 0), key=_by_size(sizes))
    hidden = [key for key in by_size if is_hidden(sizes[key])]
    for key in by_size[len(hidden) :]:
        n = sum(sizes[one] for one in hidden)
        if not hidden or (len(hidden) > 1 and not is_hidden(n)):
            break
        hidden.append(key)
    return frozenset(hidden)


def _by_size(sizes: Mapping[Key, int]) -> Callable[[Key], tuple[int, str]]:
    """Of two as large always the same one, in whatever order they come: another page
    that hid the other one would give both away."""

    def place(key: Key) -> tuple[int, str]:
        alone = isinstance(key, tuple) and len(key) == 1
        return sizes[key], str(key[0] if alone else key)  # type: ignore[index]

    return place


def _nps_groups(counts: Mapping[int, int]) -> tuple[int, int, int]:
    _check_counts(counts, 0, 10)
    groups: dict[NpsGroup, int] = {"promoter": 0, "passive": 0, "detractor": 0}
    for score, count in counts.items():
        groups[nps_group(score)] += count
    return groups["promoter"], groups["passive"], groups["detractor"]


def _adjusted_nps(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """Centre and standard error of the adjusted Wald interval, on -1 to 1."""
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    return p - d, math.sqrt((p + d - (p - d) ** 2) / (n + 3))


def _nps_error(counts: Mapping[int, int]) -> float:
    """In points."""
    promoters, passives, detractors = _nps_groups(counts)
    n = promoters + passives + detractors
    return 100 * _adjusted_nps(promoters, detractors, n)[1]


def _share_error(share: ShareScore) -> float:
    """In points: one success and one failure more than there were."""
    p = (share.top + 1) / (share.n + 2)
    return 100 * math.sqrt(p * (1 - p) / (share.n + 2))


def _of_changes(value: float, error: float, confidence: float) -> Difference:
    margin, z = _z(confidence) * error, value / error
    return Difference(value, value - margin, value + margin, z, _two_sided(z))


def _wilson(part: int, whole: int, z: float) -> tuple[float, float]:
    p, spread = part / whole, z * z / whole
    centre = (p + spread / 2) / (1 + spread)
    half = z * math.sqrt(p * (1 - p) / whole + spread / (4 * whole)) / (1 + spread)
    # Rounding must not push the ends past p, which at 0 and 1 they touch.
    return max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))


def _mean(counts: Mapping[int, int], n: int, confidence: float) -> tuple[float, float]:
    """Mean and half its t interval; infinite at n = 1, where the caller clips to the scale."""
    mean = sum(score * count for score, count in counts.items()) / n
    if n == 1:
        return mean, math.inf
    squares = sum(count * (score - mean) ** 2 for score, count in counts.items())
    return mean, t_quantile(confidence, n - 1) * math.sqrt(squares / (n - 1) / n)


def _two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))


@lru_cache(maxsize=64)
def _z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError("A confidence lies between 0 and 1.")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def t_quantile(confidence: float, freedom: int) -> float:
    """Student's t: exact for 1 and 2 degrees of freedom, else Abramowitz-Stegun 26.7.5.

    At 95 % the series is within 0.04 % of the exact value from n = 5 on.
    """
    if freedom == 1:
        return math.tan(math.pi * confidence / 2)
    if freedom == 2:
        return confidence * math.sqrt(2 / (1 - confidence**2))
    x = _z(confidence)
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92_160,
    )
    return x + sum(
        term / float(freedom) ** power for power, term in enumerate(terms, 1)
    )


def _check_counts(counts: Mapping[int, int], lowest: int, highest: int) -> None:
    for score, count in counts.items():
        _check_score(score, lowest, highest)
        if not _is_count(count):
            raise ValueError(f"A number of answers is a whole number, not {count!r}.")


def _check_score(score: int, lowest: int, highest: int) -> None:
    # type() and not isinstance(): True is an int, and no score.
    if type(score) is not int or not lowest <= score <= highest:
        raise ValueError(f"{score!r} is no score on a {lowest}-{highest} scale.")


def _is_count(count: int) -> bool:
    return type(count) is int and count >= 0
