"""A report as plain JSON, and back: what is kept of a page's numbers.

Nobody's words and no table of single customers are kept: both can be erased.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from dashboards.figures import Figure
from dashboards.report import Report, Section, Table, Value
from dashboards.tiles import Tile
from dashboards.wording import n_text

Json = Mapping[str, Any]


def as_json(report: Report) -> dict[str, Any]:
    """Only what JSON has, so that it is the same after it was stored."""
    return {
        "title": report.title,
        "facts": [str(fact) for fact in report.facts],
        "sections": [_section(section) for section in report.sections],
    }


def drawable(numbers: Json) -> list[dict[str, Any]]:
    """The sections as `dashboards/shared/_sections.html` shows them."""
    return [
        {**section, "figures": [_figure(kept) for kept in section["figures"]]}
        for section in numbers["sections"]
    ]


def said_in(numbers: Json) -> dict[str, str]:
    """Every number in words, by a name that is its own within the page."""
    seen: Counter[str] = Counter()
    said: dict[str, str] = {}
    for name, words in _said(numbers):
        seen[name] += 1
        own = name if seen[name] == 1 else f"{name} ({seen[name]})"
        said[own] = words
    return said


def metrics_in(report: Report) -> set[str]:
    """The keys of the numbers that stand in tiles."""
    return {
        key
        for section in report.sections
        for key in (
            *(tile.metric.key for tile in section.tiles),
            *(number.key for number in section.numbers),
        )
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "heading": str(section.heading),
        "text": str(section.text),
        "tiles": [_tile(tile) for tile in section.tiles],
        "figures": [_figure_json(figure) for figure in section.figures],
        "tables": [_table(t) for t in section.tables if not t.is_personal],
    }


def _tile(tile: Tile) -> dict[str, Any]:
    change = tile.change
    return {
        "metric": {"key": tile.metric.key},
        "label": str(tile.label),
        "value": str(tile.value),
        "base": str(tile.base),
        "interval": str(tile.interval),
        "note": str(tile.note),
        "change": {
            "words": str(change.words),
            "arrow": change.arrow,
            "tone": change.tone,
        }
        if change
        else None,
    }


def _figure_json(figure: Figure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "kind": figure.kind,
        "title": str(figure.title),
        "caption": str(figure.caption),
        "data": figure.data,
        "columns": [str(column) for column in figure.columns],
        "rows": [[str(cell) for cell in row] for row in figure.rows],
        "note": str(figure.note),
    }


def _figure(kept: Json) -> Figure:
    return Figure(
        **{
            **kept,
            "columns": tuple(kept["columns"]),
            "rows": tuple(tuple(row) for row in kept["rows"]),
        }
    )


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": str(table.title),
        "columns": [str(column) for column in table.columns],
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
    }


def _cell(cell: str | Value) -> str:
    """A value says n where its words do not."""
    words = str(cell)
    if isinstance(cell, Value) and cell.n is not None and "n = " not in words:
        return f"{words} · n = {n_text(cell.n)}"
    return words


def _said(numbers: Json) -> Iterator[tuple[str, str]]:
    for section in numbers["sections"]:
        for tile in section["tiles"]:
            words = (tile["value"], tile["interval"], tile["base"])
            yield tile["label"], " · ".join(filter(None, words))
        for table in (*section["tables"], *section["figures"]):
            yield from _said_in_table(table)
        if section["text"]:
            yield section["heading"] or numbers["title"], section["text"]


def _said_in_table(table: Json) -> Iterator[tuple[str, str]]:
    title = table["title"]
    for first, *cells in table["rows"]:
        for column, cell in zip(table["columns"][1:], cells, strict=False):
            yield " · ".join(filter(None, (title, first, column))), cell
