"""When low answers arrive, and when their first contact comes too late for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from dashboards.loop_steps import with_ticket
from dashboards.periods import Period
from dashboards.selection import Filters
from surveys import metrics
from surveys.metrics import ShareScore
from teams.models import User
from tickets.models import Clock

# Monday is 0, as in the working hours.
Hour = tuple[int, int]


@dataclass(frozen=True)
class Arrivals:
    """By weekday and hour of the company: the share of breached among those decided.

    `hidden` are so small, or give a small one away; they have no share.
    """

    shares: Mapping[Hour, ShareScore]
    hidden: frozenset[Hour]


def arrivals(user: User, period: Period, filters: Filters) -> Arrivals:
    """Due and unmet counts as breached once the clock was; not yet due is left out."""
    late = Q(contact_clock__state__in=(Clock.State.BREACHED, Clock.State.MET_LATE))
    zone = ZoneInfo(settings.TIME_ZONE)
    rows = (
        with_ticket(user, period, filters)
        .filter(late | Q(contact_clock__state=Clock.State.MET))
        .order_by()
        .values(
            weekday=ExtractIsoWeekDay("submitted_at", tzinfo=zone),
            hour=ExtractHour("submitted_at", tzinfo=zone),
        )
        .annotate(n=Count("pk"), late=Count("pk", filter=late))
    )
    found = {(row["weekday"] - 1, row["hour"]): row for row in rows}
    hidden = metrics.hidden_groups({hour: row["n"] for hour, row in found.items()})
    shares = {
        hour: metrics.share(row["late"], row["n"])
        for hour, row in found.items()
        if hour not in hidden
    }
    return Arrivals({h: s for h, s in shares.items() if s is not None}, hidden)
