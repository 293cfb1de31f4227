"""What the example company shares of its dashboards, and mails regularly."""

from collections.abc import Mapping
from datetime import datetime

from django.http import QueryDict

from dashboards import schedules, sharing
from dashboards.due_times import Rhythm
from dashboards.schedules import Wanted
from dashboards.sharing import Terms
from teams.models import User

MONDAYS = Rhythm("week", 8, "Europe/Berlin", weekday=0)
MONTHLY = Rhythm("month", 7, "Asia/Shanghai", month_day=1)


def send_out(people: Mapping[str, User], *, at: datetime) -> None:
    """A link for the supervisory board, an old one, and two regular mails."""
    eva, mei, tom = (people[name] for name in ("eva", "mei", "tom"))
    quarter = QueryDict("period=quarter")
    board = Terms("Supervisory board", days=90, hides_low_base=True)
    sharing.share(eva, "kpis", quarter, board, at=at)
    agency = Terms("Agency, spring campaign")
    old, _secret = sharing.share(mei, "kpis", QueryDict("period=30d"), agency, at=at)
    sharing.revoke(old, by=mei, at=at)
    weekly = Wanted("How are we doing?", MONDAYS, "en", (mei, eva, tom), with_xlsx=True)
    schedules.set_up(mei, "kpis", QueryDict("period=7d"), weekly, at=at)
    monthly = Wanted("By region", MONTHLY, "zh-hans", (eva,), with_csv=True)
    regions = QueryDict("dimension=region&period=30d")
    schedules.set_up(eva, "by_dimension", regions, monthly, at=at)
