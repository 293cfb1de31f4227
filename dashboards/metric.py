"""What it takes to declare a number."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Unit = Literal[
    "points",
    "percent",
    "scale",
    "answers",
    "tickets",
    "minutes",
    "seconds",
    "money",
    "times",
    "clicks",
]
Better = Literal["higher", "lower", "neither"]
# What a number is measured of, and so by whom: `dashboards.measuring`.
Source = Literal[
    "answers",
    "comments",
    "ratings",
    "sessions",
    "invitations",
    "loop",
    "tickets",
    "recovery",
    "orders",
    "costs",
    "behaviour",
]

Words = str | Promise


@dataclass(frozen=True)
class Metric:
    """`interval` names the method of the interval, `grain` the day a row counts for."""

    key: str
    label: Words
    unit: Unit
    formula: Words
    numerator: Words
    denominator: Words
    interval: Words
    source: Source
    grain: Words
    better: Better
    version: int = 1
