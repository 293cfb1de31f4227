"""Many rows in one statement, for those who write thousands a second.

`bulk_create` prepares each value by itself, which costs more than storing it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, JSONField, Model

from events.prepared import Asked, Prepared


def insert_all(rows: Sequence[Model]) -> None:
    """Insert unsaved rows of one model and give them their keys.

    Values go to the database as they are, an array for each column: no signals, no
    `pre_save`, no array fields. The database's own defaults apply.
    """
    if not rows:
        return
    statement, values = insertion(rows)
    with connection.cursor() as cursor:
        statement.execute(cursor, values)
        keys = cursor.fetchall()
    key = type(rows[0])._meta.pk.attname
    for row, (value,) in zip(rows, keys, strict=True):
        setattr(row, key, value)
        row._state.adding = False
        row._state.db = DEFAULT_DB_ALIAS


def insertion(rows: Sequence[Model]) -> Asked:
    """What `insert_all` would run for these rows, at least one."""
    plan = _plan(type(rows[0]), rows[0].pk is None)
    columns = zip(plan.fields, zip(*map(plan.read, rows), strict=True), strict=True)
    return plan.statement, {str(f.column): _column(f, values) for f, values in columns}


@dataclass(frozen=True)
class _Plan:
    """How rows of one model are read and inserted."""

    fields: "Sequence[Field[Any, Any]]"
    statement: Prepared

    @cached_property
    def read(self) -> Callable[[Model], tuple[object, ...]]:
        return attrgetter(*(field.attname for field in self.fields))


@cache
def _plan(model: type[Model], makes_key: bool) -> _Plan:
    """The database makes what has a default there, and keys that are not given."""
    key = model._meta.pk
    fields = [
        field
        for field in model._meta.concrete_fields
        if not (field.has_db_default() or field.generated)
        and not (makes_key and field is key)
    ]
    table, names = model._meta.db_table, [str(field.column) for field in fields]
    values = ", ".join(f"%({name})s" for name in names)
    statement = Prepared(
        f"cem_insert_{'new' if makes_key else 'keyed'}_{table}",
        {
            name: f"{_type_of(field)}[]"
            for name, field in zip(names, fields, strict=True)
        },
        f'INSERT INTO "{table}" ({", ".join(names)})'  # noqa: S608
        f' SELECT * FROM unnest({values}) RETURNING "{key.column}"',
    )
    return _Plan(fields, statement)


def _column(field: "Field[Any, Any]", values: Sequence[object]) -> list[object]:
    if isinstance(field, JSONField):
        return [json.dumps(value) for value in values]
    return list(values)


def _type_of(field: "Field[Any, Any]") -> str:
    """Without its length: a cast would cut what the column is to refuse."""
    return (field.db_type(connection) or "").partition("(")[0]
