"""The page on which a number is looked into: everything that it shows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.answer_rows import AnswerRow, pages_of_answers, rows_of
from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.explore_links import (
    Crumb,
    crumbs_of,
    explore_url,
    narrowed,
    told_apart_by,
)
from dashboards.explore_query import SORTS, Asked
from dashboards.explore_rows import (
    Row,
    bars_of,
    difference_interval,
    difference_text,
    row_of,
    sorted_parts,
)
from dashboards.exploring import (
    COUNT,
    DRILL,
    EXPLORED,
    Part,
    Parts,
    Whole,
    next_dimension,
    parts_of,
    side_dimensions,
    whole_of,
)
from dashboards.figures import Figure
from dashboards.forms import FilterForm
from dashboards.periods import Period
from dashboards.registry import METRICS
from dashboards.sections import CARRIED
from dashboards.selection import Filters
from dashboards.tiles import interval_text, low_base_note, value_text
from dashboards.wording import count_text, n_text
from surveys.models import Response
from surveys.number_words import how_many_points
from teams.access import can
from teams.models import User
from teams.roles import Ability

PER_PAGE = 25
ON_THE_SIDE = 6


@dataclass(frozen=True)
class Choice:
    label: str | Promise
    url: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Number:
    """The number itself, in words."""

    label: str
    value: str
    interval: str
    n: str
    change: str
    change_tone: str
    note: str


@dataclass(frozen=True)
class Panel:
    """Another dimension beside the one that is looked at: its largest values."""

    dimension: Dimension
    label: str
    url: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class ExplorePage:
    number: Number
    metrics: tuple[Choice, ...]
    dimensions: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    crumbs: tuple[Crumb, ...]
    all_url: str
    by: Dimension
    by_label: str
    figure: Figure
    rows: Page[Part]
    table: tuple[Row, ...]
    left_out: int
    has_hidden: bool
    is_closed: bool
    is_count: bool
    panels: tuple[Panel, ...]
    answers: Page[Response] | None
    answer_rows: tuple[AnswerRow, ...]
    only_low: bool
    low_url: str
    all_answers_url: str
    words: str
    searched: tuple[tuple[str, str], ...]
    why_url: str
    compare_url: str


def explore_page(
    user: User, query: QueryDict, form: FilterForm, asked: Asked
) -> ExplorePage:
    """`form` is valid."""
    filters, span = form.filters, form.span
    by = asked.by or next_dimension(filters)
    whole = whole_of(user, filters, span, key=asked.metric)
    parts = parts_of(user, filters, span, key=asked.metric, by=by, words=asked.words)
    shown = sorted_parts(parts, asked.sort)
    rows = Paginator(shown, PER_PAGE).get_page(query.get("page"))
    answers = _answers(user, query, filters, span, whole, asked)
    return ExplorePage(
        number=_number(whole),
        metrics=tuple(_metric_choices(query, asked.metric)),
        dimensions=tuple(_dimension_choices(query, filters, by)),
        sorts=tuple(_sort_choices(query, asked)),
        crumbs=tuple(crumbs_of(user, filters, query)),
        all_url=_with(query, drop=(*CARRIED[3:], "page", "q", "by", "rows")),
        by=by,
        by_label=str(DIMENSIONS[by].label),
        figure=bars_of(parts, list(rows)),
        rows=rows,
        table=tuple(_rows(query, filters, parts, rows)),
        left_out=parts.left_out,
        has_hidden=parts.has_hidden,
        is_closed=parts.is_closed,
        is_count=asked.metric == COUNT,
        panels=tuple(
            _panel(
                query,
                filters,
                parts_of(user, filters, span, key=asked.metric, by=beside),
                by,
            )
            for beside in side_dimensions(filters, by, n=whole.n)
        ),
        answers=answers,
        answer_rows=tuple(rows_of(user, list(answers), asked.metric))
        if answers
        else (),
        only_low=asked.only_low,
        low_url=_with(query, drop=("answers",), rows="low"),
        all_answers_url=_with(query, drop=("answers", "rows")),
        words=asked.words,
        searched=tuple(_hidden_fields(query, drop=("q", "page"))),
        why_url=_elsewhere("why", query, by=by),
        compare_url=_elsewhere("compare", query),
    )


def carried_by(query: QueryDict) -> list[tuple[str, str]]:
    """What the form of the filters must not lose."""
    kept = ("metric", "by", "sort")
    return [(name, query.get(name, "")) for name in kept if query.get(name)]


def _number(whole: Whole) -> Number:
    score = whole.score
    label = str(whole.metric.label)
    if score is None:
        before = _("%(number)s in the period before") % {
            "number": count_text(whole.n_before)
        }
        return Number(label, count_text(whole.n), "", "", before, "", "")
    change, tone = _change(whole)
    return Number(
        label,
        value_text(score),
        interval_text(score),
        n_text(whole.n),
        change,
        tone,
        low_base_note() if score.is_low_base else "",
    )


def _change(whole: Whole) -> tuple[str, str]:
    change = whole.score.change if whole.score else None
    if change is None:
        return _("Nothing to compare with in the period before"), ""
    words = ngettext(
        "%(points)s point since the period before (95 %% interval: %(interval)s)",
        "%(points)s points since the period before (95 %% interval: %(interval)s)",
        how_many_points(change.value),
    )
    said = words % {
        "points": difference_text(change),
        "interval": difference_interval(change),
    }
    if not change.is_significant:
        return _("No clear change: %(words)s") % {"words": said}, ""
    is_good = (change.value > 0) == (whole.metric.better == "higher")
    return said, "good" if is_good else "bad"


def _rows(
    query: QueryDict, filters: Filters, parts: Parts, shown: Iterable[Part]
) -> Iterable[Row]:
    for part in shown:
        further = next_dimension(filters, after=parts.by)
        yield row_of(part, narrowed(query, filters, parts.by, part.value, by=further))


def _panel(query: QueryDict, filters: Filters, parts: Parts, by: Dimension) -> Panel:
    """`by` stays what the page tells apart by."""
    rows = (
        row_of(part, narrowed(query, filters, parts.by, part.value, by=by))
        for part in parts.parts[:ON_THE_SIDE]
    )
    return Panel(
        parts.by,
        str(DIMENSIONS[parts.by].label),
        told_apart_by(query, parts.by),
        tuple(rows),
    )


def _answers(
    user: User,
    query: QueryDict,
    filters: Filters,
    span: Period,
    whole: Whole,
    asked: Asked,
) -> Page[Response] | None:
    if not can(user, Ability.SEE_CUSTOMERS):
        return None
    pages = pages_of_answers(
        user, filters, span, whole.counts, key=asked.metric, only_low=asked.only_low
    )
    return pages.get_page(query.get("answers"))


def _metric_choices(query: QueryDict, chosen: str) -> Iterable[Choice]:
    for key in EXPLORED:
        url = _with(query, drop=("page", "rows", "answers", "version"), metric=key)
        yield Choice(METRICS[key].label, url, key == chosen)


def _dimension_choices(
    query: QueryDict, filters: Filters, chosen: Dimension
) -> Iterable[Choice]:
    for dimension in DRILL:
        if dimension == chosen or dimension not in filters.given:
            url = told_apart_by(query, dimension)
            yield Choice(DIMENSIONS[dimension].label, url, dimension == chosen)


def _sort_choices(query: QueryDict, asked: Asked) -> Iterable[Choice]:
    for sort, label in SORTS.items():
        if asked.metric == COUNT and sort in ("value", "difference"):
            continue
        yield Choice(label, _with(query, drop=("page",), sort=sort), sort == asked.sort)


def _with(query: QueryDict, *, drop: Iterable[str], **changed: str) -> str:
    asked = query.copy()
    for name in drop:
        asked.pop(name, None)
    for name, value in changed.items():
        asked[name] = value
    return explore_url(asked)


def _hidden_fields(
    query: QueryDict, *, drop: Iterable[str]
) -> Iterable[tuple[str, str]]:
    for name, values in query.lists():
        if name not in drop:
            yield from ((name, str(value)) for value in values)


def _elsewhere(page: str, query: QueryDict, **changed: str) -> str:
    """Another page about the same selection."""
    asked = query.copy()
    for name in list(asked):
        if name not in (*CARRIED, "metric"):
            del asked[name]
    for name, value in changed.items():
        asked[name] = value
    return f"{reverse(f'dashboards:{page}')}?{asked.urlencode()}"
