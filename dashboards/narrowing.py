"""What filters and a person's scope leave, dimension by dimension of the rollup.

Journeys, stages and teams are ways to pick touchpoints and to add them up.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db import connection

from dashboards.answer_shapes import SHAPE_OF
from dashboards.dimensions import Dimension, Value
from dashboards.selection import Filters, touchpoints
from teams.access import scopes_of
from teams.models import DataScope, User

# The same for everybody with the same scopes, and asked for by each page.
KEPT = timedelta(seconds=60)
# Of a touchpoint's line: its id, and what it belongs to.
_PLACES: tuple[Dimension, ...] = ("touchpoint", "stage", "journey", "team")
_LOOKUPS = ("id", "stage_id", "stage__journey_id", "team_id")
_SCOPED = {
    DataScope.Dimension.REGION: "region",
    DataScope.Dimension.PRODUCT_LINE: "product_line",
    DataScope.Dimension.TIER: "tier",
}


@dataclass(frozen=True)
class Only:
    """Values that count: `allowed` ones (None: every value) that are not denied."""

    allowed: frozenset[Value] | None = None
    denied: frozenset[Value] = frozenset()

    def __call__(self, value: Value) -> bool:
        return (self.allowed is None or value in self.allowed) and (
            value not in self.denied
        )

    def __and__(self, other: "Only") -> "Only":
        both = [one for one in (self.allowed, other.allowed) if one is not None]
        allowed = frozenset.intersection(*both) if both else None
        return Only(allowed, self.denied | other.denied)


@dataclass(frozen=True)
class Narrowing:
    """`only` by the names of the rollup's columns; `columns` are all that are in play.

    `read` makes of a column's value what it is in a dimension of the question.
    """

    by: tuple[Dimension, ...]
    only: Mapping[str, Only]
    _places: Mapping[Value, tuple[Value, ...]] = field(default_factory=dict)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(sorted({*self.only, *map(column_of, self.by)}))

    @cached_property
    def grouped(self) -> tuple[str, ...]:
        """The columns that the answers are told apart by."""
        return tuple(sorted(set(map(column_of, self.by))))

    def key(self, values: Sequence[Value]) -> tuple[Value, ...]:
        """A value for each dimension asked `by`, of those of `grouped`."""
        given = dict(zip(self.grouped, values, strict=True))
        return tuple(self.read(name, given[column_of(name)]) for name in self.by)

    def read(self, dimension: Dimension, value: Value) -> Value:
        """The dimension's value of that of its column."""
        if dimension not in _PLACES[1:]:
            return value
        place = self._places.get(value)
        return place[_PLACES.index(dimension)] if place else ""


def is_rolled_up(filters: Filters, by: Collection[Dimension]) -> bool:
    """Whether the rollup knows all of it: accounts and free attributes it does not."""
    names = {*filters.given, *by}
    return not filters.attributes and all(column_of(n) in SHAPE_OF for n in names)


def column_of(dimension: Dimension) -> str:
    return "touchpoint" if dimension in _PLACES else dimension


def narrowing(user: User, filters: Filters, by: Sequence[Dimension]) -> Narrowing:
    only: dict[str, Only] = {}

    def narrow(column: str, more: Only) -> None:
        only[column] = only.get(column, Only()) & more

    for scoped, column in _SCOPED.items():
        lines = [scope for scope in scopes_of(user) if scope.dimension == scoped]
        if lines:
            narrow(column, _scoped(lines))
    for dimension, value in filters.given.items():
        if dimension not in _PLACES[1:]:
            narrow(dimension, Only(frozenset([value])))
    places = _places(user, filters, by)
    if places is not None and _picks_places(user, filters):
        narrow("touchpoint", Only(frozenset(places)))
    return Narrowing(tuple(by), only, places or {})


def recent_values(
    user: User, columns: Sequence[str], *, since: date, most: int
) -> dict[str, list[str]]:
    """The values of these columns that answers have had lately, each within the scope:
    `most` of each, those with most answers first. What is new comes a little later."""
    only = narrowing(user, Filters(), ()).only
    parts = [_RECENT.format(scope=_scope_of(only.get(c, Only()))) for c in columns]
    values: list[Any] = []
    for column in columns:
        shape, within = SHAPE_OF[column].value, only.get(column, Only())
        values += [shape, shape, since, *_texts_of(within), MOST_CELLS, most]
    asked = " UNION ALL ".join(parts), values
    key = f"recent-values:{sha256(repr(asked).encode()).hexdigest()[:16]}"
    rows: list[tuple[int, str]] | None = cache.get(key)
    if rows is None:
        with connection.cursor() as cursor:
            cursor.execute(*asked)
            rows = cursor.fetchall()
        cache.set(key, rows, KEPT.total_seconds())
    found: dict[str, list[str]] = {column: [] for column in columns}
    names = {SHAPE_OF[column].value: column for column in columns}
    for shape, value in rows:
        found[names[shape]].append(value)
    return found


# Of a column with tens of thousands of values only the newest cells are looked at.
MOST_CELLS = 20_000
_RECENT = """
    (SELECT %s::int, value FROM (
        SELECT value, responses FROM dashboards_answercell
        WHERE shape = %s AND day >= %s {scope} ORDER BY day DESC LIMIT %s) newest
    GROUP BY value ORDER BY sum(responses) DESC, value LIMIT %s)"""


def _scope_of(within: Only) -> str:
    allowed = "" if within.allowed is None else "AND value = ANY(%s)"
    return f"{allowed} AND value <> ALL(%s)" if within.denied else allowed


def _texts_of(within: Only) -> list[list[str]]:
    given = (within.allowed, within.denied or None)
    return [sorted(map(str, values)) for values in given if values is not None]


def _scoped(lines: Sequence[DataScope]) -> Only:
    """The person's lines on one dimension: of several allowed values any will do."""
    allowed = frozenset(s.value for s in lines if s.effect == DataScope.Effect.ALLOW)
    denied = frozenset(s.value for s in lines if s.effect != DataScope.Effect.ALLOW)
    return Only(allowed or None, denied)


def _picks_places(user: User, filters: Filters) -> bool:
    is_scoped = any(s.dimension == DataScope.Dimension.TEAM for s in scopes_of(user))
    return is_scoped or any(name in _PLACES[1:] for name in filters.given)


def _places(
    user: User, filters: Filters, by: Collection[Dimension]
) -> dict[Value, tuple[Value, ...]] | None:
    """The touchpoints to be counted, where it takes more than their ids to tell."""
    if not _picks_places(user, filters) and not set(by) & set(_PLACES[1:]):
        return None
    found = touchpoints(user)
    for name, lookup in zip(_PLACES, _LOOKUPS, strict=True):
        value = filters.given.get(name)
        if value is not None:
            found = found.filter(**{lookup: value})
    return {row[0]: row for row in found.values_list(*_LOOKUPS)}
