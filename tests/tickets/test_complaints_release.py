"""Complaint 5 about another desk: what is broken for one ticket is broken for all."""

from datetime import timedelta
from typing import Any

import pytest

from teams.models import Notification, WorkingHours
from teams.notice_hours import mail_leaves_at, opening
from tests.personas import MONDAY_NINE, mara_detractor, paul_promoter
from tests.tickets.answers import ticket_for
from tickets.breaches import breach_overdue
from tickets.models import Clock

CLOCKS = {
    "pauses that are no times": {"pauses": [["noon", "night"]]},
    "hours that never were": {"calendars": [["2026", None]]},
    "a target beyond all time": {"target_minutes": 2_000_000_000, "fired_percent": 50},
}


@pytest.mark.django_db
@pytest.mark.parametrize("odd_fields", CLOCKS.values(), ids=CLOCKS)
def test_5_a_clock_that_makes_no_sense_stops_no_other(
    odd_fields: dict[str, Any],
) -> None:
    whole, odd = ticket_for(mara_detractor()), ticket_for(paul_promoter(), nps=2)
    clocks = Clock.objects.filter(kind="first_contact")
    due_at = clocks.get(ticket=whole).due_at
    clocks.filter(ticket=odd).update(**odd_fields)
    breach_overdue(at=due_at + timedelta(hours=1))
    assert clocks.get(ticket=whole).state == Clock.State.BREACHED
    assert clocks.get(ticket=odd).fires_at is not None


@pytest.mark.django_db
def test_5_hours_in_a_zone_that_is_gone_stop_no_clock_and_no_letter() -> None:
    ticket = ticket_for(mara_detractor())
    team = ticket.team
    team.working_hours = WorkingHours.objects.create(name="Gone", time_zone="US/Gone")
    team.save()
    clocks = Clock.objects.filter(kind="first_contact")
    due_at = clocks.get().due_at
    later = due_at + timedelta(hours=1)
    breach_overdue(at=later)
    assert clocks.get().state == Clock.State.BREACHED
    lena = Notification.objects.filter(kind="ticket_breached", user=team.lead)
    assert lena.exists()
    assert opening(later, team.working_hours) == later
    assert mail_leaves_at(team.lead, at=later) == later


@pytest.mark.django_db
def test_5_a_deadline_that_its_hours_deny_stops_no_other_clock() -> None:
    whole, odd = ticket_for(mara_detractor()), ticket_for(paul_promoter(), nps=2)
    clocks = Clock.objects.filter(kind="first_contact")
    due_at = clocks.get(ticket=whole).due_at
    armed = clocks.get(ticket=odd).fires_at
    denied = {"due_at": MONDAY_NINE, "target_minutes": 60 * 24 * 30}
    clocks.filter(ticket=odd).update(fires_at=due_at + timedelta(days=9), **denied)
    assert armed is not None
    breach_overdue(at=due_at + timedelta(hours=1))
    assert clocks.get(ticket=whole).state == Clock.State.BREACHED
    assert clocks.get(ticket=odd).state == Clock.State.RUNNING
