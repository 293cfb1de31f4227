"""The explorer's numbers in words: its rows, its figure and its report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from dashboards.asked import facts_of, form_for
from dashboards.charts import series_of
from dashboards.dimensions import DIMENSIONS
from dashboards.explore_query import Asked, Sort, read_asked
from dashboards.exploring import (
    Part,
    Parts,
    Whole,
    next_dimension,
    parts_of,
    whole_of,
)
from dashboards.figures import Figure
from dashboards.report import Report, Section, Table, Value
from dashboards.series import Measured, filled_to
from dashboards.tiles import interval_text, value_text
from dashboards.wording import count_text, n_text, percent_text
from surveys.metrics import Difference
from surveys.number_words import points_text
from teams.models import User

MOST_BARS = 12


@dataclass(frozen=True)
class Row:
    """`tone` is good or bad where the value stands out from the others, else empty."""

    name: str
    url: str
    value: str
    interval: str
    n: str
    share: str
    difference: str
    difference_interval: str
    tone: str
    is_hidden: bool
    is_low_base: bool


def sorted_parts(parts: Parts, sort: Sort) -> list[Part]:
    """Those without a value last, whatever the order."""
    if sort == "name":
        return sorted(parts.parts, key=lambda part: part.name.casefold())
    if sort == "value":
        return sorted(parts.parts, key=_value_key)
    if sort == "difference":
        return sorted(parts.parts, key=_difference_key)
    return list(parts.parts)


def row_of(part: Part, url: str) -> Row:
    score = part.score
    return Row(
        name_of(part),
        url,
        value_text(score) if score else count_text(part.n),
        interval_text(score) if score else "",
        count_text(part.n) if part.score is None else n_text(part.n),
        percent_text(part.share) if part.share is not None else "",
        difference_text(part.difference),
        difference_interval(part.difference),
        _tone(part),
        part.is_hidden,
        score.is_low_base if score else False,
    )


def name_of(part: Part) -> str:
    return part.name or _("Not stated")


def difference_text(difference: Difference | None) -> str:
    return points_text(difference.value) if difference else ""


def difference_interval(difference: Difference | None) -> str:
    if difference is None:
        return ""
    return _("%(low)s to %(high)s") % {
        "low": points_text(difference.low),
        "high": points_text(difference.high),
    }


def bars_of(parts: Parts, shown: Sequence[Part]) -> Figure:
    """The first of the rows shown."""
    drawn = [part for part in shown if not part.is_hidden][:MOST_BARS]
    dimension = str(DIMENSIONS[parts.by].label)
    title = str(parts.metric.label)
    caption = _("%(metric)s by %(dimension)s") % {
        "metric": title,
        "dimension": dimension,
    }
    return Figure(
        key=f"explore-{parts.by.replace('_', '-')}",
        kind="bars",
        title=caption,
        caption=caption,
        data={
            "labels": [name_of(part) for part in drawn],
            "series": [_series(title, drawn)],
            "unit": parts.metric.unit,
            "horizontal": True,
        },
        columns=(dimension, title, _("95 % interval"), "n"),
        rows=tuple(_words(part) for part in drawn),
    )


def explore_report(user: User, query: QueryDict, *, at: datetime) -> Report:
    """The number, and every value of one dimension beside the others."""
    asked = read_asked(query)
    form = form_for(user, query, at=at)
    by = asked.by or next_dimension(form.filters)
    whole = whole_of(user, form.filters, form.span, key=asked.metric)
    parts = parts_of(
        user, form.filters, form.span, key=asked.metric, by=by, words=asked.words
    )
    shown = sorted_parts(parts, asked.sort)
    title = _("%(metric)s by %(dimension)s") % {
        "metric": whole.metric.label,
        "dimension": DIMENSIONS[by].label,
    }
    section = Section(
        title,
        figures=(bars_of(parts, shown),),
        tables=(_table(title, whole, parts, shown, asked),),
    )
    return Report(title, facts_of(user, form), filled_to(), (section,))


def _table(
    title: str, whole: Whole, parts: Parts, shown: Sequence[Part], asked: Asked
) -> Table:
    columns = (
        str(DIMENSIONS[parts.by].label),
        str(whole.metric.label),
        _("Answers"),
        _("Share of the answers"),
        _("Difference from all the others"),
    )
    rows = [_cells(part) for part in shown]
    everything = (_("All"), _value(whole.score, whole.n), count_text(whole.n), "", "")
    return Table(title, columns, (*rows, *(() if asked.words else (everything,))))


def _cells(part: Part) -> tuple[str | Value, ...]:
    row = row_of(part, "")
    words = " · ".join(filter(None, [row.difference, row.difference_interval]))
    return (row.name, _value(part.score, part.n), row.n, row.share, words)


def _value(score: Measured | None, n: int) -> Value:
    if score is None:
        return Value(count_text(n), n)
    found = score.score
    words = " · ".join(filter(None, [value_text(score), interval_text(score)]))
    if found is None:
        return Value(words)
    return Value(words, found.value, found.low, found.high, found.n)


def _series(title: str, drawn: Sequence[Part]) -> dict[str, object]:
    scores = [part.score for part in drawn if part.score]
    if scores:
        return series_of(title, scores)
    return {"name": title, "values": [part.n for part in drawn]}


def _words(part: Part) -> tuple[str, ...]:
    row = row_of(part, "")
    return row.name, row.value, row.interval, row.n


def _tone(part: Part) -> str:
    if not part.stands_out or part.difference is None or part.score is None:
        return ""
    is_better = part.difference.value > 0
    return "good" if is_better == (part.score.metric.better == "higher") else "bad"


def _value_key(part: Part) -> tuple[bool, float]:
    score = part.score.score if part.score else None
    if part.score is None:
        return False, part.n
    return score is None, score.value if score else 0.0


def _difference_key(part: Part) -> tuple[bool, float]:
    return part.difference is None, part.difference.value if part.difference else 0.0
