"""A page of numbers as a value: what is shared, mailed, printed and exported of it."""

from dataclasses import dataclass
from datetime import datetime

from dashboards.figures import Figure
from dashboards.published import Number
from dashboards.tiles import Tile


class Impossible(ValueError):
    """The address asks for what cannot be; a sentence for the user."""


@dataclass(frozen=True)
class Value:
    """A number in a table: `text` as on the page, the rest for a spreadsheet.

    `number` is None where nothing was measured or the value is hidden. `lines` say
    `text` in short: the value, then what it rests on.
    """

    text: str
    number: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    lines: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Table:
    """`rows` in words, as on the page, or as Values; a hidden value is already hidden
    here. One of single customers (`is_personal`) never leaves with a link. One of
    sentences (`is_words`) stands like a text, not like numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | Value, ...], ...]
    is_personal: bool = False
    is_words: bool = False

    @property
    def labelled(self) -> list[list[tuple[str, str | Value]]]:
        """The rows, each cell with the name of its column."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]

    @property
    def is_dense(self) -> bool:
        """Too much for the width of a phone: there each row stands as a card."""
        return self.is_words or any(
            isinstance(cell, Value) and len(cell.lines) > 1
            for row in self.rows
            for cell in row
        )


@dataclass(frozen=True)
class Quote:
    """What a customer wrote; left out where comments are to be hidden."""

    text: str
    said: str


@dataclass(frozen=True)
class Section:
    """`numbers`: those of the tiles, by metric, so that an export has them unrounded."""

    heading: str
    tiles: tuple[Tile, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    quotes: tuple[Quote, ...] = ()
    text: str = ""
    numbers: tuple[Number, ...] = ()


@dataclass(frozen=True)
class Report:
    """`facts` say period, filters and scope in words; `as_of` when the newest counted
    answer came."""

    title: str
    facts: tuple[str, ...]
    as_of: datetime | None
    sections: tuple[Section, ...]
