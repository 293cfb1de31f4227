"""Ways from one selection to the next; the address holds the whole of it.

Filters stand in an address in the order they were chosen, so it tells the path.
"""

from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.dimensions import DIMENSIONS, Dimension, Value, names_of
from dashboards.exploring import next_dimension
from dashboards.forms import NONE
from dashboards.selection import Filters
from teams.models import User

# Left behind on the way to another selection.
_OF_ONE_PAGE = ("page", "answers", "rows", "q", "by", "sort")


@dataclass(frozen=True)
class Crumb:
    """A filter that is set: `back` keeps it and those before it, `without` drops it."""

    label: str
    name: str
    back: str
    without: str


def explore_url(query: QueryDict) -> str:
    found = reverse("dashboards:explore")
    return f"{found}?{query.urlencode()}" if query else found


def narrowed(
    query: QueryDict,
    filters: Filters,
    dimension: Dimension,
    value: Value,
    *,
    by: Dimension,
) -> str:
    """The address with one filter more, told apart by the next dimension; '' where the
    value cannot be asked for."""
    if value == "" and DIMENSIONS[dimension].is_number:
        return ""
    asked = _moved(query)
    asked.pop(dimension, None)
    asked[dimension] = str(value) if value != "" else NONE
    asked["by"] = by if by != dimension else next_dimension(filters, after=dimension)
    return explore_url(asked)


def told_apart_by(query: QueryDict, dimension: Dimension) -> str:
    asked = _moved(query)
    asked["by"] = dimension
    return explore_url(asked)


def crumbs_of(user: User, filters: Filters, query: QueryDict) -> list[Crumb]:
    """The filters in the order in which they were set."""
    given = filters.given
    order = [dimension for name in query for dimension in given if dimension == name]
    crumbs = [
        _crumb(user, dimension, given[dimension], query, order[:place])
        for place, dimension in enumerate(order)
    ]
    return [
        *crumbs,
        *(_attribute(name, text, query) for name, text in filters.attributes),
    ]


def _crumb(
    user: User,
    dimension: Dimension,
    value: Value,
    query: QueryDict,
    before: list[Dimension],
) -> Crumb:
    back = _moved(query)
    for name in DIMENSIONS:
        if name != dimension and name not in before:
            back.pop(name, None)
    without = _moved(query)
    without.pop(dimension, None)
    without["by"] = dimension
    return Crumb(
        str(DIMENSIONS[dimension].label),
        _name(user, dimension, value),
        explore_url(back),
        explore_url(without),
    )


def _attribute(name: str, text: str, query: QueryDict) -> Crumb:
    without = _moved(query)
    kept = [
        given for given in without.getlist("attribute") if given != f"{name}:{text}"
    ]
    without.setlist("attribute", kept)
    return Crumb(name, text, explore_url(_moved(query)), explore_url(without))


def _name(user: User, dimension: Dimension, value: Value) -> str:
    if value == "":
        return _("Not stated")
    return names_of(user, dimension, [value]).get(value, f"#{value}")


def _moved(query: QueryDict) -> QueryDict:
    asked = query.copy()
    for name in _OF_ONE_PAGE:
        asked.pop(name, None)
    return asked
