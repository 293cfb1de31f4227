"""Themes as lines of a table, a figure, and a report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.asked import facts_of, form_for
from dashboards.comment_form import LABELS, form_of, topic_name
from dashboards.figures import Figure
from dashboards.quotes import quotes
from dashboards.registry import METRICS
from dashboards.report import Impossible, Quote, Report, Section, Table
from dashboards.series import filled_to
from dashboards.themes import BUCKETS, Tested, Theme, Themes, themes
from dashboards.tiles import DASH, interval_text, value_text
from dashboards.wording import count_text, n_text, percent_text
from surveys.metrics import ShareScore
from surveys.models import Response
from surveys.number_words import how_many_points, points_text
from teams.models import User

MOST_QUOTES = 20


class Part(NamedTuple):
    """A stretch of a bar of 100: of a bucket, from `start`, so wide."""

    bucket: str
    start: str
    width: str


@dataclass(frozen=True)
class Difference:
    """`tone` is good or bad only where it is significant; `detail` the interval."""

    words: str
    detail: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Line:
    key: str
    label: str
    n: str
    share: str
    change: Difference
    parts: tuple[Part, ...]
    sentiment: str
    score: str
    interval: str
    score_n: str
    is_low_base: bool
    effect: Difference
    url: str = ""


def lines_of(found: Themes, query: QueryDict) -> list[Line]:
    return [_line(theme, found.metric, query) for theme in found.themes]


def line_of_all(found: Themes) -> Line:
    return _line(found.all, found.metric, QueryDict())


def _line(theme: Theme, metric: str, query: QueryDict) -> Line:
    score = theme.score
    address = reverse("dashboards:comments")
    kept = {**query.dict(), "topic": theme.key}
    kept.pop("page", None)
    return Line(
        key=theme.key,
        label=topic_name(theme.key) if theme.key else _("All comments"),
        n=n_text(theme.n),
        share=percent_text(theme.share.value) if theme.share else DASH,
        change=_change(theme.change),
        parts=_parts(theme.sentiments),
        sentiment=sentiment_text(theme.sentiments),
        score=value_text(score) if score else DASH,
        interval=interval_text(score) if score else "",
        score_n=n_text(score.n) if score else "0",
        is_low_base=bool(score and score.is_low_base),
        effect=_effect(theme.effect, metric),
        url=f"{address}?{urlencode(kept)}#quotes" if theme.key else "",
    )


def sentiment_text(shares: Mapping[str, ShareScore] | None) -> str:
    """Every bucket that holds anything, in words."""
    if shares is None:
        return _("hidden")
    said = [
        f"{LABELS[bucket]} {percent_text(shares[bucket].value)}"
        for bucket in BUCKETS
        if bucket in shares and shares[bucket].top
    ]
    return " · ".join(said) or DASH


def _parts(shares: Mapping[str, ShareScore] | None) -> tuple[Part, ...]:
    parts, start = [], 0.0
    for bucket in BUCKETS if shares else ():
        assert shares is not None
        width = shares[bucket].value if bucket in shares else 0.0
        parts.append(Part(bucket, f"{start:.2f}", f"{width:.2f}"))
        start += width
    return tuple(parts)


def _change(tested: Tested | None) -> Difference:
    """Of how often; more or less is neither good nor bad."""
    if tested is None:
        return Difference("")
    if not tested.is_significant:
        return Difference(_("no clear change"))
    return Difference(_points(tested.difference.value), tone="plain")


def _points(value: float) -> str:
    return ngettext("%(points)s point", "%(points)s points", how_many_points(value)) % {
        "points": points_text(value)
    }


def _effect(tested: Tested | None, metric: str) -> Difference:
    if tested is None or not metric:
        return Difference(DASH)
    found = tested.difference
    detail = _("%(low)s to %(high)s") % {
        "low": points_text(found.low),
        "high": points_text(found.high),
    }
    words = _points(found.value)
    if not tested.is_significant:
        return Difference(words, detail + " · " + _("not significant"))
    is_good = (found.value > 0) == (METRICS[metric].better == "higher")
    return Difference(words, detail, "good" if is_good else "bad")


def effect_figure(found: Themes) -> Figure | None:
    shown = [theme for theme in found.themes if theme.effect]
    shown.sort(key=lambda theme: theme.effect.difference.value if theme.effect else 0)
    if not shown:
        return None
    score = str(METRICS[found.metric].label)
    tests = [theme.effect.difference for theme in shown if theme.effect]
    return Figure(
        "theme-effects",
        "bars",
        _("Topics and the score"),
        _("%(score)s of those who mention a topic, less that of the others, in points")
        % {"score": score},
        {
            "labels": [topic_name(theme.key) for theme in shown],
            "series": [
                {
                    "name": _("Difference"),
                    "values": [round(one.value, 1) for one in tests],
                    "low": [round(one.low, 1) for one in tests],
                    "high": [round(one.high, 1) for one in tests],
                }
            ],
            # Not "points", which end at 100: a difference may be twice as much.
            "unit": "",
            "horizontal": True,
        },
        (_("Topic"), _("Difference"), _("95 % interval"), _("Mentions")),
        tuple(
            (
                topic_name(theme.key),
                points_text(one.value),
                _("%(low)s to %(high)s")
                % {"low": points_text(one.low), "high": points_text(one.high)},
                count_text(theme.n),
            )
            for theme, one in zip(shown, tests, strict=True)
        ),
    )


def comments_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    facts = facts_of(user, form_for(user, query, at=at))
    form = form_of(user, query, at=at)
    if not form.is_valid():
        raise Impossible(_("This cannot be shown."))
    asked = form.cleaned_data
    found = themes(user, form.span, form.filters, metric=asked["score"])
    figure = effect_figure(found)
    said = quotes(
        user,
        form.span,
        form.filters,
        topic=asked["topic"],
        sentiment=asked["sentiment"],
        words=asked["q"],
    ).select_related("touchpoint")
    return Report(
        _("What customers write"),
        facts,
        filled_to(),
        (
            Section(
                _("Themes"),
                figures=(figure,) if figure else (),
                tables=(_table(found, query),),
            ),
            Section(
                _("Quotes"), quotes=tuple(quote_of(one) for one in said[:MOST_QUOTES])
            ),
        ),
    )


def quote_of(response: Response) -> Quote:
    """When and where; nobody's name."""
    day = date_format(response.day)
    return Quote(response.comment, f"{day} · {response.touchpoint.name}")


def _table(found: Themes, query: QueryDict) -> Table:
    lines: Sequence[Line] = [line_of_all(found), *lines_of(found, query)]
    score = str(METRICS[found.metric].label) if found.metric else _("Score")
    rows = tuple(
        (
            line.label,
            line.n,
            line.share,
            line.sentiment,
            " · ".join(
                filter(None, [line.score, line.interval, f"n = {line.score_n}"])
            ),
            " · ".join(filter(None, [line.effect.words, line.effect.detail])),
        )
        for line in lines
    )
    columns = (
        _("Topic"),
        _("Mentions"),
        _("Share of comments"),
        _("Sentiment"),
        score,
        _("Against the others"),
    )
    return Table(_("Themes"), columns, rows)


__all__ = [
    "comments_report",
    "effect_figure",
    "line_of_all",
    "lines_of",
    "quote_of",
]
