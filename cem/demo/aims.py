"""What the example company wants its numbers to reach."""

from datetime import datetime, timedelta

from dashboards.targets import set_target
from surveys.intake import local_day
from teams.models import User

# A year ago, and what was raised half a year later.
_FIRST = {
    "nps": 30.0,
    "csat": 75.0,
    "response_rate": 25.0,
    "coverage": 100.0,
    "contact_in_sla": 90.0,
    "confirmed_rate": 40.0,
    "resolution_minutes": 24 * 60.0,
    "open_tickets": 60.0,
    "churn_rate": 5.0,
}
_RAISED = {"nps": 35.0, "contact_in_sla": 95.0}


def set_targets(*, by: User, until: datetime) -> None:
    for targets, days in ((_FIRST, 365), (_RAISED, 180)):
        at = until - timedelta(days=days)
        for metric, value in targets.items():
            set_target(metric, value, from_day=local_day(at), by=by, at=at)
