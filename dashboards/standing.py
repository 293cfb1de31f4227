"""What stands beside the numbers of a page: how fresh they are, and what they shall reach."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from dashboards import fresh, targets


@dataclass(frozen=True)
class Standing:
    """`filled_to`: when the newest counted answer came; None before the first one.

    `targets`: of each metric that has one, in the metric's unit.
    """

    stamp: str
    filled_to: datetime | None
    targets: dict[str, float]


def standing(*, today: date, day: date) -> Standing:
    """As of now, with the targets of a day. One query.

    To be asked before the numbers, so that what is counted meanwhile makes another stamp.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ALL, {"board": None, "rollup": "answers", "day": day})
        found, filled_to, aims = cursor.fetchone()
    return Standing(fresh.stamp_of(found, today), filled_to, targets.read(aims))


_ALL = f"""
SELECT ({fresh.STATE}),
    (SELECT filled_to FROM dashboards_fillstate WHERE rollup = %(rollup)s),
    ({targets.IN_FORCE})"""  # noqa: S608  made of constants
