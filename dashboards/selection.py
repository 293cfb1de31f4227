"""Which rows answer a question: its filters, and what the person may see.

The scope of a person stands in the query itself, beside the filters.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.models import LoopCell, LoopRow, Shape
from journeys.models import Touchpoint
from surveys.models import Response
from surveys.models.response import ResponseQuerySet
from teams.access import scope_condition, scopes_of
from teams.models import DataScope, User
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet

SHAPE_OF: dict[Dimension, Shape] = {
    "survey": Shape.SURVEY,
    "touchpoint": Shape.TOUCHPOINT,
    "region": Shape.REGION,
    "product_line": Shape.PRODUCT_LINE,
    "tier": Shape.TIER,
}
# Of the loop's rows and cells.
COLUMN_OF: dict[Dimension, str] = {
    "survey": "survey_id",
    "touchpoint": "touchpoint_id",
    "region": "region",
    "product_line": "product_line",
    "tier": "tier",
}
# From a ticket. Its team is the one that works on it.
OF_TICKETS: dict[Dimension, str] = {
    "survey": "response__survey_id",
    "touchpoint": "touchpoint_id",
    "region": "region",
    "product_line": "product_line",
    "tier": "tier",
    "channel": "response__channel",
    "language": "response__locale",
    "journey": "touchpoint__stage__journey_id",
    "stage": "touchpoint__stage_id",
    "team": "team_id",
    "account": "customer__account_id",
}
_SEGMENTS = {"region": "region", "product_line": "product_line", "tier": "tier"}
_SCOPED: dict[str, Dimension] = {
    DataScope.Dimension.REGION: "region",
    DataScope.Dimension.PRODUCT_LINE: "product_line",
    DataScope.Dimension.TIER: "tier",
    DataScope.Dimension.TEAM: "touchpoint",
}


# JSON that is written just so.
_PLAIN = re.compile(r"true|false|-?(0|[1-9]\d{0,14})(\.\d{1,9})?")


# One of the company's own: name and value.
Attribute = tuple[str, str]


@dataclass(frozen=True)
class Filters:
    """None does not narrow; '' asks for what has no region, product line or tier.

    `attributes`: the company's own, all of which must hold.
    """

    survey: int | None = None
    touchpoint: int | None = None
    region: str | None = None
    product_line: str | None = None
    tier: str | None = None
    channel: str | None = None
    language: str | None = None
    journey: int | None = None
    stage: int | None = None
    team: int | None = None
    account: int | None = None
    attributes: tuple[Attribute, ...] = ()

    @property
    def given(self) -> dict[Dimension, int | str]:
        values = {dimension: getattr(self, dimension) for dimension in DIMENSIONS}
        return {d: value for d, value in values.items() if value is not None}


def answers(user: User, filters: Filters) -> ResponseQuerySet:
    """The raw answers behind a number: counted ones, within filters and scope.

    Who may see dashboards need not be one to whom customers are shown.
    """
    found = ResponseQuerySet(Response).counted()
    found = found.filter(scope_condition(user, ResponseQuerySet.SCOPE_FIELDS))
    for dimension, value in filters.given.items():
        found = found.filter(**{DIMENSIONS[dimension].lookup: value})
    for name, text in filters.attributes:
        found = found.filter(has_attribute("attributes", name, text))
    return found


def has_attribute(lookup: str, name: str, text: str) -> Q:
    """The attribute has this value, be it a text, a number or a truth value."""
    condition = Q(**{f"{lookup}__contains": {name: text}})
    if _PLAIN.fullmatch(text):
        condition |= Q(**{f"{lookup}__contains": {name: json.loads(text)}})
    return condition


def loop_rows(user: User, filters: Filters) -> QuerySet[LoopRow]:
    found = LoopRow.objects.filter(
        scope_condition(user, {**_SEGMENTS, "team": "team_id"}), _given(filters)
    )
    more = {d: v for d, v in filters.given.items() if d not in COLUMN_OF}
    if more or filters.attributes:
        others = Filters(**more, attributes=filters.attributes)  # type: ignore[arg-type]
        found = found.filter(ticket_id__in=tickets(user, others).values("pk"))
    return found


def loop_cells(
    user: User, filters: Filters, by: Collection[Dimension] = ()
) -> QuerySet[LoopCell] | None:
    """The finished among `loop_rows`, added up, to be told apart; None where no shape
    knows them.

    The team of a ticket is not its touchpoint's for good, so no cell stands for a team.
    """
    scoped = _scoped(user)
    involved = {*filters.given, *scoped, *by}
    is_known = involved <= set(SHAPE_OF) and not filters.attributes
    if len(involved) > 1 or "touchpoint" in scoped or not is_known:
        return None
    return LoopCell.objects.filter(
        scope_condition(user, _SEGMENTS),
        _given(filters),
        shape=next((SHAPE_OF[dimension] for dimension in involved), Shape.ALL),
    )


def tickets(user: User, filters: Filters) -> TicketQuerySet:
    """Live tickets to count; who may see dashboards need not work on tickets."""
    found = TicketQuerySet(Ticket).filter(
        scope_condition(user, TicketQuerySet.SCOPE_FIELDS)
    )
    for name, text in filters.attributes:
        found = found.filter(has_attribute("response__attributes", name, text))
    return found.filter(**{OF_TICKETS[d]: v for d, v in filters.given.items()})


def touchpoints(user: User) -> QuerySet[Touchpoint]:
    """Those whose team the person may see."""
    return Touchpoint.objects.filter(scope_condition(user, {"team": "team"}))


def _scoped(user: User) -> set[Dimension]:
    return {_SCOPED[scope.dimension] for scope in scopes_of(user)}


def _given(filters: Filters) -> Q:
    known = filters.given.items()
    return Q(**{COLUMN_OF[d]: value for d, value in known if d in COLUMN_OF})
