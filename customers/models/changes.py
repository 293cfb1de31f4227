"""What an edit really changes."""

from collections.abc import Mapping
from typing import Any

from django.db import models


def changed_fields(instance: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Set `values` on the instance; the fields that differ from the stored row.

    Locks the row, so call it inside the transaction that saves.
    """
    stored = type(instance)._base_manager.select_for_update().get(pk=instance.pk)
    for name, value in values.items():
        setattr(instance, name, value)
    return [name for name in values if getattr(stored, name) != getattr(instance, name)]
