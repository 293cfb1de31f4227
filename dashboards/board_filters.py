"""The filters of a tile as the filter form reads them."""

from django.http import QueryDict

from dashboards.forms import NONE
from dashboards.selection import Filters


def address_of(filters: Filters) -> QueryDict:
    """As in an address."""
    query = QueryDict(mutable=True)
    for dimension, value in filters.given.items():
        query[dimension] = NONE if value == "" else str(value)
    query.setlist("attribute", [f"{name}:{text}" for name, text in filters.attributes])
    return query
