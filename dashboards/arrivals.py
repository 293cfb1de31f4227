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

# Monday is 0, as in the working hours; then the hour at which the cell begins.
Hour = tuple[int, int]
Counted = tuple[int, int]  # of how many, how many were late

WIDTHS = (1, 2, 4, 6, 8, 12, 24)
"""Hours that a cell may span."""

LEAST_SHOWN = 0.8
"""Of all those counted; with less the cells are too narrow for so few."""


@dataclass(frozen=True)
class Arrivals:
    """By weekday and hour of the company: the share of breached among those decided.

    `hidden` are so small, or give a small one away; they have no share. Each cell
    spans `width` hours.
    """

    shares: Mapping[Hour, ShareScore]
    hidden: frozenset[Hour]
    width: int = 1


def arrivals(user: User, period: Period, filters: Filters) -> Arrivals:
    """Due and unmet counts as breached once the clock was; not yet due is left out.

    The cells are as narrow as there are enough of them to be shown.
    """
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
    counted = {
        (row["weekday"] - 1, row["hour"]): (row["n"], row["late"]) for row in rows
    }
    return arranged(counted)


def arranged(counted: Mapping[Hour, Counted]) -> Arrivals:
    """In the narrowest cells of which enough can be shown."""
    least = LEAST_SHOWN * sum(n for n, _late in counted.values())
    for width in WIDTHS:
        found = _in_cells(counted, width)
        if sum(share.n for share in found.shares.values()) >= least:
            break
    return found


def _in_cells(counted: Mapping[Hour, Counted], width: int) -> Arrivals:
    whole: dict[Hour, Counted] = {}
    for (day, hour), (n, late) in counted.items():
        cell = day, hour - hour % width
        before = whole.get(cell, (0, 0))
        whole[cell] = before[0] + n, before[1] + late
    hidden = metrics.hidden_groups({cell: n for cell, (n, _late) in whole.items()})
    shares = {
        cell: share
        for cell, (n, late) in whole.items()
        if cell not in hidden and (share := metrics.share(late, n)) is not None
    }
    return Arrivals(shares, frozenset(hidden), width)
