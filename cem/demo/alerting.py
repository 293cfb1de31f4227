"""What the people of the example company want to be told of."""

from datetime import datetime

from dashboards import alerts
from dashboards.models import AlertRule
from journeys.models import Touchpoint
from teams.models import Notification, Team, User


def watch(*, at: datetime) -> None:
    """Three rules of the CX manager, looked at once: NPS is lower than hoped."""
    people = {user.email.split("@")[0]: user for user in User.objects.all()}
    baggage = Touchpoint.objects.get(name="Baggage claim")
    rules = (
        AlertRule(
            name="NPS falls below +30",
            kind=AlertRule.Kind.THRESHOLD,
            metric="nps",
            level=30,
            clear_level=35,
            days=30,
            least=30,
        ),
        AlertRule(
            name="One bad claim after the other",
            kind=AlertRule.Kind.RUN,
            metric="csat",
            level=8,
            clear_level=4,
            days=30,
            least=10,
            query=f"touchpoint={baggage.pk}",
        ),
        AlertRule(
            name="A touchpoint has gone quiet",
            kind=AlertRule.Kind.SILENCE,
            metric="nps",
            level=0,
            clear_level=0,
            days=3,
            least=5,
            by="touchpoint",
        ),
    )
    teams = Team.objects.filter(name="China service desk")
    for rule in rules:
        alerts.save_rule(
            rule, people=[people["eva"]], teams=teams, by=people["mei"], at=at
        )
    alerts.look_at_rules(at=at)
    # It stands under the bell; the example company sends no mail about its past.
    Notification.objects.update(mail_due_at=None)
