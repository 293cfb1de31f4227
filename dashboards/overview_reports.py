"""The overview and its breakdowns as reports."""

from collections.abc import Sequence
from datetime import datetime

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from dashboards.annotations import marked_days
from dashboards.asked import facts_of, form_for
from dashboards.breakdown import Breakdown, Group, breakdown
from dashboards.charts import chart_of
from dashboards.home import overview, rest
from dashboards.published import numbers_of
from dashboards.report import Report, Section, Table, Value
from dashboards.results import Measured
from dashboards.series import filled_to
from dashboards.tables import TABS, Tab
from dashboards.tiles import (
    answer_tiles,
    interval_text,
    loop_tiles,
    reach_tiles,
    value_text,
)
from dashboards.wording import count_text, n_text
from teams.models import User


def overview_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    form = form_for(user, query, at=at)
    shown = overview(user, period=form.span, filters=form.filters, at=at)
    more = rest(user, period=form.span, filters=form.filters, at=at)
    numbers = tuple(numbers_of({**shown.results, **more.reach}))
    marks = marked_days(user, form.span.start, form.span.end)
    trends = tuple(chart_of(trend, marks=marks) for trend in shown.trends)
    sections = (
        Section(_("What customers say"), tuple(answer_tiles(shown)), numbers=numbers),
        Section(
            _("What we do about it"), tuple(loop_tiles(shown, user)), numbers=numbers
        ),
        Section(_("Who answers, who stays"), tuple(reach_tiles(more)), numbers=numbers),
        Section(_("How it moved"), figures=trends),
    )
    return Report(
        _("How are we doing?"), facts_of(user, form), shown.filled_to, sections
    )


def breakdown_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    """`query` names the dimension as the address does."""
    tab = next((tab for tab in TABS if tab.slug == query.get("dimension")), None)
    if tab is None:
        raise Http404
    form = form_for(user, query, at=at)
    found = breakdown(user, by=tab.dimension, period=form.span, filters=form.filters)
    section = Section("", tables=(_table(tab, found),))
    return Report(str(tab.label), facts_of(user, form), filled_to(), (section,))


def _table(tab: Tab, found: Breakdown) -> Table:
    scores = [str(score.metric.label) for score in found.total.scores]
    rows = [_row(group.name or _("Not stated"), group) for group in found.groups]
    return Table(
        str(tab.label),
        (str(tab.column), _("Answers"), *scores),
        (*rows, _row(_("All"), found.total)),
    )


def _row(name: str, group: Group) -> tuple[str | Value, ...]:
    responses = Value(count_text(group.responses), group.responses)
    return (name, responses, *map(value_of, group.scores))


def value_of(measured: Measured) -> Value:
    """A score as a cell: with its interval and base in words and as numbers."""
    score = measured.score
    base = _("n = %(n)s") % {"n": n_text(measured.n)}
    words: Sequence[str] = [value_text(measured), interval_text(measured), base]
    lines = tuple(filter(None, words))
    return Value(
        " · ".join(lines),
        score.value if score else None,
        score.low if score else None,
        score.high if score else None,
        measured.n,
        lines,
    )
