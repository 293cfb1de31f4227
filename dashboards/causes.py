"""The root causes of a selection's tickets, the commonest first."""

from dataclasses import dataclass

from django.db.models import Count

from dashboards.periods import Period
from dashboards.selection import Filters, tickets
from surveys import metrics
from surveys.metrics import ShareScore
from teams.models import User
from tickets.models import RootCause


@dataclass(frozen=True)
class CauseLine:
    """`share` and `running`, that of this and the commoner causes, of coded tickets."""

    label: str
    tickets: int
    share: ShareScore
    running: ShareScore


@dataclass(frozen=True)
class Causes:
    lines: tuple[CauseLine, ...]
    coded: int
    uncoded: int


def causes(user: User, period: Period, filters: Filters) -> Causes:
    """Of the tickets of the period's answers; merged ones count by where they went."""
    found = tickets(user, filters).filter(
        day__range=(period.start, period.end), merged_into__isnull=True
    )
    counts = dict(found.order_by().values_list("root_cause").annotate(n=Count("pk")))
    uncoded = counts.pop(None, 0)
    labels = RootCause.objects.in_bulk(list(counts))
    coded, running, lines = sum(counts.values()), 0, []
    for key, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        running += number
        share, so_far = metrics.share(number, coded), metrics.share(running, coded)
        assert share is not None
        assert so_far is not None
        lines.append(CauseLine(str(labels[key]), number, share, so_far))
    return Causes(tuple(lines), coded, uncoded)
