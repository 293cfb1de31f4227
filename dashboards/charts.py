"""What a chart and the table beside it show: finished numbers with unit and n."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dashboards.periods import Grain
from dashboards.series import Measured, Trend
from dashboards.tiles import interval_text, value_text
from dashboards.wording import count_text
from surveys.number_words import whole

# A template takes ten times as long for a row, and a year has hundreds.
_ROW = (
    '<tr><th scope="row">{}</th><td class="number">{}</td>'
    '<td class="number">{}</td><td class="number">{}</td></tr>'
)


class Point(NamedTuple):
    label: str
    value: str
    interval: str
    n: str


@dataclass(frozen=True)
class Chart:
    """`series` goes to the script as JSON; `points` make the table."""

    key: str
    title: str
    caption: str
    grain_label: str
    series: dict[str, Any]
    points: tuple[Point, ...]

    @property
    def script_id(self) -> str:
        return f"series-{self.key}"

    @property
    def rows(self) -> SafeString:
        """The body of the table."""
        return format_html_join("\n", _ROW, self.points)


def chart_of(trend: Trend) -> Chart:
    title = str(trend.metric.label)
    points = tuple(_point(first, m, trend.grain) for first, m in trend.points)
    return Chart(
        key=trend.metric.key,
        title=title,
        caption=_caption(trend.grain) % {"metric": title},
        grain_label=_grain_label(trend.grain),
        series=_series(trend, title, points),
        points=points,
    )


def _point(first: date, measured: Measured, grain: Grain) -> Point:
    return Point(
        _label(first, grain),
        value_text(measured),
        interval_text(measured),
        count_text(measured.n),
    )


def _series(trend: Trend, title: str, points: tuple[Point, ...]) -> dict[str, Any]:
    scores = [measured.score for _first, measured in trend.points]
    is_nps = trend.metric.unit == "points"
    return {
        "unit": "" if is_nps else "%",
        "lowest": -100 if is_nps else 0,
        "labels": [point.label for point in points],
        "values": [whole(score.value) if score else None for score in scores],
        "low": [round(score.low, 1) if score else None for score in scores],
        "high": [round(score.high, 1) if score else None for score in scores],
        "words": [
            f"{p.label}\n{title}: {p.value}"
            + (f" ({p.interval})" if p.interval else "")
            + f"\nn = {p.n}"
            for p in points
        ],
    }


def _label(first: date, grain: Grain) -> str:
    if grain == "month":
        return date_format(first, "YEAR_MONTH_FORMAT")
    return first.isoformat()


def _grain_label(grain: Grain) -> str:
    return {"day": _("Day"), "week": _("Week from"), "month": _("Month")}[grain]


def _caption(grain: Grain) -> str:
    return {
        "day": _("%(metric)s by day"),
        "week": _("%(metric)s by week"),
        "month": _("%(metric)s by month"),
    }[grain]
