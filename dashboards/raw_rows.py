"""Raw rows beside the counted answers: what was left out of a number, and why."""

from collections.abc import Mapping

from django.db.models import Q

from dashboards.dimensions import DIMENSIONS, Dimension
from dashboards.selection import Filters
from surveys.models import Partial, Response
from surveys.models.partial import PartialQuerySet
from surveys.models.response import ResponseQuerySet
from teams.access import scope_condition
from teams.models import User

# Where a partial answer says what an answer is narrowed by.
OF_PARTIALS: Mapping[Dimension, str] = {
    "survey": "survey_id",
    "touchpoint": "survey__touchpoint_id",
    "region": "customer__region",
    "product_line": "customer__product_line",
    "tier": "customer__tier",
    "channel": "channel",
    "language": "locale",
    "journey": "survey__touchpoint__stage__journey_id",
    "stage": "survey__touchpoint__stage_id",
    "team": "survey__touchpoint__team_id",
    "account": "customer__account_id",
}


def every_response(user: User, filters: Filters) -> ResponseQuerySet:
    """Within filters and scope, counted or not."""
    condition = scope_condition(user, ResponseQuerySet.SCOPE_FIELDS)
    found = ResponseQuerySet(Response).filter(condition)
    for dimension, value in filters.given.items():
        found = found.filter(**{DIMENSIONS[dimension].lookup: value})
    for name, text in filters.attributes:
        found = found.filter(attributes__contains={name: text})
    return found


def every_partial(user: User, filters: Filters) -> PartialQuerySet:
    """What was begun and not sent, without tests and mere clicks in an e-mail.

    An attribute is the customer's, for nothing was sent that could say it.
    """
    condition = scope_condition(user, PartialQuerySet.SCOPE_FIELDS)
    found = PartialQuerySet(Partial).filter(condition, is_test=False, is_intent=False)
    for dimension, value in filters.given.items():
        found = found.filter(_one(OF_PARTIALS[dimension], value))
    for name, text in filters.attributes:
        found = found.filter(customer__attributes__contains={name: text})
    return found.exclude(answers={})


def _one(lookup: str, value: int | str) -> Q:
    condition = Q(**{lookup: value})
    if value == "" and lookup.startswith("customer__"):
        # Nobody known: answers of nobody have no region either.
        condition |= Q(customer__isnull=True)
    return condition
