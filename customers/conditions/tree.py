"""A checked condition: a tree of comparisons that judges values."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import ge, gt, le, lt
from typing import Any

from customers.conditions.kinds import GIVEN, READERS, Kind, Op, Readable, Reader

Value = None | bool | int | float | str | date | tuple["Value", ...]
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Found = Readable | None
# Of one field the found and the wanted are of one kind, and only numbers and dates are
# put in order; that is more than the type checker can see.
Wanted = tuple[Any, ...]
Holds = Callable[[Found, Wanted], bool]


class Condition(ABC):
    """Immutable, and equal to another that says the same."""

    @abstractmethod
    def matches(self, values: Mapping[str, object]) -> bool:
        """Whether the values, by field key, meet the condition."""

    @abstractmethod
    def to_json(self) -> dict[str, Json]:
        """The document that parses to this condition again."""

    @abstractmethod
    def comparisons(self) -> Iterator["Comparison"]:
        """The single comparisons, from left to right."""

    def fields(self) -> frozenset[str]:
        """The keys of the fields that the condition looks at."""
        return frozenset(comparison.field for comparison in self.comparisons())


@dataclass(frozen=True)
class AllOf(Condition):
    parts: tuple[Condition, ...]

    def matches(self, values: Mapping[str, object]) -> bool:
        # Twice as fast as all() of a generator; rules are judged for every answer.
        for part in self.parts:  # noqa: SIM110
            if not part.matches(values):
                return False
        return True

    def to_json(self) -> dict[str, Json]:
        return {"all": [part.to_json() for part in self.parts]}

    def comparisons(self) -> Iterator["Comparison"]:
        for part in self.parts:
            yield from part.comparisons()


@dataclass(frozen=True)
class AnyOf(Condition):
    parts: tuple[Condition, ...]

    def matches(self, values: Mapping[str, object]) -> bool:
        return any(part.matches(values) for part in self.parts)

    def to_json(self) -> dict[str, Json]:
        return {"any": [part.to_json() for part in self.parts]}

    def comparisons(self) -> Iterator["Comparison"]:
        for part in self.parts:
            yield from part.comparisons()


@dataclass(frozen=True)
class Not(Condition):
    part: Condition

    def matches(self, values: Mapping[str, object]) -> bool:
        return not self.part.matches(values)

    def to_json(self) -> dict[str, Json]:
        return {"not": self.part.to_json()}

    def comparisons(self) -> Iterator["Comparison"]:
        yield from self.part.comparisons()


@dataclass(frozen=True)
class Comparison(Condition):
    """`value` is None where the operator takes none, a tuple for several, dates parsed."""

    field: str
    kind: Kind
    op: Op
    value: Value = None

    def matches(self, values: Mapping[str, object]) -> bool:
        reader, holds, wanted = self._judge
        return holds(reader(values.get(self.field)), wanted)

    def to_json(self) -> dict[str, Json]:
        document: dict[str, Json] = {"field": self.field, "op": self.op.value}
        if self.op not in GIVEN:
            document["value"] = _as_json(self.value)
        return document

    def comparisons(self) -> Iterator["Comparison"]:
        yield self

    @cached_property
    def _judge(self) -> tuple[Reader, Holds, Wanted]:
        """Looked up once: rules are judged for every answer."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        read_item = READERS[Kind.TEXT if self.kind is Kind.LIST else self.kind]
        wanted = tuple(read_item(value) for value in values)
        return READERS[self.kind], _HOLDS[self.op], wanted


def _is_among(found: Found, wanted: Wanted) -> bool:
    if isinstance(found, frozenset):
        return any(item in found for item in wanted)
    return found is not None and found in wanted


def _contains(found: Found, wanted: Wanted) -> bool:
    return isinstance(found, str | frozenset) and wanted[0] in found


def _in_order(compare: Callable[[Any, Any], bool]) -> Holds:
    return lambda found, wanted: found is not None and compare(found, wanted[0])


def _is_between(found: Any, wanted: Wanted) -> bool:
    return found is not None and bool(wanted[0] <= found <= wanted[1])


_HOLDS: Mapping[Op, Holds] = {
    Op.EQ: _is_among,
    Op.NE: lambda found, wanted: not _is_among(found, wanted),
    Op.LT: _in_order(lt),
    Op.LTE: _in_order(le),
    Op.GT: _in_order(gt),
    Op.GTE: _in_order(ge),
    Op.BETWEEN: _is_between,
    Op.IN: _is_among,
    Op.NOT_IN: lambda found, wanted: not _is_among(found, wanted),
    Op.CONTAINS: _contains,
    Op.NOT_CONTAINS: lambda found, wanted: not _contains(found, wanted),
    Op.IS_EMPTY: lambda found, _wanted: found is None,
    Op.IS_NOT_EMPTY: lambda found, _wanted: found is not None,
}


def _as_json(value: Value) -> Json:
    if isinstance(value, tuple):
        return [_as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
