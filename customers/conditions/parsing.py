"""From a document, as stored or as sent by an editor, to a checked condition."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from customers.conditions.errors import ConditionError, Path
from customers.conditions.kinds import AMONG, GIVEN, OPERATORS, Field, Fields, Kind, Op
from customers.conditions.tree import AllOf, AnyOf, Comparison, Condition, Not, Value

MAX_DEPTH = 8
MAX_PARTS = 200
MAX_VALUES = 500
MAX_CHARACTERS = 500
MAX_NUMBER = 10**15
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""What PostgreSQL keeps in no text: NUL and lone surrogates."""


def parse(data: object, fields: Fields) -> Condition:
    """Check a document against the fields on offer. Raises ConditionError."""
    if data == {}:
        return AllOf(())
    return _Parser(fields).condition(data, (), 1)


class _Parser:
    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.parts = 0

    def condition(self, data: object, path: Path, depth: int) -> Condition:
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise ConditionError("too_many", path, limit=MAX_PARTS)
        if depth > MAX_DEPTH:
            raise ConditionError("too_deep", path, limit=MAX_DEPTH)
        if not isinstance(data, dict):
            raise ConditionError("not_a_condition", path)
        if "field" in data:
            return self.comparison(data, path)
        return self.group(data, path, depth)

    def group(self, data: Mapping[str, object], path: Path, depth: int) -> Condition:
        if len(data) != 1:
            raise ConditionError("not_a_condition", path)
        [(word, inner)] = data.items()
        within = (*path, word)
        if word == "not":
            return Not(self.condition(inner, within, depth + 1))
        if word not in ("all", "any") or not isinstance(inner, list):
            raise ConditionError("not_a_condition", path)
        if word == "any" and not inner:
            raise ConditionError("empty_group", within)
        parts = tuple(
            self.condition(part, (*within, place), depth + 1)
            for place, part in enumerate(inner)
        )
        return AllOf(parts) if word == "all" else AnyOf(parts)

    def comparison(self, data: Mapping[str, object], path: Path) -> Comparison:
        for name in data:
            if name not in ("field", "op", "value"):
                raise ConditionError("unknown_key", path, key=name)
        key = data["field"]
        offered = self.fields.get(key) if isinstance(key, str) else None
        if not isinstance(key, str) or offered is None:
            raise ConditionError("unknown_field", (*path, "field"), field=str(key))
        op = _op(data.get("op"), offered, (*path, "op"))
        value = _value(op, data.get("value"), offered, (*path, "value"))
        return Comparison(key, offered.kind, op, value)


def _op(op: object, offered: Field, path: Path) -> Op:
    for known in OPERATORS[offered.kind]:
        if op == known.value:
            return known
    raise ConditionError("wrong_op", path, field=offered.label, op=str(op))


def _value(op: Op, value: object, offered: Field, path: Path) -> Value:
    is_missing = value is None or value in ("", [])
    if op in GIVEN:
        if not is_missing:
            raise ConditionError("no_value_expected", path, field=offered.label)
        return None
    if is_missing:
        raise ConditionError("value_missing", path, field=offered.label)
    if op in AMONG:
        return _values(value, offered, path)
    if op is Op.BETWEEN:
        return _range(value, offered, path)
    return _single(value, offered, path)


def _values(value: object, offered: Field, path: Path) -> tuple[Value, ...]:
    if not isinstance(value, list):
        raise ConditionError("not_a_list", path, field=offered.label)
    if len(value) > MAX_VALUES:
        raise ConditionError("too_many_values", path, limit=MAX_VALUES)
    return tuple(
        _single(item, offered, (*path, place)) for place, item in enumerate(value)
    )


def _range(value: object, offered: Field, path: Path) -> tuple[Value, ...]:
    if not isinstance(value, list) or len(value) != 2:
        raise ConditionError("not_a_range", path, field=offered.label)
    low, high = _values(value, offered, path)
    if not _is_ascending(low, high):
        raise ConditionError("not_a_range", path, field=offered.label)
    return low, high


def _is_ascending(low: Any, high: Any) -> bool:
    return bool(low <= high)


def _single(value: object, offered: Field, path: Path) -> Value:
    checked = _CHECKS[offered.kind](value)
    if checked is None:
        code = "text" if offered.kind is Kind.LIST else offered.kind.value
        raise ConditionError(f"not_a_{code}", path, field=offered.label)
    if isinstance(checked, str) and len(checked) > MAX_CHARACTERS:
        raise ConditionError("too_long", path, limit=MAX_CHARACTERS)
    if offered.choices and checked not in offered.choices:
        shown = str(checked)
        raise ConditionError("unknown_choice", path, field=offered.label, value=shown)
    return checked


def _number(value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -MAX_NUMBER <= value <= MAX_NUMBER else None


def _text(value: object) -> Value:
    # Blank text is what is_empty asks for.
    if not isinstance(value, str) or UNSTORABLE.search(value) or not value.strip():
        return None
    return value


def _boolean(value: object) -> Value:
    return value if isinstance(value, bool) else None


def _date(value: object) -> Value:
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


_CHECKS: Mapping[Kind, Callable[[object], Value]] = {
    Kind.NUMBER: _number,
    Kind.TEXT: _text,
    Kind.CHOICE: _text,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.LIST: _text,
}
