"""Fields that several resources of the API share."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.models import Customer

LARGEST = 16 * 1024  # bytes of JSON


@extend_schema_field({"type": "object", "additionalProperties": True})
class FreeObject(serializers.DictField):
    """A JSON object of the sender's own; refused where PostgreSQL could not hold it."""

    default_error_messages = {
        "too_large": _("This may hold at most %(most)d bytes.") % {"most": LARGEST},
        "null_character": _("This may not hold the character NUL."),
    }

    def to_internal_value(self, data: Any) -> dict[Any, Any]:
        value = super().to_internal_value(data)
        text = json.dumps(value)
        if len(text) > LARGEST:
            self.fail("too_large")
        if "\\u0000" in text:
            self.fail("null_character")
        return value


class FlatFacts(FreeObject):
    """Names and plain values: what is snapshot with an answer."""

    default_error_messages = {
        "not_flat": _("Values must be text, numbers, true or false.")
    }

    def to_internal_value(self, data: Any) -> dict[Any, Any]:
        value = super().to_internal_value(data)
        plain = {k: v for k, v in value.items() if v is not None}
        if any(isinstance(v, dict | list) for v in plain.values()):
            self.fail("not_flat")
        return {name: _as_text(v) for name, v in plain.items()}


class ExternalIdField(serializers.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=80, **options)


class CustomerReference(serializers.Serializer[Customer]):
    """A customer as the sender's own system names them."""

    external_id = ExternalIdField()


class CustomerInBrief(serializers.ModelSerializer[Customer]):
    class Meta:
        model = Customer
        fields = ("id", "external_id", "name")
        read_only_fields = fields


def check_fact_lengths(facts: Mapping[str, str]) -> None:
    """Raises ValidationError where a fact is longer than its column."""
    for name in ("region", "product_line", "tier"):
        most: int = getattr(Customer._meta.get_field(name), "max_length", 0)
        if len(facts.get(name, "")) > most:
            raise serializers.ValidationError(
                {name: _("This may hold at most %(most)d characters.") % {"most": most}}
            )


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
