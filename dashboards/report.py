"""A page of numbers as a value: what is shared, mailed, printed and exported of it."""

from dataclasses import dataclass
from datetime import datetime

from dashboards.figures import Figure
from dashboards.tiles import Tile


@dataclass(frozen=True)
class Table:
    """`rows` in words, as on the page; a hidden value is already hidden here."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Quote:
    """What a customer wrote; left out where comments are to be hidden."""

    text: str
    said: str


@dataclass(frozen=True)
class Section:
    heading: str
    tiles: tuple[Tile, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    quotes: tuple[Quote, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Report:
    """`facts` say period, filters and scope in words; `as_of` when the newest counted
    answer came."""

    title: str
    facts: tuple[str, ...]
    as_of: datetime | None
    sections: tuple[Section, ...]
