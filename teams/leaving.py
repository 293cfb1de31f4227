"""What somebody holds when they leave, leave a team or may see less than before; the
apps above say what, and give it on."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from teams.models import Team, User


@dataclass(frozen=True)
class Part:
    """Only the work for that team; only what the person could not see any more, were
    they `narrowed` (`access.with_scopes`). Neither: all of it."""

    team: Team | None = None
    narrowed: User | None = None


ALL = Part()


class Desk(NamedTuple):
    """`plan(person, part, at=)` says who would get how much, `clear` with the same
    gives it."""

    plan: Callable[..., Mapping[User, int]]
    clear: Callable[..., object]


_desks: list[Desk] = []


def register(desk: Desk) -> None:
    _desks.append(desk)


def plan_for(person: User, part: Part = ALL, *, at: datetime) -> list[tuple[User, int]]:
    """Who would get how many pieces of open work, most first."""
    counts: Counter[User] = Counter()
    for desk in _desks:
        counts.update(desk.plan(person, part, at=at))
    return counts.most_common()


def held_by(person: User, part: Part = ALL, *, at: datetime) -> int:
    """How many pieces of open work they would leave."""
    return sum(count for _heir, count in plan_for(person, part, at=at))


def clear_desks(person: User, part: Part = ALL, *, at: datetime) -> None:
    for desk in _desks:
        desk.clear(person, part, at=at)
