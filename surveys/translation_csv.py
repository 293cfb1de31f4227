"""Translations as a table for spreadsheets: key, place, and one column a language."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from customers.csv_files import (
    UnreadableFile,
    decode,
    guess_delimiter,
    header_of,
    records_of,
)
from customers.spreadsheets import plain_cell
from surveys.elements import Language
from surveys.translations import Given, Line

KEY = "key"
PLACE = "place"


class NoTable(ValueError):
    """A sentence for the user."""


def table_of(
    lines: Iterable[tuple[Line, str]], source: Language, target: Language
) -> Iterator[Sequence[object]]:
    """The rows of the file, to be written by `spreadsheets.csv_response`."""
    yield [KEY, PLACE, source, target]
    for line, place in lines:
        yield [line.key, place, line.source, line.target]


def read_table(content: bytes, source: Language, target: Language) -> list[Given]:
    """Raises NoTable."""
    wanted = (KEY, source, target)
    try:
        text = decode(content)
        delimiter = guess_delimiter(text)
        names = [name.lower() for name in header_of(text, delimiter)]
        if not set(wanted) <= set(names):
            raise NoTable(
                _("The first line has to name the columns: %(names)s.")
                % {"names": ", ".join(wanted)}
            )
        columns = [names.index(name) for name in wanted]
        return [
            _given(record.line, record.cells, columns)
            for record in records_of(text, delimiter)
        ]
    except UnreadableFile as error:
        raise NoTable(str(error)) from error


def _given(line: int, row: Sequence[str], columns: Sequence[int]) -> Given:
    cells = [plain_cell(row[at]) if at < len(row) else "" for at in columns]
    return Given(line, cells[0].strip(), cells[1], cells[2])
