"""How many customers the numbers of `orders` rest on, told apart: what to hide of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboards.counting import Counts, Key
from dashboards.dimensions import Dimension
from dashboards.money import Behaviour
from dashboards.orders import (
    OF_CUSTOMERS,
    Asked,
    apart,
    apart_by_groups,
    latest_groups,
    recovery_groups,
)
from dashboards.remainders import GROUP, Bases, added_up
from dashboards.selection import Filters

OF_EVERYBODY = ("active", "buyers", "won", "called")
# As `orders` calls these groups.
_SIDES = ("recovered", "not")
_OF_A_SIDE = ("customers", "active")
OF_RETURN = tuple(f"{side} {name}" for side in _SIDES for name in _OF_A_SIDE)


def bases_of(asked: Asked) -> Bases:
    """Under the names of OF_EVERYBODY."""

    def read(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
        found = apart(_narrowed(asked, filters), by)
        return {key: sizes_of(done) for key, done in found.items()}

    return Bases(read, OF_EVERYBODY, OF_CUSTOMERS)


def bases_by_group(asked: Asked) -> Bases:
    """The same where GROUP tells apart what customers said."""

    def read(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
        within = _narrowed(asked, filters)
        columns = [dimension for dimension in by if dimension != GROUP]
        rows = apart_by_groups(within, latest_groups(within), columns)
        return added_up(
            (_placed(by, key), sizes_of(done)) for key, done in rows.items()
        )

    return Bases(read, OF_EVERYBODY, OF_CUSTOMERS)


def bases_of_return(asked: Asked) -> Bases:
    """Under the names of OF_RETURN, which tell the recovered from the others."""

    def read(filters: Filters, by: Sequence[Dimension]) -> Mapping[Key, Counts]:
        within = _narrowed(asked, filters)
        found: dict[Key, dict[str, int]] = {}
        rows = apart_by_groups(within, recovery_groups(within), by)
        for (side, *key), done in rows.items():
            if side in _SIDES:
                sizes = found.setdefault(tuple(key), dict.fromkeys(OF_RETURN, 0))
                for name, n in _sizes(done, _OF_A_SIDE).items():
                    sizes[f"{side} {name}"] = n
        return found

    return Bases(read, OF_RETURN, OF_CUSTOMERS)


def sizes_of(done: Behaviour) -> Counts:
    return _sizes(done, OF_EVERYBODY)


def _placed(by: Sequence[Dimension], key: Key) -> Key:
    """The group stands first in the key; here where it was asked for."""
    group, *values = key
    rest = iter(values)
    return tuple(group if dimension == GROUP else next(rest) for dimension in by)


def _narrowed(asked: Asked, filters: Filters) -> Asked:
    """Narrowed by other customers; what says which answers count stays."""
    of_customers: dict[str, Any] = {d: getattr(filters, d) for d in OF_CUSTOMERS}
    mine = replace(asked.filters, **of_customers, attributes=filters.attributes)
    return replace(asked, filters=mine)


def _sizes(done: Behaviour, names: Sequence[str]) -> Counts:
    return {name: getattr(done, name) for name in names}
