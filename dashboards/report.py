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

    `number` is None where nothing was measured or the value is hidden.
    """

    text: str
    number: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Table:
    """`rows` in words, as on the page, or as Values; a hidden value is already hidden
    here. One of single customers (`is_personal`) never leaves with a link."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | Value, ...], ...]
    is_personal: bool = False


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
