"""Whether a customer as described would be within somebody's data scopes.

The same answer as `Customer.objects.visible_to`, for a customer not stored yet.
"""

from collections.abc import Collection, Mapping

from customers.models.customer import CustomerQuerySet
from teams.access import scopes_of
from teams.models import DataScope, User


def may_hold(
    user: User,
    values: Mapping[str, object],
    *,
    dimensions: Collection[str] = tuple(CustomerQuerySet.SCOPE_FIELDS),
) -> bool:
    """`values` by dimension; an account has region and tier only."""
    scopes = [scope for scope in scopes_of(user) if scope.dimension in dimensions]
    return all(
        _admits([s for s in scopes if s.dimension == dimension], values.get(dimension))
        for dimension in {scope.dimension for scope in scopes}
    )


def _admits(scopes: list[DataScope], value: object) -> bool:
    allowed = {s.value for s in scopes if s.effect == DataScope.Effect.ALLOW}
    denied = {s.value for s in scopes if s.effect == DataScope.Effect.DENY}
    return value not in denied and (not allowed or value in allowed)
