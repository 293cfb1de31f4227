"""What happened to the example company, beside its numbers."""

from datetime import datetime, timedelta

from django.db import transaction

from dashboards.annotations import save_annotation
from dashboards.models import Annotation
from surveys.intake import local_day
from teams.models import User

Kind = Annotation.Kind
# Days before the end: first, last (None: one day), what.
HAPPENED = (
    (150, None, Kind.RELEASE, "New booking pages"),
    (96, 93, Kind.INCIDENT, "Snow closes two airports"),
    (61, None, Kind.RELEASE, "App shows the gate on the lock screen"),
    (40, 26, Kind.CAMPAIGN, "Spring fares"),
    (12, None, Kind.INCIDENT, "Baggage system down for a morning"),
)


@transaction.atomic
def note(*, by: User, until: datetime) -> None:
    today = local_day(until)
    for first, last, kind, title in HAPPENED:
        found = Annotation(
            kind=kind,
            title=title,
            happened_on=today - timedelta(days=first),
            ended_on=today - timedelta(days=last) if last else None,
        )
        save_annotation(found, by=by, at=until - timedelta(days=last or first))
