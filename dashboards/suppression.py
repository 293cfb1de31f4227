"""What may not be shown because of what else can be looked at.

A page with a filter, the same page without it and either told apart by something else
can be subtracted from each other. So whether a number is shown depends on the table of
every filter that is set against what the page tells apart, not on its size alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Protocol

from dashboards.counting import Counts, Key, counts
from dashboards.dimensions import Dimension, Value
from dashboards.periods import Grain
from dashboards.registry import SCORES
from dashboards.scores import SCORE_COLUMNS
from dashboards.selection import Filters
from surveys.hidden_tables import hidden_table
from surveys.metrics import hidden_groups, is_hidden
from teams.models import User

Sizes = Mapping[Key, int]
# With the attribute that a filter names, or with anything else.
WITH, WITHOUT = "with", "without"
# Of thousands of accounts or attributes a few answers are not worth the whole table.
MANY_CELLS = 5_000


class Reading(Protocol):
    """Answers as `counting.counts` does, of counts that were read already."""

    def __call__(
        self, filters: Filters, by: Sequence[Dimension], grain: Grain | None
    ) -> dict[Key, Counts]: ...


@dataclass(frozen=True)
class Span:
    """Who looks at which days; `reading` spares asking the database."""

    user: User
    since: date
    until: date
    reading: Reading | None = None


@dataclass(frozen=True)
class Hidden:
    """Of one score: which of the groups told apart, and whether all of them."""

    groups: frozenset[Value | date]
    is_closed: bool = False

    def __contains__(self, value: object) -> bool:
        return self.is_closed or value in self.groups


NOTHING_HIDDEN = Hidden(frozenset())


def hidden_scores(span: Span, filters: Filters) -> frozenset[str]:
    """Which scores of a selection may not be shown, although n is large enough.

    Each filter is looked at alone, and each two together, with the others set.
    """
    found: set[str] = set()
    for rest, given in _without_one(filters):
        sizes = _sizes(_told_apart(span, rest, given.by))
        found |= {key for key in SCORES if (given.key,) in hidden_groups(sizes[key])}
    for rest, row, column in _without_two(filters):
        tables = _sizes(_crossed(span, rest, row, column))
        turn = _turns(row.by, column.by)
        cell = (row.key, column.key)
        found |= {key for key in SCORES if _hides(tables[key], cell, turn=turn)}
    return frozenset(found)


def hidden_values(
    span: Span, filters: Filters, by: Dimension, groups: Mapping[Value, Counts]
) -> dict[str, Hidden]:
    """Which values of a dimension may not be shown, for each score.

    `groups` are the counts within the filters.
    """
    alone = _sizes({(value,): parts for value, parts in groups.items()})
    found = {
        key: Hidden(frozenset(value for (value,) in hidden_groups(alone[key])))
        for key in SCORES
    }
    for rest, row in _without_one(filters):
        tables = _sizes(_crossed(span, rest, row, _Given(by, "")))
        turn = _turns(row.by, by)
        for key in SCORES:
            mine = _row_of(tables[key], row.key, turn=turn)
            found[key] = _joined(found[key], mine)
    return found


def hidden_buckets(
    span: Span, filters: Filters, grain: Grain, buckets: Mapping[date, Counts]
) -> dict[str, Hidden]:
    """Which points of a line may not be shown, for each score."""
    alone = _sizes({(bucket,): parts for bucket, parts in buckets.items()})
    found = {
        key: Hidden(frozenset(bucket for (bucket,) in hidden_groups(alone[key])))
        for key in SCORES
    }
    for rest, row in _without_one(filters):
        tables = _sizes(_over_time(span, rest, row, grain))
        for key in SCORES:
            found[key] = _joined(found[key], _row_of(tables[key], row.key))
    return found


@dataclass(frozen=True)
class _Given:
    """A filter that is set: a dimension and its value, or one of the attributes."""

    by: Dimension | tuple[str, str]
    key: Value


def _without_one(filters: Filters) -> Iterator[tuple[Filters, _Given]]:
    for given in _given(filters):
        yield _drop(filters, given), given


def _without_two(filters: Filters) -> Iterator[tuple[Filters, _Given, _Given]]:
    for first, second in combinations(_given(filters), 2):
        yield _drop(_drop(filters, first), second), first, second


def _given(filters: Filters) -> list[_Given]:
    dimensions = [_Given(d, value) for d, value in filters.given.items()]
    return [*dimensions, *(_Given(each, WITH) for each in filters.attributes)]


def _drop(filters: Filters, given: _Given) -> Filters:
    if isinstance(given.by, tuple):
        left = tuple(each for each in filters.attributes if each != given.by)
        return replace(filters, attributes=left)
    # A dimension's name is that of the field.
    return replace(filters, **{given.by: None})  # type: ignore[arg-type]


def _told_apart(
    span: Span, rest: Filters, by: Dimension | tuple[str, str]
) -> dict[Key, Counts]:
    if not isinstance(by, tuple):
        return _counts(span, rest, [by])
    return _by_attribute(by, rest, lambda filters: _counts(span, filters, []))


def _crossed(
    span: Span, rest: Filters, row: _Given, column: _Given
) -> dict[Key, Counts]:
    """By both; of a column's dimension every value."""
    first, second = row.by, column.by
    if not isinstance(first, tuple) and not isinstance(second, tuple):
        return _counts(span, rest, [first, second])
    if isinstance(first, tuple):
        return _by_attribute(first, rest, lambda f: _told_apart(span, f, second))
    assert isinstance(second, tuple)
    turned = _by_attribute(second, rest, lambda f: _told_apart(span, f, first))
    return {(one, other): parts for (other, one), parts in turned.items()}


def _over_time(
    span: Span, rest: Filters, row: _Given, grain: Grain
) -> dict[Key, Counts]:
    if isinstance(row.by, tuple):
        return _by_attribute(row.by, rest, lambda f: _counts(span, f, [], grain))
    turned = _counts(span, rest, [row.by], grain)
    return {(value, bucket): parts for (bucket, value), parts in turned.items()}


def _by_attribute(
    attribute: tuple[str, str],
    rest: Filters,
    ask: Callable[[Filters], dict[Key, Counts]],
) -> dict[Key, Counts]:
    """Those with the attribute, and what is left of all."""
    narrowed = replace(rest, attributes=(*rest.attributes, attribute))
    having, everybody = ask(narrowed), ask(rest)
    found: dict[Key, Counts] = {(WITH, *key): parts for key, parts in having.items()}
    for key, parts in everybody.items():
        mine = having.get(key, {})
        others = {name: n - mine.get(name, 0) for name, n in parts.items()}
        found[(WITHOUT, *key)] = others
    return found


def _counts(
    span: Span, filters: Filters, by: list[Dimension], grain: Grain | None = None
) -> dict[Key, Counts]:
    if span.reading:
        return span.reading(filters, by, grain)
    return counts(
        span.user, filters, since=span.since, until=span.until, by=by, grain=grain
    )


def _sizes(found: Mapping[Key, Counts]) -> dict[str, dict[Key, int]]:
    """For each score, how many answered of every group."""
    return {
        score: {
            key: n
            for key, parts in found.items()
            if (n := sum(map(parts.__getitem__, SCORE_COLUMNS[score].values())))
        }
        for score in SCORES
    }


def _turns(row: Dimension | tuple[str, str], column: object) -> bool:
    """Whether the table is looked at from its other side: two pages that show it, each
    from its own, must hide the same cells."""
    return str(row) > str(column)


def _hides(sizes: Sizes, cell: tuple[Value, Value], *, turn: bool) -> bool:
    if sizes.get(cell, 0) > 0 and is_hidden(sizes[cell]):
        return True
    table = hidden_table(_as_table(sizes, turn=turn))
    return table.is_closed or (cell[::-1] if turn else cell) in table.cells


def _row_of(sizes: Sizes, row: Value, *, turn: bool = False) -> Hidden:
    if len(sizes) > MANY_CELLS:
        n = sum(each for key, each in sizes.items() if key[0] == row)
        if n > 0 and is_hidden(n):
            # All of its cells are too small; which are empty need not be known.
            return Hidden(frozenset(), is_closed=True)
    table = hidden_table(_as_table(sizes, turn=turn))
    cells = ((b, a) if turn else (a, b) for a, b in table.cells)
    groups = frozenset(column for each, column in cells if each == row)
    return Hidden(groups, is_closed=table.is_closed)


def _as_table(
    sizes: Sizes, *, turn: bool
) -> dict[tuple[Value | date, Value | date], int]:
    """In an order of its own, whatever order the database told them in."""
    cells = (
        (((column, row) if turn else (row, column)), n)
        for (row, column), n in sizes.items()
    )
    return dict(sorted(cells, key=lambda cell: str(cell[0])))


def _joined(one: Hidden, other: Hidden) -> Hidden:
    return Hidden(one.groups | other.groups, one.is_closed or other.is_closed)
