"""What somebody holds when they leave, or leave a team; the apps above say what, and
give it on."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from teams.models import Team, User


class Desk(NamedTuple):
    """`plan(person, at=, team=)` says who would get how much, `clear` with the same
    gives it. With a team it is only what they hold for that team."""

    plan: Callable[..., Mapping[User, int]]
    clear: Callable[..., object]


_desks: list[Desk] = []


def register(desk: Desk) -> None:
    _desks.append(desk)


def plan_for(
    person: User, *, at: datetime, team: Team | None = None
) -> list[tuple[User, int]]:
    """Who would get how many pieces of open work, most first."""
    counts: Counter[User] = Counter()
    for desk in _desks:
        counts.update(desk.plan(person, at=at, team=team))
    return counts.most_common()


def held_by(person: User, *, at: datetime, team: Team | None = None) -> int:
    """How many pieces of open work they would leave."""
    return sum(count for _heir, count in plan_for(person, at=at, team=team))


def clear_desks(person: User, *, at: datetime, team: Team | None = None) -> None:
    for desk in _desks:
        desk.clear(person, at=at, team=team)
