"""Statements that are planned a few times per connection, because planning them costs
as much as running them.

Behind PgBouncer in transaction mode, where a plan may be on another connection,
PREPARED_STATEMENTS=false sends the statement whole each time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True)
class Prepared:
    """`sql` names its parameters `%(name)s`; `types` gives each its SQL type.

    `name` is the plan's, and belongs to this statement alone.
    """

    name: str
    types: Mapping[str, str]
    sql: str

    def execute(self, cursor: CursorWrapper, values: Mapping[str, Any]) -> None:
        """Run it; `values` has every name of `types`."""
        cursor.execute(self.call(cursor), values)

    def call(self, cursor: CursorWrapper) -> str:
        """What runs it on this connection, with the parameters still open."""
        if not settings.PREPARED_STATEMENTS:
            return self._whole
        calls = _calls.setdefault(cursor.connection, {})
        if not calls:
            # Else each call with few values is planned anew, as if it were special.
            cursor.execute("SET plan_cache_mode = force_generic_plan")
        times = calls.get(self.name, 0)
        # Planned when its tables were empty, it would read them whole at every call,
        # however large they have become: forgotten after 1, 2, 4, 8 … calls.
        if times.bit_count() == 1:
            cursor.execute(f"DEALLOCATE {self.name}")
            del calls[self.name]
        if self.name not in calls:
            cursor.execute(self._preparation)
        calls[self.name] = times + 1
        return self._execution

    @cached_property
    def _whole(self) -> str:
        return self.sql % {n: f"%({n})s::{kind}" for n, kind in self.types.items()}

    @cached_property
    def _preparation(self) -> str:
        positions = {
            name: f"${number}::{kind}"
            for number, (name, kind) in enumerate(self.types.items(), 1)
        }
        types = f"({', '.join(self.types.values())})" if self.types else ""
        return f"PREPARE {self.name} {types} AS {self.sql % positions}"

    @cached_property
    def _execution(self) -> str:
        # Each value becomes what the plan declares; saying so again here would cost the
        # database as much as reading the value. But psycopg2 writes a list of texts as
        # text[], whatever it is to become.
        values = ", ".join(
            f"%({name})s::{kind}" if kind.endswith("[]") else f"%({name})s"
            for name, kind in self.types.items()
        )
        return f"EXECUTE {self.name} ({values})" if values else f"EXECUTE {self.name}"


Asked = tuple[Prepared, Mapping[str, Any]]


def as_array(ids: Iterable[UUID | str]) -> str:
    """Ids as one text that PostgreSQL reads as an array.

    psycopg2 writes a cast for each UUID of a list, which costs more than finding it.
    """
    return f"{{{','.join(map(str, ids))}}}"


def execute_together(cursor: CursorWrapper, *asked: Asked) -> None:
    """Run one after the other in one round trip; the rows are those of the last.

    Each sees what was committed before it began, as if it had come alone.
    """
    calls = [cursor.mogrify(one.call(cursor), values) for one, values in asked]
    cursor.execute(b"; ".join(calls).decode())


# How often each connection was asked for each plan.
_calls: WeakKeyDictionary[Any, dict[str, int]] = WeakKeyDictionary()
