"""Why a number moved, in words: the waterfall, its parts, topics, what happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.annotations import Mark, marks_for
from dashboards.asked import facts_of, form_for
from dashboards.charts import chart_of
from dashboards.comparing import Side, trend_of
from dashboards.contributions import (
    OTHERS,
    Explained,
    TooFew,
    TopicEffect,
    best_dimension,
    explanations,
    topic_effects,
)
from dashboards.decomposition import Part, rounded_to_sum
from dashboards.dimensions import DIMENSIONS, Value, names_of
from dashboards.explore_links import narrowed
from dashboards.explore_query import metric_in
from dashboards.exploring import COUNT, EXPLORED, Whole, next_dimension, whole_of
from dashboards.figures import Figure
from dashboards.forms import FilterForm
from dashboards.periods import ImpossiblePeriod, Period
from dashboards.registry import METRICS
from dashboards.report import Impossible, Report, Section, Table
from dashboards.selection import Filters
from dashboards.series import Trend, filled_to
from dashboards.wording import count_text
from surveys.comments import TOPICS
from surveys.metrics import Difference
from surveys.number_words import MINUS
from teams.models import User

# Segments with a step of their own; the others' scores move in one.
MOST_STEPS = 8


@dataclass(frozen=True)
class Row:
    """What one segment added to the change, in points with one decimal."""

    name: str
    url: str
    effect: str
    rate: str
    mix: str
    score_before: str
    score_after: str
    n_before: str
    n_after: str


@dataclass(frozen=True)
class Choice:
    label: str | Promise
    url: str
    is_chosen: bool
    is_best: bool = False


@dataclass(frozen=True)
class TopicRow:
    name: str
    effect: str
    score_before: str
    score_after: str
    n_before: str
    n_after: str


@dataclass(frozen=True)
class WhyPage:
    """`problem` stands where nothing can be explained; then there is no figure."""

    label: str
    metrics: tuple[Choice, ...]
    problem: str = ""
    before: str = ""
    after: str = ""
    change: str = ""
    verdict: str = ""
    rate: str = ""
    mix: str = ""
    by_label: str = ""
    dimensions: tuple[Choice, ...] = ()
    suggestion: str = ""
    figure: Figure | None = None
    rows: tuple[Row, ...] = ()
    merged: str = ""
    touchpoints: tuple[Row, ...] = ()
    topics: tuple[TopicRow, ...] = ()
    marks: tuple[Mark, ...] = ()
    trend: Figure | None = None


def why_page(user: User, query: QueryDict, form: FilterForm, key: str) -> WhyPage:
    """`form` is valid."""
    filters, span = form.filters, form.span
    label = str(METRICS[key].label)
    metrics = tuple(_metric_choices(query, key))
    whole = whole_of(user, filters, span, key=key)
    try:
        found = explanations(user, filters, span, key=key)
    except TooFew:
        return WhyPage(label, metrics, problem=_too_few(whole))
    if not found:
        return WhyPage(label, metrics, problem=_nothing_left())
    best = best_dimension(found)
    shown = _chosen(found, query.get("by", ""), best)
    numbers = _Numbers(user, query, filters, shown)
    both = _together(span)
    marks = marks_for(user, both.start, both.end)
    by_touchpoint = next((e for e in found if e.by == "touchpoint"), None)
    return WhyPage(
        label,
        metrics,
        before=tenth_text(numbers.before),
        after=tenth_text(numbers.after),
        change=signed_text(numbers.after - numbers.before),
        verdict=_verdict(whole.score.change if whole.score else None),
        rate=signed_text(sum(numbers.rates)),
        mix=signed_text(sum(numbers.mixes)),
        by_label=str(DIMENSIONS[shown.by].label),
        dimensions=tuple(_dimension_choices(query, found, shown, best)),
        suggestion=_suggestion(best),
        figure=numbers.waterfall(label),
        rows=tuple(numbers.rows()),
        merged=_merged_words(shown),
        touchpoints=()
        if by_touchpoint is None or shown.by == "touchpoint"
        else tuple(_Numbers(user, query, filters, by_touchpoint).rows())[:5],
        topics=tuple(
            _topic_row(effect) for effect in topic_effects(user, filters, span, key=key)
        ),
        marks=tuple(marks),
        trend=_trend(user, Side(filters, both), key, marks),
    )


def _together(span: Period) -> Period:
    """With the period before, as far as a period can be long."""
    try:
        return Period(span.preceding_start, span.end)
    except ImpossiblePeriod:
        return span


def _trend(user: User, side: Side, key: str, marks: Sequence[Mark]) -> Figure:
    """Both periods as one line, with what happened on it."""
    points = tuple(trend_of(user, side, key))
    return chart_of(
        Trend(METRICS[key], side.span.grain, points),
        marks=tuple((mark.on, mark.label) for mark in marks),
    )


def why_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    key = asked_key(query)
    form = form_for(user, query, at=at)
    page = why_page(user, query, form, key)
    title = _("Why did %(metric)s move?") % {"metric": page.label}
    facts = facts_of(user, form)
    if page.figure is None:
        return Report(title, facts, None, (Section("", text=page.problem),))
    table = Table(
        page.figure.caption,
        _columns(page),
        tuple(_cells(row) for row in page.rows),
    )
    words = f"{page.before} → {page.after} ({page.change}). {page.verdict}"
    section = Section(
        "",
        figures=tuple(f for f in (page.figure, page.trend) if f),
        tables=(table,),
        text=words,
    )
    return Report(title, facts, filled_to(), (section,))


def asked_key(query: QueryDict) -> str:
    """Raises Impossible."""
    key = metric_in(query)
    if key == COUNT:
        raise Impossible(_not_a_score())
    return key


def tenth_text(value: float) -> str:
    """With one decimal and, where it is below zero, its sign."""
    words = number_format(abs(round(value, 1)), 1, use_l10n=True)
    return f"{MINUS}{words}" if round(value, 1) < 0 else words


def signed_text(value: float) -> str:
    """As `tenth_text`, a plus before what is above zero."""
    return f"+{tenth_text(value)}" if round(value, 1) > 0 else tenth_text(value)


class _Numbers:
    """One dimension's parts, rounded so that what is shown adds up."""

    def __init__(
        self, user: User, query: QueryDict, filters: Filters, found: Explained
    ) -> None:
        parts = found.decomposition.parts
        self.parts = sorted(parts, key=lambda part: (-abs(part.effect), str(part.key)))
        self.found, self.query, self.filters = found, query, filters
        values = [part.key for part in self.parts if part.key != OTHERS]
        self.names = names_of(user, found.by, values)
        rounded = rounded_to_sum(
            [
                found.decomposition.before,
                *(part.rate for part in self.parts),
                *(part.mix for part in self.parts),
            ]
        )
        self.before = rounded[0]
        self.rates = rounded[1 : 1 + len(self.parts)]
        self.mixes = rounded[1 + len(self.parts) :]
        self.after = sum(rounded)

    def rows(self) -> Iterable[Row]:
        for part, rate, mix in zip(self.parts, self.rates, self.mixes, strict=True):
            yield Row(
                self.name(part.key),
                self.url(part.key),
                signed_text(rate + mix),
                signed_text(rate),
                signed_text(mix),
                _score_text(part, part.before.n),
                _score_text(part, part.after.n, after=True),
                count_text(part.before.n),
                count_text(part.after.n),
            )

    def waterfall(self, label: str) -> Figure:
        by_rate = sorted(
            zip(self.parts, self.rates, strict=True), key=lambda pair: -abs(pair[1])
        )
        own, rest = by_rate[:MOST_STEPS], by_rate[MOST_STEPS:]
        steps = [(self.name(part.key), rate) for part, rate in own]
        if rest:
            steps.append((_("All the others"), sum(rate for _part, rate in rest)))
        steps.append((_("Who answered (mix)"), sum(self.mixes)))
        bars = [
            (_("Period before"), self.before),
            *steps,
            (_("This period"), self.after),
        ]
        caption = _("%(metric)s: what its change is made of, by %(dimension)s") % {
            "metric": label,
            "dimension": DIMENSIONS[self.found.by].label,
        }
        ends = (0, len(bars) - 1)
        return Figure(
            key="why",
            kind="waterfall",
            title=caption,
            caption=caption,
            data={
                "labels": [name for name, _value in bars],
                "values": [round(value, 1) for _name, value in bars],
                "unit": "",
                "digits": 1,
            },
            columns=(_("Step"), _("Points")),
            rows=tuple(
                (name, tenth_text(value) if place in ends else signed_text(value))
                for place, (name, value) in enumerate(bars)
            ),
        )

    def name(self, value: Value) -> str:
        if value == OTHERS:
            return _("Too small to show, together")
        if value == "":
            return _("Not stated")
        return self.names.get(value, f"#{value}")

    def url(self, value: Value) -> str:
        if value == OTHERS:
            return ""
        by = self.found.by
        further = next_dimension(self.filters, after=by)
        return narrowed(self.query, self.filters, by, value, by=further)


def _score_text(part: Part[Value], n: int, *, after: bool = False) -> str:
    if not n:
        return "–"
    return tenth_text(float((part.after if after else part.before).mean))


def _chosen(
    found: Sequence[Explained], asked: str, best: Explained | None
) -> Explained:
    return next((e for e in found if e.by == asked), best or found[0])


def _too_few(whole: Whole) -> str:
    if not whole.n:
        return _("Nobody answered in this period, so there is nothing to explain yet.")
    return _(
        "This period or the one before has too few answers to explain a change."
        " Choose a longer period or fewer filters."
    )


def _nothing_left() -> str:
    return _("Every dimension is filtered already. Remove a filter to see its parts.")


def _not_a_score() -> str:
    return _("Only a score can be explained; a number of answers simply adds up.")


def _verdict(change: Difference | None) -> str:
    if change is None:
        return ""
    if change.is_significant:
        return _("More than chance: the change is statistically significant.")
    return _(
        "This may be chance: the change is not statistically significant, so read its"
        " parts with care."
    )


def _suggestion(best: Explained | None) -> str:
    if best is None:
        return _("No dimension stands out: the score moved about alike everywhere.")
    found = best.decomposition
    return _(
        "%(dimension)s tells most: %(points)s points moved in other segments than their"
        " size says; chance alone would move about %(chance)s."
    ) % {
        "dimension": DIMENSIONS[best.by].label,
        "points": tenth_text(found.concentration),
        "chance": tenth_text(found.concentration_by_chance),
    }


def _merged_words(shown: Explained) -> str:
    if not shown.merged:
        return ""
    return ngettext(
        "%(number)s segment is too small to be shown alone. The parts still add up"
        " exactly.",
        "%(number)s segments are too small to be shown alone and stand together. The"
        " parts still add up exactly.",
        shown.merged,
    ) % {"number": count_text(shown.merged)}


def _topic_row(effect: TopicEffect) -> TopicRow:
    return TopicRow(
        _(TOPICS[effect.topic]) if effect.topic in TOPICS else effect.topic,
        signed_text(_tenth(effect.effect)),
        tenth_text(float(effect.before.mean)),
        tenth_text(float(effect.after.mean)),
        count_text(effect.before.n),
        count_text(effect.after.n),
    )


def _tenth(value: Fraction) -> float:
    return rounded_to_sum([value])[0]


def _columns(page: WhyPage) -> tuple[str, ...]:
    return (
        page.by_label,
        _("Added to the change"),
        _("Own score moved (rate)"),
        _("Who answered (mix)"),
        _("Score before"),
        _("Score now"),
        _("n before"),
        _("n now"),
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        row.effect,
        row.rate,
        row.mix,
        row.score_before,
        row.score_after,
        row.n_before,
        row.n_after,
    )


def _metric_choices(query: QueryDict, chosen: str) -> Iterable[Choice]:
    for key in EXPLORED:
        if key != COUNT:
            url = _why_url(query, metric=key)
            yield Choice(METRICS[key].label, url, key == chosen)


def _dimension_choices(
    query: QueryDict,
    found: Sequence[Explained],
    shown: Explained,
    best: Explained | None,
) -> Iterable[Choice]:
    for each in found:
        url = _why_url(query, by=each.by)
        label = DIMENSIONS[each.by].label
        yield Choice(label, url, each is shown, each is best)


def _why_url(query: QueryDict, **changed: str) -> str:
    asked = query.copy()
    asked.pop("version", None)
    for name, value in changed.items():
        asked[name] = value
    return f"{reverse('dashboards:why')}?{asked.urlencode()}"
