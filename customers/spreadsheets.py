"""CSV for spreadsheets: streamed, and safe to open.

A cell that begins like a formula would run in the reader's spreadsheet, so it gets an
apostrophe in front; `plain_cell` takes it off again when such a file comes back.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Without it spreadsheets take UTF-8 for the machine's old encoding.
_BOM = "\ufeff"


def safe_cell(value: object) -> object:
    """Numbers stay numbers; text that begins like a formula is defused."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def plain_cell(text: str) -> str:
    """What `safe_cell` was given."""
    if text.startswith("'") and text[1:].lstrip(" ").startswith(_FORMULA_STARTS):
        return text[1:]
    return text


def csv_response(
    file_name: str, rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """A download that is written while the rows are read."""
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv")
    response["Content-Disposition"] = content_disposition_header(True, file_name) or ""
    response["Cache-Control"] = "no-store"
    return response


class _Echo:
    """A file that hands each line back to the writer's caller."""

    def write(self, line: str) -> str:
        return line


def _lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield _BOM
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])
