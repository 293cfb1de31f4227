"""Whether a condition is met by everything, or by nothing.

Tried out with every answer that there can be, where it asks only about what has few
values; for everything else a rehearsal tells.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import product
from math import prod
from typing import Any

from customers.conditions import AnyOf, Condition
from tickets.rule_fields import CHANNELS, PLACES, SENTIMENTS

MOST_TRIED = 20_000
YES_NO = (True, False)
Values = Mapping[str, Any]


class Reach(StrEnum):
    ALL = "all"
    SOME = "some"
    NONE = "none"


_EFFORT: Sequence[Values] = (
    {"ces": None, "ces_scale": None},
    *(
        {"ces": score, "ces_scale": top}
        for top in (5, 7)
        for score in range(1, top + 1)
    ),
)
_DOMAINS: Mapping[str, Sequence[Values]] = {
    "nps": [{"nps": score} for score in (None, *range(11))],
    "csat": [{"csat": score} for score in (None, *range(1, 6))],
    "ces": _EFFORT,
    "ces_scale": _EFFORT,
    "sentiment": [{"sentiment": label} for label in ("", "unclear", *SENTIMENTS)],
    "channel": [{"channel": channel} for channel in CHANNELS],
    "touchpoint_channel": [{"touchpoint_channel": channel} for channel in PLACES],
    **{
        key: [{key: answer} for answer in YES_NO]
        for key in (
            *("wants_contact", "is_identified"),
            *("has_account_owner", "is_moment_of_truth"),
        )
    },
}


def reach_of(condition: Condition) -> Reach | None:
    """None where it asks about what has too many values to try."""
    asked = condition.fields()
    if not asked <= _DOMAINS.keys():
        return _by_parts(condition)
    domains = list({id(_DOMAINS[key]): _DOMAINS[key] for key in asked}.values())
    if prod(map(len, domains)) > MOST_TRIED:
        return None
    return _tried(condition, (_merged(each) for each in product(*domains)))


def _by_parts(condition: Condition) -> Reach | None:
    """One part may decide for all: any of them met by everything, or all of them
    broken by one that nothing meets."""
    parts = getattr(condition, "parts", ())
    deciding = Reach.ALL if isinstance(condition, AnyOf) else Reach.NONE
    return deciding if any(reach_of(part) is deciding for part in parts) else None


def _tried(condition: Condition, cases: Iterable[Values]) -> Reach:
    results = {condition.matches(case) for case in cases}
    if len(results) == 2:
        return Reach.SOME
    return Reach.ALL if True in results else Reach.NONE


def _merged(parts: Iterable[Values]) -> Values:
    return {key: value for part in parts for key, value in part.items()}
