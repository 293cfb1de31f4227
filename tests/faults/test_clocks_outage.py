"""The clocks' tick is killed, or does not run for hours: every level fires once."""

import os
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from threading import Thread
from urllib.parse import quote

import pytest
from django.db import connection

from cem.local.home import ROOT
from events.crash_points import KILLED, Point
from events.models import Event
from teams.models import Notification
from tests.personas import MONDAY_NINE
from tests.tickets.answers import answer
from tickets import breaches
from tickets.breaches import breach_overdue
from tickets.closed_loop import open_tickets_for
from tickets.models import Clock, ClockEvent, Escalation

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TICKETS = 200
OUTAGE = 6 * HOUR
# First contact is promised within a day, its levels at these hours.
LEVELS = {50: 12 * HOUR, 75: 18 * HOUR, 90: timedelta(hours=21.6), 100: 24 * HOUR}
# Small, so that a tick has several batches.
BATCH = 130
TICK = """
import django; django.setup()
from datetime import datetime
from tickets import breaches
breaches.BATCH = {batch}
breaches.breach_overdue(at=datetime.fromisoformat({at!r}))
"""

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def opened(count: int, *, over: timedelta = timedelta(0)) -> None:
    """Tickets from Monday at nine on, evenly over a time."""
    answers = [
        answer(at=MONDAY_NINE + over * number / count).pk for number in range(count)
    ]
    open_tickets_for(answers, at=MONDAY_NINE + over)


def dying_tick(point: Point, *, at: datetime) -> int:
    """The tick in a process of its own, and what it ended with."""
    db = connection.settings_dict
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(
        **{key: quote(str(db[key])) for key in ("USER", "PASSWORD", "HOST")},
        PORT=db["PORT"] or 5432,
        NAME=db["NAME"],
    )
    environ = {
        "DJANGO_SETTINGS_MODULE": "cem.settings",
        "DATABASE_URL": url,
        "CEM_CRASH_AT": point,
    }
    done = subprocess.run(
        [sys.executable, "-c", TICK.format(batch=BATCH, at=at.isoformat())],
        cwd=ROOT,
        env={**os.environ, **environ},
        timeout=120,
        check=False,
    )
    return done.returncode


def two_ticks(*, at: datetime) -> None:
    def tick() -> None:
        breach_overdue(at=at)
        connection.close()

    ticks = [Thread(target=tick) for _ in range(2)]
    for thread in ticks:
        thread.start()
    for thread in ticks:
        thread.join()


def check_the_books(count: int) -> None:
    """Each level of each first contact once, at its instant, with its event."""
    levels = Escalation.objects.filter(clock__kind="first_contact")
    fired = Counter(levels.values_list("clock", "percent"))
    assert set(fired.values()) == {1}
    assert len(fired) == count * len(LEVELS)
    for clock, percent, due_at in levels.values_list(
        "clock__started_at", "percent", "due_at"
    ):
        assert due_at == clock + LEVELS[percent]
    broken = Clock.objects.filter(kind="first_contact")
    assert all(clock.breached_at == clock.due_at for clock in broken)
    names = Counter(Event.objects.values_list("name", flat=True))
    assert names["ticket.sla_breached"] == count
    assert names["ticket.escalated"] == count * (len(LEVELS) - 1)
    assert ClockEvent.objects.filter(kind="breached").count() == count
    told = Notification.objects.filter(kind="ticket_breached")
    notices = Counter(told.values_list("user", "url"))
    assert set(notices.values()) == {1}
    assert len(set(told.values_list("url"))) == count


class TestATickKilled:
    @pytest.mark.parametrize(
        "point", [Point.MID_TASK, Point.BEFORE_COMMIT, Point.AFTER_COMMIT]
    )
    def test_fires_nothing_twice_and_forgets_nothing(self, point: Point) -> None:
        opened(TICKETS)
        at = MONDAY_NINE + 24 * HOUR + MINUTE
        assert dying_tick(point, at=at) == KILLED
        two_ticks(at=at)
        check_the_books(TICKETS)


class TestASixHourOutage:
    def test_fires_each_overdue_level_once_in_order(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(breaches, "BATCH", 70)
        opened(TICKETS, over=OUTAGE - HOUR)
        breach_overdue(at=MONDAY_NINE + OUTAGE)
        two_ticks(at=MONDAY_NINE + 23 * HOUR)
        before = Escalation.objects.order_by("-pk").values_list("pk", flat=True)[0]
        # Nothing looks at the clocks from eight in the morning until after two.
        breach_overdue(at=MONDAY_NINE + 23 * HOUR + OUTAGE)
        check_the_books(TICKETS)
        instants = list(
            Escalation.objects.filter(pk__gt=before)
            .order_by("pk")
            .values_list("due_at", flat=True)
        )
        assert instants
        assert instants == sorted(instants)
