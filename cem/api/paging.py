"""Cursor paging: newest first, by keys, so that page 500 costs what page 1 does."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports us

PAGE = 50
LARGEST_PAGE = 200


class NewestFirst(BasePagination):
    """`results` and `next`, the full address of the next page or null.

    The view's `newest_by` names the sort: ("-submitted_at", "id"). Together its
    fields are unique, so rows of one instant are neither skipped nor repeated.
    """

    def paginate_queryset(
        self, queryset: Any, request: Request, view: "APIView | None" = None
    ) -> list[Any]:
        order: Sequence[str] = cast(Any, view).newest_by
        size = _size(request)
        rows = queryset.order_by(*order)
        cursor = request.query_params.get("cursor")
        if cursor:
            rows = rows.filter(_after(order, _position(cursor, order, queryset.model)))
        page = list(rows[: size + 1])
        self.next = None
        if len(page) > size:
            address = request.build_absolute_uri()
            page.pop()
            self.next = replace_query_param(
                address, "cursor", _cursor_at(page[-1], order)
            )
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.next})

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> Any:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": "string", "format": "uri", "nullable": True},
            },
        }

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where the page begins; take it from `next`.",
                "schema": {"type": "string"},
            },
            {
                "name": "limit",
                "in": "query",
                "required": False,
                "description": "How many results a page holds.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": LARGEST_PAGE,
                    "default": PAGE,
                },
            },
        ]


def _size(request: Request) -> int:
    raw = request.query_params.get("limit", str(PAGE))
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw[:9]) <= LARGEST_PAGE:
        raise exceptions.ValidationError(
            {
                "limit": _("Give a whole number from 1 to %(most)d.")
                % {"most": LARGEST_PAGE}
            }
        )
    return int(raw)


def _after(order: Sequence[str], position: Sequence[Any]) -> Q:
    """The rows behind `position`: (a, b) < (x, y) as a < x, or a = x and b < y."""
    behind = Q()
    equal: dict[str, Any] = {}
    for key, value in zip(order, position, strict=True):
        name = key.lstrip("-")
        side = "lt" if key.startswith("-") else "gt"
        behind |= Q(**equal, **{f"{name}__{side}": value})
        equal[name] = value
    # Said apart, it lets the index on the first field find the start of the page.
    first = order[0].lstrip("-")
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{bound}": position[0]}) & behind


def _cursor_at(row: Model, order: Sequence[str]) -> str:
    values = [str(getattr(row, key.lstrip("-"))) for key in order]
    return urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _position(cursor: str, order: Sequence[str], model: type[Model]) -> list[Any]:
    """The sort values that a cursor stands for. Raises ValidationError when forged."""
    try:
        raw = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [
            cast(Any, model._meta.get_field(key.lstrip("-"))).to_python(value)
            for key, value in zip(order, _texts(raw), strict=True)
        ]
    except (ValueError, TypeError, ValidationError, FieldDoesNotExist) as error:
        raise exceptions.ValidationError(
            {"cursor": _("This cursor is not one of ours. Start without it.")}
        ) from error


def _texts(raw: object) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(text, str) for text in raw):
        raise ValueError
    return raw
