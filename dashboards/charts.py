"""The trend of a score as a figure: finished numbers with unit, interval and n."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboards.figures import Figure
from dashboards.periods import Grain
from dashboards.series import Measured, Trend
from dashboards.tiles import interval_text, value_text
from dashboards.wording import count_text
from surveys.number_words import whole


def chart_of(trend: Trend, *, marks: tuple[tuple[date, str], ...] = ()) -> Figure:
    """`marks` are days and what happened on them; they stand at their day's bucket."""
    title = str(trend.metric.label)
    labels = [day_label(first, trend.grain) for first, _m in trend.points]
    return Figure(
        key=f"trend-{trend.metric.key}",
        kind="line",
        title=title,
        caption=_caption(trend.grain) % {"metric": title},
        data={
            "labels": labels,
            "series": [series_of(title, [m for _first, m in trend.points])],
            "marks": _marks(trend, marks),
            "unit": trend.metric.unit,
        },
        columns=(grain_label(trend.grain), title, _("95 % interval"), "n"),
        rows=tuple(
            (label, value_text(m), interval_text(m), count_text(m.n))
            for label, (_first, m) in zip(labels, trend.points, strict=True)
        ),
        file_labels=tuple(first.isoformat() for first, _m in trend.points),
    )


def series_of(name: str, points: list[Measured]) -> dict[str, Any]:
    """Scores with their intervals as a figure's series; gaps where none is shown."""
    scores = [measured.score for measured in points]
    return {
        "name": name,
        "values": [whole(score.value) if score else None for score in scores],
        "low": [_tenth(score.low) if score else None for score in scores],
        "high": [_tenth(score.high) if score else None for score in scores],
        "low_base": [measured.is_low_base for measured in points],
    }


def _tenth(value: float) -> float:
    """Rounded, and never -0.0."""
    return round(value, 1) + 0.0


def day_label(first: date, grain: Grain) -> str:
    """What a bucket is called below a chart and in its table."""
    if grain == "month":
        return date_format(first, "YEAR_MONTH_FORMAT")
    return date_format(first, "SHORT_DATE_FORMAT")


def grain_label(grain: Grain) -> str:
    return {"day": _("Day"), "week": _("Week from"), "month": _("Month")}[grain]


def _marks(
    trend: Trend, marks: tuple[tuple[date, str], ...]
) -> list[dict[str, int | str]]:
    starts = [first for first, _m in trend.points]
    return [
        {"at": max(0, sum(start <= day for start in starts) - 1), "label": label}
        for day, label in marks
    ]


def _caption(grain: Grain) -> str:
    return {
        "day": _("%(metric)s by day"),
        "week": _("%(metric)s by week"),
        "month": _("%(metric)s by month"),
    }[grain]
