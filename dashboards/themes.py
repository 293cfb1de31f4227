"""What comments are about: how often, how pleased, and what it goes with in the score."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboards.comment_counts import (
    ALL,
    SENTIMENTS,
    UNREAD,
    CommentCounts,
    Counts,
    commented,
    count_comments,
    less,
)
from dashboards.periods import Period
from dashboards.registry import SCORES
from dashboards.results import Measured
from dashboards.selection import Filters
from dashboards.series import measured, scores_in
from surveys import metrics
from surveys.comments import TOPICS
from surveys.metrics import Difference, ShareScore
from teams.models import User

BUCKETS = (*SENTIMENTS, UNREAD)


@dataclass(frozen=True)
class Tested:
    """A difference with its p-value among all that are tested on the page."""

    difference: Difference
    adjusted_p: float

    @property
    def is_significant(self) -> bool:
        return self.adjusted_p < metrics.SIGNIFICANT_BELOW


@dataclass(frozen=True)
class Theme:
    """`score` is that of the answers that mention it, `effect` its difference to all
    others that say something else; `change` is of `share` since the period before.

    None is what cannot be shown: nothing to compare with, or too few answers.
    """

    key: str
    label: str
    n: int
    share: ShareScore | None
    sentiments: Mapping[str, ShareScore] | None
    score: Measured | None
    effect: Tested | None = None
    change: Tested | None = None

    @property
    def is_hidden(self) -> bool:
        return self.sentiments is None


@dataclass(frozen=True)
class Themes:
    """The most mentioned first. `metric` is the score shown; "" where none was given."""

    n: int
    unread: int
    metric: str
    offered: tuple[str, ...]
    all: Theme
    themes: tuple[Theme, ...]


def themes(user: User, period: Period, filters: Filters, *, metric: str = "") -> Themes:
    """Of the comments of a period; `metric` "" takes the score given most often."""
    now = count_comments(commented(user, filters, since=period.start, until=period.end))
    before = count_comments(
        commented(
            user, filters, since=period.preceding_start, until=period.preceding_end
        )
    )
    given = {key: sum(scores_in(key, now.total).values()) for key in SCORES}
    offered = tuple(key for key in SCORES if given[key])
    if metric not in offered:
        metric = max(offered, key=given.__getitem__, default="")
    found = [
        _theme(key, counts, now.total, metric)
        for key, counts in now.by_topic.items()
        if key in TOPICS
    ]
    found = _with_effects(found, now, metric)
    found = _with_changes(found, now, before)
    return Themes(
        n=now.total[ALL],
        unread=now.total[UNREAD],
        metric=metric,
        offered=offered,
        all=_theme("", now.total, now.total, metric),
        themes=tuple(sorted(found, key=lambda theme: (-theme.n, theme.key))),
    )


def _theme(key: str, counts: Counts, total: Counts, metric: str) -> Theme:
    n, rest = counts[ALL], total[ALL] - counts[ALL]
    # The total stands beside it: what is left of that must not show a few people either.
    is_hidden = metrics.is_hidden(n) or (rest > 0 and metrics.is_hidden(rest))
    shares = {name: metrics.share(counts[name], n) for name in BUCKETS}
    return Theme(
        key=key,
        label=TOPICS.get(key, ""),
        n=n,
        share=metrics.share(n, total[ALL]),
        sentiments=(
            None if is_hidden else {k: share for k, share in shares.items() if share}
        ),
        score=_score(metric, counts, total) if metric else None,
    )


def _score(metric: str, counts: Counts, total: Counts) -> Measured:
    rest = sum(scores_in(metric, less(total, counts)).values())
    return measured(metric, counts, hide=rest > 0 and metrics.is_hidden(rest))


def _with_effects(found: list[Theme], now: CommentCounts, metric: str) -> list[Theme]:
    differences = {
        theme.key: difference
        for theme in found
        if metric and (difference := effect(metric, now.by_topic[theme.key], now.total))
    }
    tested = _tested(differences)
    return [replace(theme, effect=tested.get(theme.key)) for theme in found]


def effect(metric: str, part: Counts, total: Counts) -> Difference | None:
    """A part's score less that of its complement; None where either is too small."""
    here, there = measured(metric, part), measured(metric, less(total, part))
    if here.score is None or there.score is None:
        return None
    if isinstance(here.score, ShareScore) and isinstance(there.score, ShareScore):
        return metrics.share_difference(here.score, there.score)
    return metrics.nps_difference(
        scores_in(metric, part), scores_in(metric, less(total, part))
    )


def _with_changes(
    found: list[Theme], now: CommentCounts, before: CommentCounts
) -> list[Theme]:
    """Of the share of comments; where either period has too few, nothing is said."""
    differences = {}
    for theme in found:
        earlier = before.by_topic.get(theme.key, {ALL: 0})[ALL]
        share = metrics.share(earlier, before.total[ALL])
        if theme.share and share and not (share.is_hidden or theme.share.is_hidden):
            differences[theme.key] = metrics.share_difference(theme.share, share)
    tested = _tested(differences)
    return [replace(theme, change=tested.get(theme.key)) for theme in found]


def _tested(differences: Mapping[str, Difference]) -> dict[str, Tested]:
    adjusted = metrics.adjusted_p_values([d.p_value for d in differences.values()])
    return {
        key: Tested(difference, p)
        for (key, difference), p in zip(differences.items(), adjusted, strict=True)
    }
