"""Many rows in one statement, for those who write thousands a second.

`bulk_create` prepares each value by itself, which costs more than storing it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model


def insert_all(rows: Sequence[Model]) -> None:
    """Insert unsaved rows of one model and give them their keys.

    Values go to the database as they are, an array for each column: no signals, no
    `pre_save`, no array fields. The database's own defaults apply.
    """
    if not rows:
        return
    plan = _plan(type(rows[0]), rows[0].pk is None)
    values = zip(*map(plan.read, rows), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            plan.statement,
            [
                _column(field, column)
                for field, column in zip(plan.fields, values, strict=True)
            ],
        )
        keys = cursor.fetchall()
    for row, (value,) in zip(rows, keys, strict=True):
        setattr(row, plan.key, value)
        row._state.adding = False
        row._state.db = connection.alias


@dataclass(frozen=True)
class _Plan:
    """How rows of one model are read and inserted; `key` is their key's attribute."""

    key: str
    fields: "Sequence[Field[Any, Any]]"
    statement: str

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
        if not field.has_db_default() and not (makes_key and field is key)
    ]
    table, names = model._meta.db_table, ", ".join(f'"{f.column}"' for f in fields)
    arrays = ", ".join(f"%s::{_type_of(field)}[]" for field in fields)
    statement = (
        f'INSERT INTO "{table}" ({names}) SELECT * FROM unnest({arrays})'  # noqa: S608
        f' RETURNING "{key.column}"'
    )
    return _Plan(key.attname, fields, statement)


def _column(field: "Field[Any, Any]", values: Sequence[object]) -> list[object]:
    if isinstance(field, JSONField):
        return [json.dumps(value) for value in values]
    return list(values)


def _type_of(field: "Field[Any, Any]") -> str:
    """Without its length: a cast would cut what the column is to refuse."""
    return (field.db_type(connection) or "").partition("(")[0]
