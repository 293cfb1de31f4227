"""How the customers of the example company stand to it, by what they said last.

What somebody does next depends on what was done about it: whoever complained and was
left alone leaves far more often than whoever was called and won back.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from surveys.models import Response
from tickets.models import Clock, NextScore


@dataclass(frozen=True)
class Habits:
    """Chances of 0 to 1, but for `orders`: at most so many in the whole time."""

    lost: float
    orders: int
    calls: float
    referrals: float


class Mood(Enum):
    DELIGHTED = Habits(lost=0.04, orders=6, calls=0.1, referrals=0.1)
    CONTENT = Habits(lost=0.08, orders=5, calls=0.15, referrals=0.03)
    SILENT = Habits(lost=0.1, orders=5, calls=0.15, referrals=0)
    WON_BACK = Habits(lost=0.04, orders=6, calls=0.15, referrals=0.15)
    LET_DOWN = Habits(lost=0.3, orders=4, calls=0.4, referrals=0)
    LEFT_ALONE = Habits(lost=0.85, orders=4, calls=0.8, referrals=0)


UNFORGOTTEN = (Mood.WON_BACK, Mood.LET_DOWN, Mood.LEFT_ALONE)


@dataclass(frozen=True)
class Standing:
    """`since` is when they came to be in the mood; after `last_at` nothing is known."""

    mood: Mood
    since: datetime
    last_at: datetime


def standings() -> dict[int, Standing]:
    """Each customer's that ever answered. A low score stays with them until they are
    won back."""
    won_back = set(
        NextScore.objects.filter(is_recovered=True).values_list(
            "answer__response_id", flat=True
        )
    )
    in_time = set(
        Clock.objects.filter(
            kind=Clock.Kind.FIRST_CONTACT, cycle=0, state=Clock.State.MET
        ).values_list("ticket_id", flat=True)
    )
    answers = Response.objects.filter(customer__isnull=False).order_by("submitted_at")
    found: dict[int, Standing] = {}
    for pk, customer, ticket, at, *scores in answers.values_list(
        "pk",
        "customer_id",
        "ticket_answer__ticket",
        "submitted_at",
        *("nps", "csat", "ces"),
    ):
        before = found.get(customer)
        if ticket is not None and pk in won_back:
            mood = Mood.WON_BACK
        elif ticket is not None:
            mood = Mood.LET_DOWN if ticket in in_time else Mood.LEFT_ALONE
        elif before and before.mood in UNFORGOTTEN:
            found[customer] = Standing(before.mood, before.since, last_at=at)
            continue
        else:
            mood = Mood.DELIGHTED if _is_high(*scores) else Mood.CONTENT
        found[customer] = Standing(mood, at, last_at=at)
    return found


def _is_high(nps: int | None, csat: int | None, ces: int | None) -> bool:
    return (nps or 0) >= 9 or csat == 5 or (ces or 0) >= 6
