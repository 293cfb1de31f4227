"""Reading a CSV file that somebody exported somewhere: bytes → text → records.

Knows nothing of customers. Every error is a sentence for the person who uploads.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

DELIMITERS = (",", ";", "\t", "|")
MAX_COLUMNS = 200
_SAMPLE = 50
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


class UnreadableFile(Exception):
    """The file cannot be used; the sentence says what to do about it."""


@dataclass(frozen=True)
class Record:
    """`line` is where the record starts in the file, the header being line 1."""

    line: int
    cells: Sequence[str]


def decode(content: bytes) -> str:
    """UTF-8, UTF-16 or GB 18030, told from the bytes. Raises UnreadableFile."""
    if content.startswith(_ZIP):
        raise UnreadableFile(
            _("This is an Excel workbook or an archive. Save it as CSV first.")
        )
    if content.startswith(_GZIP):
        raise UnreadableFile(_("This file is compressed. Unpack it first."))
    text = _decoded(content)
    if text is None:
        raise UnreadableFile(
            _(
                "The characters of this file cannot be read. Save it as CSV in UTF-8"
                " and try again."
            )
        )
    if "\x00" in text:
        raise UnreadableFile(_("This is not a text file. Save it as CSV in UTF-8."))
    return text


def guess_delimiter(text: str) -> str:
    """The delimiter that cuts most of the first lines into as many cells as the first."""
    return max(DELIMITERS, key=lambda delimiter: _fit(text, delimiter))


def header_of(text: str, delimiter: str) -> list[str]:
    """The column names; an unnamed column gets one. Raises UnreadableFile."""
    first = next(_rows(text, delimiter), None)
    if first is None:
        raise UnreadableFile(_("This file is empty."))
    if len(first.cells) > MAX_COLUMNS:
        raise UnreadableFile(
            _("This file has more than %(count)d columns.") % {"count": MAX_COLUMNS}
        )
    return [
        # An attribute's key, so the same in every language.
        " ".join(name.split())[:80] or f"column {number}"
        for number, name in enumerate(first.cells, start=1)
    ]


def records_of(text: str, delimiter: str) -> Iterator[Record]:
    """Everything below the header but blank lines. Raises UnreadableFile."""
    return islice(_rows(text, delimiter), 1, None)


def count_records(text: str, delimiter: str) -> int:
    return sum(1 for _record in records_of(text, delimiter))


def _rows(text: str, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Record(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:  # mostly a cell above the reader's 128 KiB
        raise UnreadableFile(
            _("Line %(line)d cannot be read: is there a quotation mark never closed?")
            % {"line": line}
        ) from error


def _decoded(content: bytes) -> str | None:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _try(content, encoding)
    if (wide := _unmarked_utf16(content)) is not None:
        return _try(content, wide)
    text = _try(content, "utf-8")
    if text is None:
        text = _try(content, "gb18030")
        if text is not None and not _looks_chinese(text):
            return None
    return text


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _unmarked_utf16(content: bytes) -> str | None:
    """Delimiters and line ends of UTF-16 leave every second byte zero."""
    head = content[:2_000]
    if head[1::2].count(0) > len(head) // 8:
        return "utf-16-le"
    if head[0::2].count(0) > len(head) // 8:
        return "utf-16-be"
    return None


def _looks_chinese(text: str) -> bool:
    # GB 18030 also "reads" Western accents, as rare characters that nobody writes.
    wide = [character for character in text if character > "\x7f"]
    common = sum(1 for character in wide if _try_encode(character))
    return common >= 0.9 * len(wide)


def _try_encode(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    try:
        rows = [row.cells for row in islice(_rows(text, delimiter), _SAMPLE)]
    except UnreadableFile:
        return (0, 0)
    width = len(rows[0]) if rows else 0
    if width < 2:
        return (0, 0)
    return (sum(1 for row in rows if len(row) == width), width)
