"""Complaint 5 about another desk: what is broken for one ticket is broken for all."""

from datetime import timedelta

import pytest

from tests.personas import MONDAY_NINE, mara_detractor, paul_promoter
from tests.tickets.answers import ticket_for
from tickets.breaches import breach_overdue
from tickets.models import Clock


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
