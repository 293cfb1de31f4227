"""Narrowing what a person may see, and widening it again."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from events import outbox
from teams import leaving
from teams.access import with_scopes
from teams.models import DataScope, Team, User


@dataclass(frozen=True)
class ScopeLine:
    """A scope in words: "may see only", "Region", "North"."""

    pk: int
    effect: str
    is_deny: bool
    dimension: str
    value: str


def lines_of(person: User) -> list[ScopeLine]:
    names = {str(pk): name for pk, name in Team.objects.values_list("pk", "name")}
    scopes = person.scopes.order_by("dimension", "effect", "value")
    return [
        ScopeLine(
            pk=scope.pk,
            effect=scope.get_effect_display(),
            is_deny=scope.effect == DataScope.Effect.DENY,
            dimension=scope.get_dimension_display(),
            value=names.get(scope.value, scope.value)
            if scope.dimension == DataScope.Dimension.TEAM
            else scope.value,
        )
        for scope in scopes
    ]


def with_line(person: User, *, effect: str, dimension: str, value: str) -> User:
    """The person as `set_scope` would leave them."""
    line = DataScope(user=person, effect=effect, dimension=dimension, value=value)
    others = person.scopes.exclude(dimension=dimension, value=value)
    return with_scopes(person, [*others, line])


def without_line(scope: DataScope) -> User:
    """The person as `remove_scope` would leave them."""
    return with_scopes(scope.user, list(scope.user.scopes.exclude(pk=scope.pk)))


@transaction.atomic
def set_scope(
    person: User, *, effect: str, dimension: str, value: str, by: User, at: datetime
) -> DataScope:
    """Add the line; where the value had a line already, its effect changes.

    Open work that the person could not see any more goes to others first.
    """
    narrowed = with_line(person, effect=effect, dimension=dimension, value=value)
    leaving.clear_desks(person, leaving.Part(narrowed=narrowed), at=at)
    scope, _created = DataScope.objects.update_or_create(
        user=person, dimension=dimension, value=value, defaults={"effect": effect}
    )
    _record(scope, "set", by=by, at=at)
    return scope


@transaction.atomic
def remove_scope(scope: DataScope, *, by: User, at: datetime) -> None:
    """As with `set_scope`: one line less of what they may see can be less to see."""
    narrowed = leaving.Part(narrowed=without_line(scope))
    leaving.clear_desks(scope.user, narrowed, at=at)
    _record(scope, "removed", by=by, at=at)
    scope.delete()


def _record(scope: DataScope, act: str, *, by: User, at: datetime) -> None:
    outbox.record(
        "scope.changed",
        subject=("user", scope.user_id),
        at=at,
        actor=by.email,
        payload={
            "act": act,
            "effect": scope.effect,
            "dimension": scope.dimension,
            "value": scope.value,
        },
    )
