"""What the desk's filters offer one person: teams, people, places and words in use."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeVar

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.cache import cache
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from journeys.models import Touchpoint
from teams.access import scopes_of
from teams.models import Team, User
from tickets.models import DeskCount
from tickets.routing import WORKERS

# What is new is offered a little later; whoever asks for it by address finds it.
KEPT = timedelta(seconds=60)
WORDS = ("region", "tier", "problem_type")
Offered = dict[str, list[tuple[str, str]]]
Kept = TypeVar("Kept")


def choices_for(user: User) -> Offered:
    """By the filter's name: values with their labels, in the order of the labels."""
    return kept("choices", user, lambda: _read(user))


def kept(what: str, user: User, make: Callable[[], Kept]) -> Kept:
    """What was made for this person, with these scopes, not long ago."""
    scopes = sorted(f"{s.effect}{s.dimension}={s.value}" for s in scopes_of(user))
    key = f"desk-{what}:{user.pk}:{user.role}:{_digest_of(scopes)}"
    found: Kept | None = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, KEPT.total_seconds())
    return found


def _digest_of(lines: Sequence[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def _read(user: User) -> Offered:
    offered: Offered = {"team": [], "assignee": [], "touchpoint": []}
    for kind, pk, name in _named("team", Team.objects.all()).union(
        _named("assignee", User.objects.filter(role__in=WORKERS, is_active=True)),
        _named("touchpoint", Touchpoint.objects.all()),
        all=True,
    ):
        offered[kind].append((str(pk), name))
    cells: dict[str, Any] = DeskCount.objects.visible_to(user).aggregate(
        **{
            name: ArrayAgg(name, distinct=True, filter=~Q(**{name: ""}))
            for name in WORDS
        }
    )
    for name in WORDS:
        offered[name] = [(word, word) for word in sorted(cells[name] or [])]
    for found in offered.values():
        found.sort(key=lambda pair: pair[1].casefold())
    return offered


def _named(kind: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    name = Cast("name", CharField())
    if rows.model is User:
        name = Coalesce(NullIf(name, Value("")), Cast("email", CharField()))  # type: ignore[assignment]
    return rows.order_by().values_list(Value(kind), "pk", name)
