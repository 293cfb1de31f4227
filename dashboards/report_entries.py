"""A report as single numbers, each with what has to travel with it.

Values come unrounded where the page knows them so, else as they are drawn; words that
are a number become one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from dashboards.figures import Figure
from dashboards.published import Number
from dashboards.report import Report, Section, Table, Value
from dashboards.tiles import Tile
from dashboards.wording import told_n

_NUMBER = re.compile(
    r"(?P<sign>[+−-]?)(?P<whole>\d{1,3}(?:[,\u00a0\u202f ]\d{3})+|\d+)"
    r"(?P<part>\.\d+)?[\u00a0\u202f ]?%?"
)


@dataclass(frozen=True)
class Entry:
    """`item` is a tile, figure or table; `row` and `column` say where in it. `shown` is
    what the page says; `value` is None where that is no number, or nothing is shown."""

    section: str
    item: str
    row: str
    column: str
    shown: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    unit: str = ""
    version: int | None = None


def entries_of(report: Report) -> Iterator[Entry]:
    for section in report.sections:
        numbers = {number.key: number for number in section.numbers}
        for tile in section.tiles:
            yield _of_tile(section, tile, numbers.get(tile.metric.key))
        for figure in section.figures:
            yield from _of_figure(section, figure)
        for table in section.tables:
            yield from _of_table(section, table)
        for place, quote in enumerate(section.quotes, 1):
            yield Entry(section.heading, section.heading, str(place), "", quote.text)


def number_in(words: str) -> float | None:
    """The number that these words are, as the page writes numbers; None of others."""
    found = _NUMBER.fullmatch(words.strip())
    if found is None or re.match(r"0\d", found["whole"]):
        return None
    digits = re.sub(r"\D", "", found["whole"]) + (found["part"] or "")
    number = float(digits)
    return -number if found["sign"] in ("-", "−") else number


def _of_tile(section: Section, tile: Tile, number: Number | None) -> Entry:
    metric = tile.metric
    return Entry(
        section.heading,
        tile.label,
        "",
        "",
        tile.value,
        number.value if number else number_in(tile.value),
        number.low if number else None,
        number.high if number else None,
        number.n if number else None,
        metric.unit,
        metric.version,
    )


def _of_table(section: Section, table: Table) -> Iterator[Entry]:
    item = table.title or section.heading
    for row in table.rows:
        name, *cells = row
        for column, cell in zip(table.columns[1:], cells, strict=False):
            where = (section.heading, item, str(name), column)
            if isinstance(cell, Value):
                n = None if cell.n is None else told_n(cell.n)
                yield Entry(*where, cell.text, cell.number, cell.low, cell.high, n)
            else:
                yield Entry(*where, cell, number_in(cell))


def _of_figure(section: Section, figure: Figure) -> Iterator[Entry]:
    where = (section.heading, figure.caption or figure.title)
    drawn = figure.data
    unit = str(drawn.get("unit", ""))
    match figure.kind:
        case "line" | "bars":
            yield from _of_series(where, figure)
        case "waterfall" | "funnel":
            for label, value in zip(drawn["labels"], drawn["values"], strict=True):
                yield Entry(*where, label, "", _shown(value), value, unit=unit)
        case "heatmap":
            for x, y, value in drawn["values"]:
                row, column = str(drawn["y"][y]), str(drawn["x"][x])
                yield Entry(*where, row, column, _shown(value), value, unit=unit)
        case "scatter":
            yield from _of_points(where, figure)


def _of_points(where: tuple[str, str], figure: Figure) -> Iterator[Entry]:
    for point in figure.data["points"]:
        for axis in ("x", "y"):
            label = str(figure.data[f"{axis}_label"])
            yield Entry(*where, point["name"], label, _shown(point[axis]), point[axis])


def _of_series(where: tuple[str, str], figure: Figure) -> Iterator[Entry]:
    labels = figure.file_labels or figure.data["labels"]
    unit = str(figure.data.get("unit", ""))
    bases = _bases(figure, len(labels))
    for series in figure.data["series"]:
        lows = series.get("low") or repeat(None)
        highs = series.get("high") or repeat(None)
        rows = zip(labels, series["values"], lows, highs, bases, strict=False)
        for label, value, low, high, n in rows:
            yield Entry(
                *where,
                str(label),
                series["name"],
                _shown(value),
                value,
                low,
                high,
                n,
                unit,
            )


def _bases(figure: Figure, rows: int) -> list[int | None]:
    """The n of each label, where the table behind has it in its last column."""
    if len(figure.data["series"]) > 1 or len(figure.rows) != rows:
        return [None] * rows
    if not figure.columns or figure.columns[-1] != "n":
        return [None] * rows
    found = (number_in(row[-1]) for row in figure.rows)
    return [None if n is None else int(n) for n in found]


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
