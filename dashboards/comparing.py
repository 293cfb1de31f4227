"""Two groups of answers side by side: the difference with its interval and test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dashboards.counting import NOTHING, Counts, counts, total
from dashboards.dimensions import Value
from dashboards.periods import Period
from dashboards.scores import COUNTS
from dashboards.selection import Filters
from dashboards.series import Measured, measured, scores_in
from dashboards.suppression import Span, hidden_buckets, hidden_scores
from surveys import metrics
from surveys.metrics import Difference, ShareScore
from teams.models import User


class NotComparable(ValueError):
    """The two groups cannot be compared; a sentence for the user."""


@dataclass(frozen=True)
class Side:
    """One of two groups: its answers in its own period."""

    filters: Filters
    span: Period


@dataclass(frozen=True)
class Band:
    """How many percent of a side gave one score; None where the side is too small."""

    score: int
    first: float | None
    second: float | None


def hidden_in(user: User, side: Side) -> frozenset[str]:
    """Which scores of a side may not be shown, although n is large enough."""
    return hidden_scores(Span(user, side.span.start, side.span.end), side.filters)


def difference(key: str, first: Counts, second: Counts) -> Difference | None:
    """`first` less `second`, of disjoint answers; None where a side is too small to show."""
    one, two = measured(key, first).score, measured(key, second).score
    if one is None or two is None:
        return None
    if isinstance(one, ShareScore) and isinstance(two, ShareScore):
        return metrics.share_difference(one, two)
    return metrics.nps_difference(scores_in(key, first), scores_in(key, second))


def rest_of(whole: Counts, part: Counts) -> Counts:
    """The counts of all the others."""
    return {name: whole[name] - part[name] for name in COUNTS}


def overlap(one: Side, two: Side) -> bool:
    """Whether an answer could be in both: no filter and no period keeps them apart."""
    if one.span.end < two.span.start or two.span.end < one.span.start:
        return False
    mine, others = one.filters.given, two.filters.given
    if any(mine[name] != others[name] for name in mine.keys() & others.keys()):
        return False
    return not _told_apart(one.filters, two.filters)


def counts_of_side(user: User, side: Side) -> Counts:
    found = counts(user, side.filters, since=side.span.start, until=side.span.end)
    return total(found.values())


def bands(key: str, first: Counts, second: Counts) -> list[Band]:
    """The distributions of the scores, from the lowest; in percent of each side."""
    sides = [_distribution(key, side) for side in (first, second)]
    return [Band(score, sides[0][score], sides[1][score]) for score in sides[0]]


def trend_of(user: User, side: Side, key: str) -> list[tuple[date, Measured]]:
    """A point for each bucket of the side's period, those that would give away a hidden
    one hidden with it."""
    every = _by_bucket(user, side)
    hidden = _hidden_points(user, side, key, every)
    return _points(key, every, hidden)


def trend_of_rest(
    user: User, part: Side, whole: Side, key: str
) -> list[tuple[date, Measured]]:
    """As `trend_of`, of those in `whole` that are not in `part`, of the same period."""
    mine, everybody = _by_bucket(user, part), _by_bucket(user, whole)
    rest = {first: rest_of(each, mine[first]) for first, each in everybody.items()}
    hidden = _hidden_points(user, part, key, mine)
    hidden |= _hidden_points(user, whole, key, everybody)
    sizes = {first: sum(scores_in(key, each).values()) for first, each in rest.items()}
    return _points(key, rest, hidden | metrics.hidden_groups(sizes))


def _by_bucket(user: User, side: Side) -> dict[date, Counts]:
    span = side.span
    found = counts(
        user, side.filters, since=span.start, until=span.end, grain=span.grain
    )
    return {first: found.get((first,), NOTHING) for first in span.buckets()}


def _hidden_points(
    user: User, side: Side, key: str, every: Mapping[date, Counts]
) -> frozenset[date]:
    within = Span(user, side.span.start, side.span.end)
    found = hidden_buckets(within, side.filters, side.span.grain, every)[key]
    return frozenset(first for first in every if first in found)


def _points(
    key: str, every: Mapping[date, Counts], hidden: frozenset[date]
) -> list[tuple[date, Measured]]:
    return [
        (first, measured(key, each, hide=first in hidden))
        for first, each in every.items()
    ]


def _told_apart(one: Filters, two: Filters) -> bool:
    mine: Mapping[str, Value] = dict(one.attributes)
    return any(mine.get(name, text) != text for name, text in two.attributes)


def _distribution(key: str, side: Counts) -> dict[int, float | None]:
    scores = scores_in(key, side)
    size = sum(scores.values())
    if metrics.is_hidden(size):
        return dict.fromkeys(scores)
    shares = {score: metrics.share(n, size) for score, n in scores.items()}
    return {score: share.value if share else None for score, share in shares.items()}
