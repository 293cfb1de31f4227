"""Counts of thousands of groups, kept in arrays: only what is shown becomes words.

Of few groups there are dictionaries. Whoever asks need not know which: these functions
take either.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar, cast

from dashboards.scores import COUNTS

if TYPE_CHECKING:
    from dashboards.packing import Column, Numbers
    from surveys.wide_tables import WideTable

Counts = Mapping[str, int]
Key = TypeVar("Key")
# From so many groups on they are kept in arrays.
MANY = 1_000
_in_order = itemgetter(*COUNTS)


@dataclass(frozen=True, eq=False)
class CountTable(Mapping[Key, Counts]):
    """A row of COUNTS for each key.

    The key is a value of each column; of one column that `is_bare` the value itself.
    """

    columns: Sequence["Column"]
    numbers: "Numbers"
    is_bare: bool = False

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def __getitem__(self, key: Key) -> Counts:
        return dict(zip(COUNTS, self.numbers[self._rows[key]].tolist(), strict=True))

    @cached_property
    def _keys(self) -> list[Key]:
        parts = [
            [column.values[place] for place in column.places.tolist()]
            for column in self.columns
        ]
        keys: Any = parts[0] if self.is_bare else list(zip(*parts, strict=True))
        return cast(list[Key], keys)

    @cached_property
    def _rows(self) -> dict[Key, int]:
        return {key: row for row, key in enumerate(self._keys)}

    def sizes(self, names: Collection[str]) -> "Numbers":
        """For each key, the counts of these names added up."""
        wanted = [COUNTS.index(name) for name in names]
        return cast("Numbers", self.numbers[:, wanted].sum(axis=1))

    def total(self) -> Counts:
        return dict(zip(COUNTS, self.numbers.sum(axis=0).tolist(), strict=True))

    def turned(self) -> "CountTable[Any]":
        """With the parts of the key the other way round."""
        return CountTable(self.columns[::-1], self.numbers)

    def bare(self) -> "CountTable[Any]":
        """By the only value of the key."""
        return CountTable(self.columns, self.numbers, is_bare=True)

    def along(self, side: int) -> "CountTable[Any]":
        """Added up by one of the columns."""
        from dashboards.packing import Column, added

        column = self.columns[side]
        places, numbers = added(column.places, self.numbers)
        return CountTable([Column(column.values, places)], numbers, is_bare=True)

    def largest(self, names: Collection[str], most: int | None) -> list[Key]:
        sizes = self.sizes(names)
        least = 1
        if most is not None and len(sizes) > most:
            least = max(1, sorted(sizes.tolist(), reverse=True)[most - 1])
        rows = (sizes >= least).nonzero()[0].tolist()
        found = [(-int(sizes[row]), str(self._keys[row]), row) for row in rows]
        return [self._keys[row] for _n, _name, row in sorted(found)[:most]]

    def hidden_groups(self, names: Collection[str]) -> frozenset[Any]:
        """The values of the only column that may not be shown beside their total."""
        from surveys.wide_tables import hidden_lines

        sizes = self.sizes(names)
        keys: list[Any] = self.bare()._keys
        rows = hidden_lines(sizes, keys).nonzero()[0].tolist()
        return frozenset(keys[row] for row in rows)

    def as_wide(self, names: Collection[str]) -> "WideTable":
        """The answers of two columns that these names count."""
        from surveys.wide_tables import WideTable

        sizes = self.sizes(names)
        filled = sizes > 0
        rows, columns = self.columns
        return WideTable(
            (rows.values, columns.values),
            (rows.places[filled], columns.places[filled]),
            sizes[filled],
        )


def by_value(found: Mapping[Any, Counts]) -> Mapping[Any, Counts]:
    """Counts by the last part of their key, which nothing else tells apart."""
    if isinstance(found, CountTable):
        return found.bare()
    return {key[-1]: parts for key, parts in found.items()}


def sizes_in(found: Mapping[Key, Counts], names: Collection[str]) -> dict[Key, int]:
    """How many answers of these names each group has; without those that have none."""
    if isinstance(found, CountTable):
        told = zip(found, found.sizes(names).tolist(), strict=True)
        return {key: n for key, n in told if n}
    sizes = ((key, sum(parts[n] for n in names)) for key, parts in found.items())
    return {key: n for key, n in sizes if n}


def largest(
    found: Mapping[Key, Counts], names: Collection[str], most: int | None = None
) -> list[Key]:
    """Groups with answers of these names, those with most first; ties go by name."""
    if isinstance(found, CountTable):
        return found.largest(names, most)
    sizes = sizes_in(found, names)
    return sorted(sizes, key=lambda key: (-sizes[key], str(key)))[:most]


def along(found: Mapping[Any, Counts], side: int) -> Mapping[Any, Counts]:
    """Counts added up by one part of their key."""
    if isinstance(found, CountTable):
        return found.along(side)
    groups: dict[Any, list[Counts]] = {}
    for key, parts in found.items():
        groups.setdefault(key[side], []).append(parts)
    return {value: _added(parts) for value, parts in groups.items()}


def total_of(found: Mapping[Key, Counts]) -> Counts:
    """Counts of all groups added up."""
    if isinstance(found, CountTable):
        return found.total()
    return _added(found.values())


def _added(parts: Iterable[Counts]) -> Counts:
    nothing = (0,) * len(COUNTS)
    columns = zip(nothing, *map(_in_order, parts), strict=True)
    return dict(zip(COUNTS, map(sum, columns), strict=True))
