"""What is open, by age: of each team, and of each person. Nothing may be ownerless."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from dashboards.selection import Filters, tickets
from teams.models import User

# In days: younger than one, than three, than seven, than thirty, the rest.
AGES = (1, 3, 7, 30)


@dataclass(frozen=True)
class Line:
    """`ages` counts open tickets by AGES; `waiting` ones are with the lead until
    somebody is free."""

    name: str
    ages: tuple[int, ...]
    overdue: int
    waiting: int

    @property
    def open(self) -> int:
        return sum(self.ages)


@dataclass(frozen=True)
class Backlog:
    teams: tuple[Line, ...]
    people: tuple[Line, ...]

    @property
    def whole(self) -> tuple[int, ...]:
        """All that is open, by age."""
        columns = zip(*(line.ages for line in self.teams), strict=True)
        return tuple(map(sum, columns)) or (0,) * (len(AGES) + 1)


def backlog(user: User, filters: Filters, *, at: datetime) -> Backlog:
    """As of now; those with most open tickets first."""
    return Backlog(
        _lines(user, filters, "team__name", at=at),
        _lines(user, filters, "assignee__name", at=at),
    )


def _lines(
    user: User, filters: Filters, name: str, *, at: datetime
) -> tuple[Line, ...]:
    key = name.split("__")[0]
    rows = (
        tickets(user, filters)
        .open()
        .order_by()
        .values(key, name)
        .annotate(
            overdue=Count("pk", filter=Q(next_due_at__lt=at)),
            waiting=Count("pk", filter=Q(waits_for_owner=True)),
            **{f"age{i}": Count("pk", filter=q) for i, q in enumerate(_ages(at))},
        )
    )
    lines = [
        Line(
            row[name],
            tuple(row[f"age{i}"] for i in range(len(AGES) + 1)),
            row["overdue"],
            row["waiting"],
        )
        for row in rows
    ]
    return tuple(sorted(lines, key=lambda line: (-line.open, line.name)))


def _ages(at: datetime) -> Iterable[Q]:
    """One condition for each bucket."""
    edges = [at - timedelta(days=days) for days in AGES]
    yield Q(opened_at__gt=edges[0])
    for younger, older in zip(edges, edges[1:], strict=False):
        yield Q(opened_at__lte=younger, opened_at__gt=older)
    yield Q(opened_at__lte=edges[-1])
