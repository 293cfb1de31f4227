"""Two groups side by side, in words and figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dashboards.asked import filter_words, scope_words
from dashboards.charts import day_label, grain_label, series_of
from dashboards.compare_query import AGAINST, Against, Asked, read_compared
from dashboards.comparing import (
    NotComparable,
    Side,
    bands,
    counts_of_side,
    difference,
    hidden_in,
    overlap,
    rest_of,
    trend_of,
    trend_of_rest,
)
from dashboards.counting import Counts
from dashboards.explore_page import Choice
from dashboards.explore_query import metric_in
from dashboards.explore_rows import difference_interval, difference_text
from dashboards.exploring import COUNT, EXPLORED
from dashboards.figures import Figure
from dashboards.periods import Grain, ImpossiblePeriod, Period
from dashboards.registry import METRICS, SCORES
from dashboards.report import Impossible, Report, Section, Table
from dashboards.selection import Filters
from dashboards.series import Measured, filled_to, measured
from dashboards.tiles import interval_text, value_text
from dashboards.wording import n_text, percent_text
from surveys.intake import local_day
from surveys.number_words import whole
from teams.models import User


@dataclass(frozen=True)
class SideWords:
    name: str
    days: str
    facts: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class Row:
    """One score of both groups; `tone` where they differ by more than chance."""

    label: str
    first: str
    first_base: str
    second: str
    second_base: str
    difference: str
    interval: str
    verdict: str
    tone: str


@dataclass(frozen=True)
class ComparePage:
    label: str
    first: SideWords
    second: SideWords
    rows: tuple[Row, ...]
    distribution: Figure | None
    trend: Figure | None
    metrics: tuple[Choice, ...]

    @property
    def sides(self) -> tuple[SideWords, SideWords]:
        return self.first, self.second


@dataclass(frozen=True)
class _Pair:
    """Both groups with their counts. `second` is the whole that the first is taken
    from where it is compared with the rest.

    `hidden`: the scores that must not be shown of either.
    """

    first: Side
    second: Side
    against: Against
    counts: tuple[Counts, Counts]
    hidden: tuple[frozenset[str], frozenset[str]]


def compare_page(user: User, query: QueryDict, asked: Asked, key: str) -> ComparePage:
    """`asked` is valid. Raises NotComparable."""
    pair = _pair_of(user, asked)
    names = _names(pair)
    return ComparePage(
        str(METRICS[key].label),
        _words(user, pair.first, names[0], pair.against, is_second=False),
        _words(user, pair.second, names[1], pair.against, is_second=True),
        tuple(_rows(pair)),
        _distribution(key, pair, names),
        _trend(user, key, pair, names),
        tuple(_metric_choices(query, key)),
    )


def compare_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    key = asked_score(query)
    asked = read_compared(query, user=user, today=local_day(at))
    if not asked.is_valid:
        raise Impossible(_("The filters of a group make no sense."))
    try:
        page = compare_page(user, query, asked, key)
    except NotComparable as problem:
        raise Impossible(str(problem)) from problem
    title = _("Two groups compared")
    table = Table(title, _columns(page), tuple(_cells(row) for row in page.rows))
    figures = tuple(figure for figure in (page.distribution, page.trend) if figure)
    facts = (
        *(
            " · ".join((side.name, side.days, *side.facts))
            for side in (page.first, page.second)
        ),
        *scope_words(user),
    )
    section = Section("", figures=figures, tables=(table,))
    return Report(title, facts, filled_to(), (section,))


def asked_score(query: QueryDict) -> str:
    """Raises Impossible."""
    key = metric_in(query)
    if key == COUNT:
        raise Impossible(_("Numbers of answers are not compared; choose a score."))
    return key


def _pair_of(user: User, asked: Asked) -> _Pair:
    first = Side(asked.first.filters, asked.first.span)
    if asked.against == "group":
        second = Side(asked.second.filters, asked.second.span)
        if overlap(first, second):
            raise NotComparable(_overlapping())
        both = counts_of_side(user, first), counts_of_side(user, second)
        return _Pair(first, second, asked.against, both, _hidden(user, first, second))
    if asked.against == "before":
        second = Side(first.filters, _before(first.span))
        both = counts_of_side(user, first), counts_of_side(user, second)
        return _Pair(first, second, asked.against, both, _hidden(user, first, second))
    common = Side(_common(first.filters, asked.common.filters), first.span)
    if common.filters == first.filters:
        raise NotComparable(_no_others())
    one = counts_of_side(user, first)
    rest = rest_of(counts_of_side(user, common), one)
    hidden = _hidden(user, first, common)
    # What is left of a whole gives away what was taken.
    either = hidden[0] | hidden[1]
    return _Pair(first, common, asked.against, (one, rest), (either, either))


def _before(span: Period) -> Period:
    try:
        return Period(span.preceding_start, span.preceding_end)
    except ImpossiblePeriod as problem:
        raise NotComparable(str(problem)) from problem


def _hidden(
    user: User, first: Side, second: Side
) -> tuple[frozenset[str], frozenset[str]]:
    return hidden_in(user, first), hidden_in(user, second)


def _common(first: Filters, common: Filters) -> Filters:
    """What both must have, where the first group is within it; else everybody."""
    within = all(
        first.given.get(name) == value for name, value in common.given.items()
    ) and set(common.attributes) <= set(first.attributes)
    if within and common != first:
        return common
    # The filters are all the first group's: its complement is everybody else.
    return Filters()


def _overlapping() -> str:
    return _(
        "An answer can be in both groups, so their difference could not be tested."
        " Compare the first group with all the others instead, or choose a filter"
        " that keeps the two apart."
    )


def _no_others() -> str:
    return _("The first group holds all answers. Choose a filter for it.")


def _names(pair: _Pair) -> tuple[str, str]:
    return _("Group A"), {
        "group": _("Group B"),
        "rest": str(AGAINST["rest"]),
        "before": _("Period before"),
    }[pair.against]


def _words(
    user: User, side: Side, name: str, against: Against, *, is_second: bool
) -> SideWords:
    is_rest = is_second and against == "rest"
    words = filter_words(user, side.filters)
    if is_rest:
        words = [*words, _("without group A")]
    return SideWords(
        name,
        f"{date_format(side.span.start)} – {date_format(side.span.end)}",
        tuple(words or [_("All answers")]),
        "" if is_rest else _explore_url(side),
    )


def _rows(pair: _Pair) -> Iterable[Row]:
    for key in SCORES:
        first, second = (
            measured(key, side, hide=key in hidden)
            for side, hidden in zip(pair.counts, pair.hidden, strict=True)
        )
        if first.n or second.n:
            yield _row(key, first, second, pair)


def _row(key: str, first: Measured, second: Measured, pair: _Pair) -> Row:
    is_hidden = first.score is None or second.score is None
    found = None if is_hidden else difference(key, *pair.counts)
    tone, verdict = "", ""
    if found:
        verdict = _p_text(found.p_value)
        if found.is_significant:
            tone = "good" if found.value > 0 else "bad"
    return Row(
        str(METRICS[key].label),
        value_text(first),
        _base(first),
        value_text(second),
        _base(second),
        difference_text(found),
        difference_interval(found),
        verdict,
        tone,
    )


def _base(score: Measured) -> str:
    words = [interval_text(score), f"n = {n_text(score.n)}"]
    if score.is_low_base:
        words.append(_("low base"))
    return " · ".join(filter(None, words))


def _p_text(p_value: float) -> str:
    p = "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"
    if p_value < 0.05:
        return _("more than chance (%(p)s)") % {"p": p}
    return _("may be chance (%(p)s)") % {"p": p}


def _distribution(key: str, pair: _Pair, names: tuple[str, str]) -> Figure | None:
    found = bands(key, *pair.counts)
    if key in pair.hidden[0] | pair.hidden[1] or all(
        band.first is None and band.second is None for band in found
    ):
        return None
    caption = _("%(metric)s: how many gave which score") % {
        "metric": METRICS[key].label
    }
    shares = [[band.first for band in found], [band.second for band in found]]
    return Figure(
        key="scores",
        kind="bars",
        title=caption,
        caption=caption,
        data={
            "labels": [str(band.score) for band in found],
            "series": [
                {
                    "name": name,
                    "values": [None if v is None else round(v, 1) for v in values],
                }
                for name, values in zip(names, shares, strict=True)
            ],
            "unit": "percent",
        },
        columns=(_("Score"), *names),
        rows=tuple(
            (str(band.score), _share_text(band.first), _share_text(band.second))
            for band in found
        ),
    )


def _share_text(value: float | None) -> str:
    return "–" if value is None else percent_text(whole(value))


def _trend(user: User, key: str, pair: _Pair, names: tuple[str, str]) -> Figure | None:
    second = (
        trend_of_rest(user, pair.first, pair.second, key)
        if pair.against == "rest"
        else trend_of(user, pair.second, key)
    )
    sides = list(zip(names, (trend_of(user, pair.first, key), second), strict=True))
    if not any(score.n for _name, points in sides for _first, score in points):
        return None
    grain = pair.first.span.grain
    caption = _("%(metric)s over time") % {"metric": METRICS[key].label}
    labels = _labels([[first for first, _s in points] for _n, points in sides], grain)
    series = []
    for name, points in sides:
        scores = [score for _first, score in points]
        series.append(_padded(series_of(name, scores), len(labels)))
    return Figure(
        key="both",
        kind="line",
        title=caption,
        caption=caption,
        data={"labels": labels, "series": series, "unit": METRICS[key].unit},
        columns=(grain_label(grain), *(name for name, _points in sides)),
        rows=tuple(
            (
                label,
                *(
                    _point_text(points[place][1]) if place < len(points) else ""
                    for _name, points in sides
                ),
            )
            for place, label in enumerate(labels)
        ),
    )


def _labels(sides: list[list[date]], grain: Grain) -> list[str]:
    """Days where both have the same, else the number of the day, week or month."""
    longest = max(sides, key=len)
    if all(days == longest for days in sides):
        return [day_label(day, grain) for day in longest]
    return [str(place) for place in range(1, len(longest) + 1)]


def _padded(series: dict[str, object], size: int) -> dict[str, object]:
    return {
        name: [*value, *[None] * (size - len(value))]
        if isinstance(value, list)
        else value
        for name, value in series.items()
    }


def _point_text(score: Measured) -> str:
    return " · ".join(
        filter(
            None, [value_text(score), interval_text(score), f"n = {n_text(score.n)}"]
        )
    )


def _columns(page: ComparePage) -> tuple[str, ...]:
    return (
        pgettext("metric", "Number"),
        page.first.name,
        page.second.name,
        _("Difference"),
        _("95 % interval"),
        pgettext("statistics", "Test"),
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.label,
        f"{row.first} · {row.first_base}",
        f"{row.second} · {row.second_base}",
        row.difference,
        row.interval,
        row.verdict,
    )


def _metric_choices(query: QueryDict, chosen: str) -> Iterable[Choice]:
    for key in EXPLORED:
        if key != COUNT:
            asked = query.copy()
            asked.pop("version", None)
            asked["metric"] = key
            url = f"{reverse('dashboards:compare')}?{asked.urlencode()}"
            yield Choice(METRICS[key].label, url, key == chosen)


def _explore_url(side: Side) -> str:
    asked = QueryDict(mutable=True)
    asked["period"] = "custom"
    asked["since"] = side.span.start.isoformat()
    asked["until"] = side.span.end.isoformat()
    for name, value in side.filters.given.items():
        asked[name] = str(value) if value != "" else "-"
    for attribute, text in side.filters.attributes:
        asked.appendlist("attribute", f"{attribute}:{text}")
    return f"{reverse('dashboards:explore')}?{asked.urlencode()}"
