"""Who may see and do what: one predicate for lists, details, counts, exports and API.

Models with data of customers get a queryset from `ScopedQuerySet`; it says by which
fields a `DataScope` narrows it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from copy import copy
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from teams.models.scope import DataScope
from teams.models.user import User
from teams.roles import ABILITIES, Ability

P = ParamSpec("P")
M = TypeVar("M", bound=models.Model, covariant=True)


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User  # LoginRequiredMiddleware saw to it


def can(user: User, ability: Ability) -> bool:
    return user.is_active and ability in ABILITIES.get(user.role, frozenset())


def requires(
    ability: Ability,
) -> Callable[
    [Callable[Concatenate[StaffRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Refuse a view (403) to people whose role lacks the ability."""

    def decorate(
        view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            staff = cast(StaffRequest, request)
            if not can(staff.user, ability):
                raise PermissionDenied
            return view(staff, *args, **kwargs)

        return guarded

    return decorate


class ScopedQuerySet(models.QuerySet[M]):
    """Rows narrowed by a person's data scopes.

    `SCOPE_FIELDS` maps each dimension to the lookup that holds it on this model; a
    dimension that is left out does not narrow the model. `SEEN_WITH` is the ability
    without which a person sees no row at all.
    """

    SCOPE_FIELDS: Mapping[str, str] = {}
    SEEN_WITH: Ability = Ability.SEE_CUSTOMERS

    def visible_to(self, user: User) -> Self:
        """The rows that this person may know of; nothing without the ability."""
        if not can(user, self.SEEN_WITH):
            return self.none()
        return self.filter(scope_condition(user, self.SCOPE_FIELDS))


def scope_condition(user: User, fields: Mapping[str, str]) -> Q:
    """The person's scopes as a condition over `fields` (dimension → lookup)."""
    allowed: dict[str, list[str]] = defaultdict(list)
    denied: dict[str, list[str]] = defaultdict(list)
    for scope in scopes_of(user):
        side = allowed if scope.effect == DataScope.Effect.ALLOW else denied
        side[scope.dimension].append(scope.value)
    condition = Q()
    for dimension, lookup in fields.items():
        if dimension in allowed:
            condition &= _one_of(lookup, allowed[dimension])
        if dimension in denied:
            # NOT IN drops rows whose value is NULL; they are not what was denied.
            condition &= ~_one_of(lookup, denied[dimension]) | Q(
                **{f"{lookup}__isnull": True}
            )
    return condition


def scopes_of(user: User) -> list[DataScope]:
    """The person's scope lines, read once per user object."""
    cached = cast(Any, user).__dict__.get("_scopes")
    if cached is None:
        cached = list(DataScope.objects.filter(user_id=user.pk))
        cast(Any, user).__dict__["_scopes"] = cached
    return cast(list[DataScope], cached)


def with_scopes(user: User, lines: list[DataScope]) -> User:
    """The same person as they would be with these scopes; nothing is saved."""
    same = copy(user)
    cast(Any, same).__dict__["_scopes"] = lines
    return same


def _one_of(lookup: str, values: list[str]) -> Q:
    return Q(**{f"{lookup}__in": values})
