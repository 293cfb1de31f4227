"""Many rows in one statement, for those who write thousands a second.

`bulk_create` prepares each value by itself, which costs more than storing it.
"""

import json
from collections.abc import Sequence
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
    model = type(rows[0])
    key = model._meta.pk
    fields = [f for f in model._meta.concrete_fields if not _is_left_out(f, rows[0])]
    values = zip(*map(attrgetter(*(f.attname for f in fields)), rows), strict=True)
    columns = [_column(*pair) for pair in zip(fields, values, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, fields, key), columns)
        keys = cursor.fetchall()
    for row, (value,) in zip(rows, keys, strict=True):
        setattr(row, key.attname, value)
        row._state.adding = False
        row._state.db = connection.alias


def _is_left_out(field: "Field[Any, Any]", row: Model) -> bool:
    """Whether the database is to make the value: keys, and columns with a default."""
    return field.has_db_default() or (field.primary_key and row.pk is None)


def _column(field: "Field[Any, Any]", values: Sequence[object]) -> list[object]:
    if isinstance(field, JSONField):
        return [json.dumps(value) for value in values]
    return list(values)


def _statement(
    model: type[Model], fields: Sequence["Field[Any, Any]"], key: "Field[Any, Any]"
) -> str:
    table, names = model._meta.db_table, ", ".join(f'"{f.column}"' for f in fields)
    arrays = ", ".join(f"%s::{_type_of(field)}[]" for field in fields)
    return (
        f'INSERT INTO "{table}" ({names}) SELECT * FROM unnest({arrays})'  # noqa: S608
        f' RETURNING "{key.column}"'
    )


def _type_of(field: "Field[Any, Any]") -> str:
    """Without its length: a cast would cut what the column is to refuse."""
    return (field.db_type(connection) or "").partition("(")[0]
