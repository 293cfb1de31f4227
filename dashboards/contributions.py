"""Why a score moved: what each segment, touchpoint and topic added to its change."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from heapq import nlargest
from typing import Any

from django.db.models import Count

from dashboards.answer_rows import has_score
from dashboards.comparing import rest_of
from dashboards.count_tables import MANY, by_value, sizes_in, total_of
from dashboards.counting import Counts, counts, total
from dashboards.decomposition import (
    NOBODY,
    Decomposition,
    Group,
    decompose,
)
from dashboards.dimensions import Dimension, Value
from dashboards.periods import Period
from dashboards.scores import SCORE_COLUMNS
from dashboards.selection import Filters, answers
from dashboards.series import scores_in
from dashboards.suppression import Span, hidden_scores, hidden_values
from surveys import metrics
from surveys.metrics import hidden_groups, is_hidden
from teams.models import User

# Answers of each score by what they mention.
Mentions = Mapping[tuple[tuple[str, ...], int], int]

Segments = dict[Any, Group]

# The segments too small to stand alone, together. No dimension has such a value.
OTHERS = "\N{NULL}others"
# Values of one dimension that are told apart; the smaller ones are merged.
MOST_SEGMENTS = 40
MOST_TOPICS = 12
# Those whose values stay few; an account is too fine to explain much.
EXPLAINING: tuple[Dimension, ...] = (
    "region",
    "product_line",
    "tier",
    "touchpoint",
    "channel",
)


class TooFew(ValueError):
    """One of the periods has too few answers to explain anything."""


@dataclass(frozen=True)
class Explained:
    """One dimension's account of the change. `merged`: how many values are in OTHERS."""

    by: Dimension
    decomposition: Decomposition[Value]
    merged: int

    @property
    def is_told_apart(self) -> bool:
        return len(self.decomposition.parts) > 1

    @property
    def excess(self) -> float:
        """Points of the rate effect in other segments than their sizes say, beyond what
        chance alone would put there."""
        found = self.decomposition
        return found.concentration - found.concentration_by_chance


@dataclass(frozen=True)
class TopicEffect:
    """Answers that mention a topic, against all the others. An association: what moved
    the score may be something that goes along with the topic."""

    topic: str
    before: Group
    after: Group
    rest_before: Group
    rest_after: Group
    effect: Fraction


def group_of(key: str, each: Counts) -> Group:
    """What these answers add up to, in points of the metric."""
    return _group_of_scores(key, scores_in(key, each))


def _group_of_scores(key: str, scores: Mapping[int, int]) -> Group:
    if key == "nps":
        nps = metrics.nps(scores)
        return _group(nps.n, nps.promoters, nps.detractors) if nps else NOBODY
    if key == "csat":
        share = metrics.csat(scores)
    else:
        share = metrics.ces(scores, scale=len(SCORE_COLUMNS[key]))
    return _group(share.n, share.top, 0) if share else NOBODY


def _group(n: int, up: int, down: int) -> Group:
    return Group(n, 100 * (up - down), 100**2 * (up + down))


def explained(
    user: User, filters: Filters, span: Period, *, key: str, by: Dimension
) -> Explained:
    """The change since the period before, told apart by one dimension.

    Raises TooFew. Segments too small to show are merged, and the parts still sum to
    the change exactly.
    """
    found = [
        by_value(counts(user, filters, since=since, until=until, by=(by,)))
        for since, until in _both(span)
    ]
    small = _hidden(user, filters, span, key, by, found)
    merge = _merge_many if max(map(len, found)) > MANY else _merge
    before, after, merged = merge(key, found, small)
    if any(is_hidden(_size(side)) for side in (before, after)):
        raise TooFew
    return Explained(by, decompose(before, after), merged)


def best_dimension(found: Sequence[Explained]) -> Explained | None:
    """The one in which the change sits most unevenly, beyond chance; None if nowhere."""
    uneven = [each for each in found if each.is_told_apart and each.excess > 0]
    return max(uneven, key=lambda each: each.excess, default=None)


def explanations(
    user: User, filters: Filters, span: Period, *, key: str
) -> list[Explained]:
    """Of every dimension that is not filtered. Raises TooFew."""
    return [
        explained(user, filters, span, key=key, by=dimension)
        for dimension in EXPLAINING
        if dimension not in filters.given
    ]


def merge_small(
    before: Mapping[Any, Group],
    after: Mapping[Any, Group],
    *,
    small: Collection[Any] = (),
) -> tuple[dict[Any, Group], dict[Any, Group], int]:
    """The segments with those too small to show merged into OTHERS; how many those are.

    `small`: those that must not be shown for another reason.

    Merged until OTHERS, too, has nobody or enough in each period: a total less what is
    visible must not give a few people's score away.
    """
    keys = dict.fromkeys([*before, *after])
    sizes = {key: _n(before, key) + _n(after, key) for key in keys}
    by_size = sorted(keys, key=lambda key: (sizes[key], str(key)))
    small = {
        *small,
        *hidden_groups({key: _n(before, key) for key in keys}),
        *hidden_groups({key: _n(after, key) for key in keys}),
        *by_size[: max(0, len(by_size) - MOST_SEGMENTS)],
    }
    for key in by_size:
        if not _is_telling(before, after, small):
            break
        small.add(key)
    return _merged(before, small), _merged(after, small), len(small)


def topic_effects(
    user: User, filters: Filters, span: Period, *, key: str
) -> list[TopicEffect]:
    """What the answers that mention a topic added to the change, the largest first.

    Topics with too few answers, or too few others, in a period are left out.
    """
    sides = [_mentions(user, filters, *days, key) for days in _both(span)]
    topics = {topic for side in sides for topics, _score in side for topic in topics}
    found = [_topic_effect(key, topic, sides) for topic in sorted(topics)]
    effects = [effect for effect in found if effect]
    return sorted(effects, key=lambda e: -abs(e.effect))[:MOST_TOPICS]


def _topic_effect(
    key: str, topic: str, sides: Sequence[Mentions]
) -> TopicEffect | None:
    mention = [_worth(key, side, lambda topics: topic in topics) for side in sides]
    rest = [_worth(key, side, lambda topics: topic not in topics) for side in sides]
    if any(is_hidden(group.n) for group in (*mention, *rest)):
        return None
    found: Decomposition[str] = decompose(
        {topic: mention[0], "": rest[0]}, {topic: mention[1], "": rest[1]}
    )
    # More or fewer who mention it is fewer or more of the others: all mix is the topic's.
    return TopicEffect(
        topic,
        before=mention[0],
        after=mention[1],
        rest_before=rest[0],
        rest_after=rest[1],
        effect=found.parts[0].rate + found.mix,
    )


def _worth(
    key: str, side: Mentions, is_wanted: Callable[[tuple[str, ...]], bool]
) -> Group:
    scores: Counter[int] = Counter()
    for (topics, score), n in side.items():
        if is_wanted(topics):
            scores[score] += n
    return _group_of_scores(key, scores)


def _mentions(
    user: User, filters: Filters, since: date, until: date, key: str
) -> Mentions:
    """Raw answers by what they mention and their score: both in one look at them, so
    that those who mention a topic and the others are everybody."""
    column = "ces" if key == "ces5" else key
    found = answers(user, filters).filter(
        has_score(key, only_low=False), day__range=(since, until)
    )
    rows = found.order_by().values_list("topics", column).annotate(n=Count("*"))
    return {(tuple(topics), score): n for topics, score, n in rows}


def _hidden(
    user: User,
    filters: Filters,
    span: Period,
    key: str,
    by: Dimension,
    found: Sequence[Mapping[Value, Counts]],
) -> set[Value]:
    """What other pages would give away if it stood alone here. Raises TooFew."""
    small: set[Value] = set()
    for days, groups in zip(_both(span), found, strict=True):
        within = Span(user, *days)
        hidden = hidden_values(within, filters, by, groups, scores=(key,))[key]
        if hidden.is_closed or key in hidden_scores(within, filters):
            raise TooFew
        small |= {value for value in groups if value in hidden}
    return small


def _both(span: Period) -> tuple[tuple[date, date], tuple[date, date]]:
    """The days of the period before and of this one."""
    return (span.preceding_start, span.preceding_end), (span.start, span.end)


def _merge(
    key: str, found: Sequence[Mapping[Value, Counts]], small: Collection[Value]
) -> tuple[Segments, Segments, int]:
    before, after = (
        {value: group_of(key, each) for value, each in side.items()} for side in found
    )
    return merge_small(before, after, small=small)


def _merge_many(
    key: str, found: Sequence[Mapping[Value, Counts]], small: Collection[Value]
) -> tuple[Segments, Segments, int]:
    """Of thousands those beyond MOST_SEGMENTS are added up before they are groups."""
    sizes: Counter[Value] = Counter()
    for side in found:
        sizes.update(sizes_in(side, SCORE_COLUMNS[key].values()))
    kept = nlargest(MOST_SEGMENTS - 1, sizes, key=lambda v: (sizes[v], str(v)))
    sides = []
    for side in found:
        own = {value: side[value] for value in kept if value in side}
        rest = rest_of(total_of(side), total(own.values()))
        parts = own | {OTHERS: rest}
        sides.append({value: group_of(key, each) for value, each in parts.items()})
    hidden = {OTHERS, *(value for value in kept if value in small)}
    before, after, _merged_ones = merge_small(*sides, small=hidden)
    shown = {*before, *after} - {OTHERS}
    return before, after, len({*found[0], *found[1]}) - len(shown)


def _is_telling(
    before: Mapping[Any, Group], after: Mapping[Any, Group], small: set[Any]
) -> bool:
    sums = (sum(_n(side, key) for key in small) for side in (before, after))
    return any(n > 0 and is_hidden(n) for n in sums)


def _merged(side: Mapping[Any, Group], small: set[Any]) -> dict[Any, Group]:
    kept = {key: group for key, group in side.items() if key not in small}
    others = sum((side[key] for key in small if key in side), NOBODY)
    return kept | ({OTHERS: others} if small else {})


def _n(side: Mapping[Any, Group], key: Any) -> int:
    return side.get(key, NOBODY).n


def _size(side: Mapping[Any, Group]) -> int:
    return sum(group.n for group in side.values())
