"""Pages cut where one respondent's copy differs from another's. Pure.

A template writes marks (`slot`, `order`, `wording`) into what it renders; `cut` finds
them, once, and `joined` makes a copy: bytes put together, nothing rendered again.
Marks are made of control characters, which neither texts nor answers can hold.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from uuid import UUID

from surveys.variants import drawn_wording, order_around

MARK = re.compile("\x02([^\x02\x03]*)\x03")


@dataclass(frozen=True)
class Slot:
    """Where a value of the copy stands; `default` is there already escaped."""

    name: str
    default: bytes


@dataclass(frozen=True)
class Order:
    """Parts in an order of the copy's own; those that stay keep their places."""

    salt: str
    parts: Mapping[str, "Parts"]
    stays: Mapping[str, bool]


@dataclass(frozen=True)
class Wording:
    """One of several ways to say it."""

    element_id: str
    parts: tuple["Parts", ...]


Part = bytes | Slot | Order | Wording
Parts = tuple[Part, ...]


@dataclass(frozen=True)
class Copy:
    """What makes one respondent's copy its own; values are words, not yet escaped."""

    token: str
    response_id: UUID
    values: Mapping[str, str] = field(default_factory=dict)


def slot(name: str, default: str = "") -> str:
    """The default is HTML."""
    return f"\x02={name}|{default}\x03"


def opened(kind: str, key: str) -> str:
    """The start of an order ("order", its salt) or of wordings ("wording", the element)."""
    return f"\x02({kind}|{key}\x03"


def item(key: str, *, stays: bool = False) -> str:
    return f"\x02,{int(stays)}|{key}\x03"


def closed() -> str:
    return "\x02)\x03"


def cut(html: str) -> Parts:
    pieces = iter(enumerate(MARK.split(html)))
    return _parts(pieces)[0]


def joined(parts: Iterable[Part], copy: Copy) -> bytes:
    return b"".join(_pieces(parts, copy))


def _parts(pieces: Iterator[tuple[int, str]]) -> tuple[Parts, str]:
    """The parts up to the mark that ends them, and that mark."""
    found: list[Part] = []
    for number, piece in pieces:
        if number % 2 == 0:
            if piece:
                found.append(piece.encode())
        elif piece[0] == "=":
            name, default = piece[1:].split("|", 1)
            found.append(Slot(name, default.encode()))
        elif piece[0] == "(":
            kind, key = piece[1:].split("|", 1)
            found.append(_group(kind, key, pieces))
        else:
            return tuple(found), piece
    return tuple(found), ""


def _group(kind: str, key: str, pieces: Iterator[tuple[int, str]]) -> Order | Wording:
    parts: dict[str, Parts] = {}
    stays: dict[str, bool] = {}
    _before, mark = _parts(pieces)
    while mark.startswith(","):
        stay, one = mark[1:].split("|", 1)
        stays[one] = stay == "1"
        parts[one], mark = _parts(pieces)
    if kind == "order":
        return Order(key, parts, stays)
    return Wording(key, tuple(parts.values()))


def _pieces(parts: Iterable[Part], copy: Copy) -> Iterator[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
        elif isinstance(part, Slot):
            yield _filled(part, copy)
        elif isinstance(part, Order):
            for key in order_around(part.stays, copy.response_id, part.salt):
                yield from _pieces(part.parts[key], copy)
        else:
            place = drawn_wording(part.element_id, len(part.parts), copy.response_id)
            yield from _pieces(part.parts[place], copy)


def _filled(part: Slot, copy: Copy) -> bytes:
    if part.name == "token":
        return copy.token.encode()
    value = copy.values.get(part.name)
    return escape(value).encode() if value else part.default
