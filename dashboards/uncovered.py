"""Answers that a rule takes and that no ticket takes care of: looked for, and kept.

To look takes as long as reading every low answer; a page cannot wait for that. The
numbers of the loop read what the last look has found.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from dashboards.dimensions import Dimension
from dashboards.models import Uncovered
from dashboards.selection import Filters, answers
from surveys.models import Response
from teams.access import scope_condition
from teams.models import User
from tickets.reconciliation import missing_tickets

COLUMNS: dict[Dimension, str] = {
    "survey": "survey_id",
    "touchpoint": "touchpoint_id",
    "region": "region",
    "product_line": "product_line",
    "tier": "tier",
    "team": "team_id",
}
_SCOPED = {
    "region": "region",
    "product_line": "product_line",
    "tier": "tier",
    "team": "team_id",
}


def uncovered(user: User, filters: Filters) -> QuerySet[Uncovered]:
    """Those that this person may count, as the last look found them."""
    found = Uncovered.objects.filter(scope_condition(user, _SCOPED))
    known = {d: v for d, v in filters.given.items() if d in COLUMNS}
    if len(known) < len(filters.given) or filters.attributes:
        # Few rows, each looked up among the answers by its key.
        found = found.filter(response_id__in=answers(user, filters).values("pk"))
    return found.filter(Q(**{COLUMNS[d]: value for d, value in known.items()}))


@transaction.atomic
def look_again(*, at: datetime) -> int:
    """Look over all answers, and keep what was found; how many that is."""
    missing = missing_tickets(at=at)
    Uncovered.objects.exclude(response_id__in=missing).delete()
    rows = _rows_of(missing, at=at)
    Uncovered.objects.bulk_create(rows, ignore_conflicts=True)
    return len(missing)


def _rows_of(missing: Collection[UUID], *, at: datetime) -> list[Uncovered]:
    found = Response.objects.filter(pk__in=missing).select_related("touchpoint")
    return [
        Uncovered(
            response_id=answer.pk,
            day=answer.day,
            survey_id=answer.survey_id,
            touchpoint_id=answer.touchpoint_id,
            team_id=answer.touchpoint.team_id,
            region=answer.region,
            product_line=answer.product_line,
            tier=answer.tier,
            found_at=at,
        )
        for answer in found
    ]
