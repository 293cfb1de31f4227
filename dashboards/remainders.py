"""What filters leave out: a number is not shown where that would be a few.

Whoever sees a share with a filter and without it can subtract one from the other. So what
numbers rest on goes through the tables of `suppression`, as scores do.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
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

# What a page tells apart beside the dimensions; no filter knows it.
GROUP = cast(Dimension, "group")
# Where rows say what they are told apart by.
Lookups = Mapping[Dimension, str | Combinable]
OF_ANSWERS: Lookups = {
    dimension: declared.lookup for dimension, declared in DIMENSIONS.items()
}


# A selection, and what it is told apart by.
Table = tuple[Filters, tuple[Dimension, ...]]


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


def tables_behind(filters: Filters) -> list[Table]:
    """What `Bases.hidden` reads of these filters, to be read all at once."""
    tables: dict[Table, None] = {}

    def noted(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
        tables[filters, tuple(by)] = None
        return {}

    Bases(noted, ["any"]).hidden(filters)
    return list(tables)


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
