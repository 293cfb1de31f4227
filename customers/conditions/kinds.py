"""Kinds of fields, what can be asked of each, and how a value of each is read."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    DATE = "date"
    LIST = "list"


class Op(StrEnum):
    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    BETWEEN = "between"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    IS_EMPTY = "is_empty"
    IS_NOT_EMPTY = "is_not_empty"


SAME = (Op.EQ, Op.NE)
ORDER = (Op.LT, Op.LTE, Op.GT, Op.GTE, Op.BETWEEN)
AMONG = (Op.IN, Op.NOT_IN)
WITHIN = (Op.CONTAINS, Op.NOT_CONTAINS)
GIVEN = (Op.IS_EMPTY, Op.IS_NOT_EMPTY)

OPERATORS: Mapping[Kind, tuple[Op, ...]] = {
    Kind.NUMBER: (*SAME, *ORDER, *AMONG, *GIVEN),
    Kind.TEXT: (*SAME, *AMONG, *WITHIN, *GIVEN),
    Kind.CHOICE: (*SAME, *AMONG, *GIVEN),
    Kind.BOOLEAN: (*SAME, *GIVEN),
    Kind.DATE: (*SAME, *ORDER, *GIVEN),
    Kind.LIST: (*AMONG, *WITHIN, *GIVEN),
}
"""What can be asked of each kind, in the order in which an editor offers it."""


@dataclass(frozen=True)
class Field:
    """A field that a caller offers. Without `choices` any value of the kind will do.

    `label` and the labels in `choices` may be lazy translations: they are shown by str().
    `least` and `most` say what a number can be, where that is known: an editor names
    them, and a comparison with another number is still one.
    """

    kind: Kind
    label: object
    choices: Mapping[str, object] = field(default_factory=dict)
    least: float | None = None
    most: float | None = None


Fields = Mapping[str, Field]
Readable = float | Decimal | str | bool | date | frozenset[str]
Reader = Callable[[object], Readable | None]
"""Gives a field's value as something comparable, or None where it is empty."""


def _number(value: object) -> float | Decimal | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return value if math.isfinite(value) else None


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value.strip().casefold() or None
    number = _number(value)
    return None if number is None else str(number)


def _choice(value: object) -> str | None:
    return value or None if isinstance(value, str) else _text(value)


def _boolean(value: object) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _date(value: object) -> date | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _list(value: object) -> frozenset[str] | None:
    items = value if isinstance(value, list | tuple | set | frozenset) else (value,)
    return frozenset(_texts(items)) or None


def _texts(items: Iterable[object]) -> Iterable[str]:
    for item in items:
        text = _text(item)
        if text is not None:
            yield text


READERS: Mapping[Kind, Reader] = {
    Kind.NUMBER: _number,
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.LIST: _list,
}
