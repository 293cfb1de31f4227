"""What filters leave out: a number is not shown where that would be a few.

Whoever sees a share with a filter and without it can subtract one from the other. Numbers
that can be told apart by their filters go through the tables of `suppression`, as scores
do; of the others it is only seen to that no single filter leaves out a few.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast

from django.db.models import Aggregate, F, QuerySet
from django.db.models.expressions import Combinable

from dashboards.count_tables import by_value
from dashboards.counting import Counts, Key
from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.periods import Grain
from dashboards.selection import Filters
from dashboards.suppression import Columns, Hidden, hidden_scores, hidden_values
from surveys.metrics import is_hidden

# What a page tells apart beside the dimensions; no filter knows it.
GROUP = cast(Dimension, "group")
# Where rows say what they are told apart by.
Lookups = Mapping[Dimension, str | Combinable]
OF_ANSWERS: Lookups = {
    dimension: declared.lookup for dimension, declared in DIMENSIONS.items()
}


class Reading(Protocol):
    """Of a selection, how many rows each number rests on, by its name; told apart."""

    def __call__(
        self, filters: Filters, by: Sequence[Dimension]
    ) -> Mapping[Key, Counts]: ...


@dataclass(frozen=True)
class Bases:
    """What numbers rest on, each under a name, to be asked what must be hidden.

    `narrowed_by`: filters by any other dimension leave these rows alone.
    """

    reading: Reading
    names: Collection[str]
    narrowed_by: Collection[Dimension] = tuple(DIMENSIONS)

    @property
    def columns(self) -> Columns:
        return {name: (name,) for name in self.names}

    def read(
        self, filters: Filters, by: Sequence[Dimension], grain: Grain | None = None
    ) -> Mapping[Key, Counts]:
        assert grain is None, "Only scores are drawn over time."
        return self.reading(filters, by)

    def hidden(self, filters: Filters) -> frozenset[str]:
        """The names of those that other pages, subtracted, would give away.

        Which are too few by themselves is left to whoever shows them.
        """
        return hidden_scores(_Remembered(self), self._narrowing(filters))

    def hidden_values(
        self,
        filters: Filters,
        by: Dimension,
        groups: Mapping[Any, Counts] | None = None,
    ) -> dict[str, Hidden]:
        """Which values of a dimension may not be shown, by name.

        `groups` within the filters, where they were counted already.
        """
        filters = self._narrowing(filters)
        if groups is None:
            groups = by_value(self.reading(filters, [by]))
        return hidden_values(self, filters, by, groups)

    def _narrowing(self, filters: Filters) -> Filters:
        given = {d: v for d, v in filters.given.items() if d in self.narrowed_by}
        return Filters(**given, attributes=filters.attributes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Remembered:
    """Reads each table once: what one dimension tells apart within a filter is a line of
    the table of both."""

    bases: Bases
    tables: dict[tuple[Filters, tuple[Dimension, ...]], Mapping[Key, Counts]] = field(
        default_factory=dict
    )

    @property
    def columns(self) -> Columns:
        return self.bases.columns

    def read(
        self, filters: Filters, by: Sequence[Dimension], grain: Grain | None = None
    ) -> Mapping[Key, Counts]:
        if len(by) != 1 or not filters.given:
            return self._table(filters, tuple(by))
        [column] = by
        other, value = next(iter(filters.given.items()))
        both = tuple(sorted((column, other), key=list(DIMENSIONS).index))
        place = both.index(other)
        # A dimension's name is that of the field.
        table = self._table(replace(filters, **{other: None}), both)  # type: ignore[arg-type]
        return {
            (key[1 - place],): sizes
            for key, sizes in table.items()
            if key[place] == value
        }

    def _table(
        self, filters: Filters, by: tuple[Dimension, ...]
    ) -> Mapping[Key, Counts]:
        if (filters, by) not in self.tables:
            self.tables[filters, by] = self.bases.reading(filters, by)
        return self.tables[filters, by]


def told_apart(
    found: QuerySet[Any, Any],
    by: Sequence[Dimension],
    lookups: Lookups,
    **sizes: Aggregate,
) -> dict[Key, Counts]:
    """Rows counted by these dimensions; what has no value has ''."""
    names = {
        f"by_{place}": F(at) if isinstance(at := lookups[dimension], str) else at
        for place, dimension in enumerate(by)
    }
    # Not by their names alone, which may be those of fields.
    counted = {f"n_of_{name}": size for name, size in sizes.items()}
    rows = found.order_by().values(**names).annotate(**counted)
    values = (
        rows.values_list(*names, *counted)
        if names
        else [tuple(found.order_by().aggregate(**counted).values())]
    )
    return added_up(
        (
            tuple("" if value is None else value for value in row[: len(by)]),
            dict(zip(sizes, row[len(by) :], strict=True)),
        )
        for row in values
    )


def added_up(parts: Iterable[tuple[Key, Counts]]) -> dict[Key, Counts]:
    found: dict[Key, Counts] = {}
    for key, part in parts:
        had = found.get(key, {})
        found[key] = {name: n + had.get(name, 0) for name, n in part.items()}
    return found


def leave_few(n: int, wholes: Iterable[int]) -> bool:
    """Whether a number that rests on `n` gives away a few when subtracted from one that
    rests on any of the `wholes`."""
    return any(whole > n and is_hidden(whole - n) for whole in wholes)


def leave_few_in_both(
    both: tuple[int, int], wholes: Iterable[tuple[int, int]]
) -> tuple[bool, bool]:
    """The same of numbers of this period and of the one before."""
    wholes = list(wholes)
    return (
        leave_few(both[0], (now for now, _before in wholes)),
        leave_few(both[1], (before for _now, before in wholes)),
    )


def wider(filters: Filters) -> Iterator[Filters]:
    """The filters less each of them."""
    for dimension in filters.given:
        # A dimension's name is that of the field.
        yield replace(filters, **{dimension: None})  # type: ignore[arg-type]
    for given in filters.attributes:
        left = tuple(each for each in filters.attributes if each != given)
        yield replace(filters, attributes=left)
