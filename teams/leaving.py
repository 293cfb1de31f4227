"""What somebody holds when they leave; the apps above say what, and give it on."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from teams.models import User


class Desk(NamedTuple):
    """`plan(person, at=)` says who would get how much, `clear(person, at=)` gives it."""

    plan: Callable[..., Mapping[User, int]]
    clear: Callable[..., object]


_desks: list[Desk] = []


def register(desk: Desk) -> None:
    _desks.append(desk)


def plan_for(person: User, *, at: datetime) -> list[tuple[User, int]]:
    """Who would get how many pieces of open work, most first."""
    counts: Counter[User] = Counter()
    for desk in _desks:
        counts.update(desk.plan(person, at=at))
    return counts.most_common()


def clear_desks(person: User, *, at: datetime) -> None:
    for desk in _desks:
        desk.clear(person, at=at)
