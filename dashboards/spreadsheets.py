"""A report as CSV for programs and as a workbook (XLSX) for people."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.spreadsheets import safe_cell
from dashboards.definitions import definitions_in
from dashboards.report import Report
from dashboards.report_entries import Entry, entries_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Without it spreadsheets take UTF-8 for the machine's old encoding.
_BOM = "\ufeff"
_COLUMNS = (
    "section",
    "item",
    "row",
    "column",
    "value",
    "low",
    "high",
    "n",
    "unit",
    "definition_version",
    "shown",
    "data_as_of",
)
# What the name of a sheet may not hold, and how long it may be.
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME, LONGEST_CELL = 31, 32_000

Cell = str | float | None


def csv_of(report: Report) -> bytes:
    """A line for every number; headings the same in every language."""
    as_of = report.as_of.isoformat() if report.as_of else ""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    for e in entries_of(report):
        numbers = (e.value, e.low, e.high, e.n)
        cells = (e.section, e.item, e.row, e.column, *numbers, e.unit, e.version)
        writer.writerow([safe_cell(cell) for cell in (*cells, e.shown, as_of)])
    return (_BOM + file.getvalue()).encode()


def xlsx_of(report: Report, *, at: datetime) -> bytes:
    """A sheet about the report, one of its tiles, and one for each figure and table."""
    # Only who writes a file loads what writes it.
    from xlsxwriter import Workbook

    file = io.BytesIO()
    book = Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheets = _Sheets(book)
    sheets.add(_("About"), _about(report, at))
    entries = list(entries_of(report))
    tiles = [entry for entry in entries if entry.version is not None]
    if tiles:
        sheets.add(_("Numbers"), _of_tiles(tiles))
    others = [entry for entry in entries if entry.version is None]
    for (_section, item), group in groupby(others, lambda e: (e.section, e.item)):
        sheets.add(item, _pivoted(list(group)))
    book.close()
    return file.getvalue()


class _Sheets:
    """Sheets with names that a workbook takes, each once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._taken: set[str] = set()

    def add(self, name: str, rows: Iterable[Sequence[Cell]]) -> None:
        sheet = self._book.add_worksheet(self._free(name))
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, 40, 14)
        for place, row in enumerate(rows):
            _write(sheet, place, row, self._bold if place == 0 else None)

    def _free(self, name: str) -> str:
        plain = " ".join(_FORBIDDEN.sub(" ", name).split()) or "–"
        for number in range(1, len(self._taken) + 2):
            mark = "" if number == 1 else f" {number}"
            free = plain[: LONGEST_NAME - len(mark)] + mark
            if free.lower() not in self._taken:
                break
        self._taken.add(free.lower())
        return free


def _write(
    sheet: Worksheet, place: int, row: Sequence[Cell], style: Format | None
) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, int | float):
            sheet.write_number(place, column, cell, style)
        elif cell:
            sheet.write_string(place, column, cell[:LONGEST_CELL], style)


def _about(report: Report, at: datetime) -> Iterator[Sequence[Cell]]:
    yield (report.title,)
    for fact in report.facts:
        yield ("", fact)
    if report.as_of:
        yield (_("Data as of"), _moment(report.as_of))
    yield (_("Made"), _moment(at))
    for metric in definitions_in(report):
        version = _("version %(version)d") % {"version": metric.version}
        words = (metric.formula, metric.denominator)
        yield (str(metric.label), *map(str, words), version)


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _of_tiles(entries: Sequence[Entry]) -> Iterator[Sequence[Cell]]:
    interval = (_("Interval from"), _("Interval to"))
    yield (
        pgettext("metric", "Number"),
        pgettext("metric", "Value"),
        *interval,
        "n",
        _("Unit"),
        pgettext("metric", "Version"),
        _("Shown"),
    )
    for e in entries:
        yield (e.item, e.value, e.low, e.high, e.n, e.unit, e.version, e.shown)


def _pivoted(entries: Sequence[Entry]) -> Iterator[Sequence[Cell]]:
    """A row for each `row`; beside each column its interval and n, where it has any."""
    rows = list(dict.fromkeys(entry.row for entry in entries))
    columns = list(dict.fromkeys(entry.column for entry in entries))
    found = {(entry.row, entry.column): entry for entry in entries}
    wide = {
        c for c in columns if any(e.low is not None for e in entries if e.column == c)
    }
    based = {
        c for c in columns if any(e.n is not None for e in entries if e.column == c)
    }
    heading: list[Cell] = [""]
    for column in columns:
        heading.append(column)
        if column in wide:
            heading += [_("Interval from"), _("Interval to")]
        if column in based:
            heading.append("n")
    yield heading
    for row in rows:
        cells: list[Cell] = [row]
        for column in columns:
            entry = found.get((row, column))
            cells.append(_cell(entry))
            if column in wide:
                cells += [entry.low, entry.high] if entry else [None, None]
            if column in based:
                cells.append(entry.n if entry else None)
        yield cells


def _cell(entry: Entry | None) -> Cell:
    if entry is None:
        return None
    return entry.shown if entry.value is None else entry.value
