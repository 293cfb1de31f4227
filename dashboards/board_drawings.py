"""A tile's counts as what is drawn of them: figures and tables, small groups hidden."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.board_counting import Crossed, Told
from dashboards.charts import chart_of, day_label, grain_label, series_of
from dashboards.count_tables import along, largest, sizes_in, total_of
from dashboards.counting import NOTHING, Counts
from dashboards.dimensions import DIMENSIONS, Dimension, Value
from dashboards.figures import Figure
from dashboards.measuring import Question
from dashboards.overview_reports import value_of
from dashboards.periods import Period
from dashboards.registry import METRICS, SCORES
from dashboards.report import Table
from dashboards.report import Value as Cell
from dashboards.results import Measured
from dashboards.scores import SCORE_COLUMNS
from dashboards.series import measured, scores_in
from dashboards.tiles import interval_text, value_text
from dashboards.wording import count_text, n_text
from surveys import metrics
from surveys.hidden_tables import hidden_table
from surveys.number_words import whole

MOST_BARS = 12
MOST_ON_A_SIDE = 24
Names = Mapping[Value, str]


def trend(key: str, metric: str, question: Question) -> Figure:
    """A score over the period, a point for every bucket; or the number of answers."""
    if metric not in SCORES:
        return _answers_over_time(key, question.period, question.by_bucket)
    return replace(chart_of(question.trend(metric)), key=key)


def bars(key: str, metric: str, by: Dimension, told: Told, names: Names) -> Figure:
    """The groups with most answers, the largest first."""
    groups = told.groups
    shown = shown_in(metric, groups)
    labels = [_name(value, names) for value in shown]
    label, dimension = str(METRICS[metric].label), str(DIMENSIONS[by].label)
    caption = _("%(metric)s by %(dimension)s") % {
        "metric": label,
        "dimension": dimension.lower(),
    }
    left_out = len(groups) - len(shown)
    note = left_out_words(left_out) if left_out else ""
    if metric not in SCORES:
        numbers = [groups[value]["responses"] for value in shown]
        return Figure(
            key,
            "bars",
            label,
            caption,
            _plain_bars(label, labels, numbers, "answers"),
            (dimension, label),
            tuple(zip(labels, map(n_text, numbers), strict=True)),
            note,
        )
    points = [told.measured(metric, value) for value in shown]
    return Figure(
        key,
        "bars",
        label,
        caption,
        {
            "labels": labels,
            "series": [series_of(label, points)],
            "unit": METRICS[metric].unit,
            "horizontal": True,
        },
        (dimension, label, _("95 % interval"), "n"),
        tuple(_row(name, point) for name, point in zip(labels, points, strict=True)),
        note,
    )


def shown_in(metric: str, groups: Mapping[Value, Counts]) -> list[Value]:
    """Of these groups, those that bars are drawn of."""
    return largest(groups, _names_in(metric), MOST_BARS)


def side_in(metric: str, cells: Mapping[Any, Counts], side: int) -> list[Value]:
    """The largest of a heat map's rows or columns."""
    return largest(along(cells, side), _names_in(metric), MOST_ON_A_SIDE)


def distribution(key: str, metric: str, question: Question) -> Figure:
    """How often each score was given; nothing where they are too few to show."""
    scores = scores_in(metric, question.now)
    n = sum(scores.values())
    is_shown = not metrics.is_hidden(n) and metric not in question.hidden_now
    numbers = [number if is_shown else None for number in scores.values()]
    label = str(METRICS[metric].label)
    labels = [str(score) for score in scores]
    words = [_("hidden") if m is None else count_text(m) for m in numbers]
    return Figure(
        key,
        "bars",
        label,
        _("%(metric)s: how often each score was given") % {"metric": label},
        _plain_bars(_("Answers"), labels, numbers, "answers", horizontal=False),
        (_("Score"), _("Answers")),
        tuple(zip(labels, words, strict=True)),
        "n = " + count_text(n) if is_shown else _too_few() if n else "",
    )


def heatmap(
    key: str,
    metric: str,
    dimensions: tuple[Dimension, Dimension],
    told: Crossed,
    names: tuple[Names, Names],
) -> Figure:
    """One dimension down, the other across; the largest groups of each."""
    by, across = dimensions
    down, over = (side_in(metric, told.cells, side) for side in (0, 1))
    return _heat(
        key,
        metric,
        _("%(metric)s by %(dimension)s and %(other)s")
        % {
            "metric": METRICS[metric].label,
            "dimension": str(DIMENSIONS[by].label).lower(),
            "other": str(DIMENSIONS[across].label).lower(),
        },
        _Axes(
            str(DIMENSIONS[by].label),
            {value: _name(value, names[0]) for value in down},
            {value: _name(value, names[1]) for value in over},
        ),
        told,
    )


def week(key: str, metric: str, told: Crossed) -> Figure:
    """By the weekday and the hour of the company at which people answered."""
    return _heat(
        key,
        metric,
        _("%(metric)s by weekday and hour") % {"metric": METRICS[metric].label},
        _Axes(
            _("Weekday"),
            {day + 1: str(name) for day, name in WEEKDAYS.items()},
            {hour: f"{hour}:00" for hour in range(24)},
        ),
        told,
    )


def table(by: Dimension, told: Told, names: Names, *, most: int) -> tuple[Table, int]:
    """Every score that was asked, a row for each group; how many groups are left out."""
    groups = told.groups
    whole_of = total_of(groups)
    asked = [metric for metric in SCORES if any(scores_in(metric, whole_of).values())]
    shown = largest(groups, ["responses"], most)
    rows: list[tuple[str | Cell, ...]] = [
        (
            _name(value, names),
            _count_cell(groups[value]),
            *(value_of(told.measured(metric, value)) for metric in asked),
        )
        for value in shown
    ]
    everything: tuple[str | Cell, ...] = (
        _("All"),
        _count_cell(whole_of),
        *(value_of(told.whole(metric, whole_of)) for metric in asked),
    )
    heading = (str(DIMENSIONS[by].label), str(METRICS["responses"].label))
    columns = (*heading, *(str(METRICS[metric].label) for metric in asked))
    made = Table(str(DIMENSIONS[by].label), columns, (*rows, everything))
    return made, len(groups) - len(shown)


def _answers_over_time(
    key: str, period: Period, by_day: Mapping[date, Counts]
) -> Figure:
    label = str(METRICS["responses"].label)
    days = list(period.buckets())
    labels = [day_label(first, period.grain) for first in days]
    numbers = [by_day.get(first, NOTHING)["responses"] for first in days]
    return Figure(
        key,
        "bars",
        label,
        _("Answers over time"),
        _plain_bars(label, labels, numbers, "answers", horizontal=False),
        (grain_label(period.grain), label),
        tuple(zip(labels, map(n_text, numbers), strict=True)),
        file_labels=tuple(first.isoformat() for first in days),
    )


def _plain_bars(
    name: str,
    labels: Sequence[str],
    numbers: Sequence[int | None],
    unit: str,
    *,
    horizontal: bool = True,
) -> dict[str, object]:
    return {
        "labels": list(labels),
        "series": [{"name": name, "values": list(numbers)}],
        "unit": unit,
        "horizontal": horizontal,
    }


class _Axes(NamedTuple):
    """What each side is called, and its values by name in their order."""

    corner: str
    down: Mapping[Value, str]
    over: Mapping[Value, str]


def _heat(
    key: str,
    metric: str,
    caption: str,
    axes: "_Axes",
    told: Crossed,
) -> Figure:
    corner, down, over = axes
    cells = told.cells
    sizes = sizes_in(cells, _names_in(metric))
    # Few that differ from the same cell without a filter would follow from both.
    weighed = {cell: 1 if cell in told.revealing else n for cell, n in sizes.items()}
    table = hidden_table(weighed)
    hidden = set(sizes) if table.is_closed or told.is_closed else table.cells
    shown = {
        cell: measured(metric, cells[cell], hide=cell in hidden)
        for cell in product(down, over)
        if cell in sizes
    }
    values = [
        [column, row, whole(one.score.value) if one and one.score else None]
        for row, first in enumerate(down)
        for column, second in enumerate(over)
        for one in (shown.get((first, second)),)
    ]
    rows = tuple(
        (name, *(_in_words(shown.get((first, second))) for second in over))
        for first, name in down.items()
    )
    return Figure(
        key,
        "heatmap",
        str(METRICS[metric].label),
        caption,
        {
            "x": list(over.values()),
            "y": list(down.values()),
            "values": values,
            "unit": METRICS[metric].unit,
        },
        (corner, *over.values()),
        rows,
        _too_few() if hidden else "",
    )


def _in_words(one: Measured | None) -> str:
    if one is None:
        return "–"
    return " · ".join(
        filter(None, [value_text(one), interval_text(one), f"n = {n_text(one.n)}"])
    )


def _row(name: str, one: Measured) -> tuple[str, str, str, str]:
    return name, value_text(one), interval_text(one), n_text(one.n)


def _names_in(metric: str) -> Collection[str]:
    return SCORE_COLUMNS[metric].values() if metric in SCORES else ("responses",)


def _name(value: Value, names: Names) -> str:
    if value in ("", 0):
        return _("Not stated")
    return names.get(value) or _("without a name")


def _count_cell(counted: Counts) -> Cell:
    n = counted["responses"]
    return Cell(n_text(n), None if metrics.is_hidden(n) else n)


def left_out_words(number: int) -> str:
    return ngettext(
        "%(number)s smaller group is not drawn.",
        "%(number)s smaller groups are not drawn.",
        number,
    ) % {"number": count_text(number)}


def _too_few() -> str:
    return _("Some values rest on too few answers: hidden, to protect people.")
