"""What the example company reckons better experience to be worth."""

from datetime import datetime, timedelta

from dashboards.assumptions import save_scenario
from dashboards.money import Assumptions
from teams.models import User

BASE = Assumptions(
    margin_percent=35,
    programme_cost_per_month=1_500,
    cost_per_contact=6,
    value_per_referral=120,
    acquisition_cost_per_month=9_000,
)
CAREFUL = Assumptions(
    margin_percent=25,
    programme_cost_per_month=2_200,
    cost_per_contact=4,
    value_per_referral=60,
    acquisition_cost_per_month=9_000,
)


def reckon(*, by: User, until: datetime) -> None:
    """The one shared last is the company's."""
    for name, values, at in (
        ("Careful", CAREFUL, until - timedelta(days=1)),
        ("Base case", BASE, until),
    ):
        save_scenario(by, name=name, is_shared=True, values=values, at=at)
