"""Complaints about other systems' escalations, each as a case that works here."""

from datetime import timedelta

import pytest

from teams.models import Notification, WorkingHours
from tests.personas import (
    MONDAY_NINE,
    lead_lena,
    mara_detractor,
    owner_otto,
    service_team,
)
from tests.tickets.answers import ticket_for
from tests.tickets.test_department_tasks import a_task
from tests.tickets.test_ladder import clock_of, fired, levels, told
from tickets.breaches import breach_overdue
from tickets.models import EscalationLevel, SlaPolicy

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
DUE = MONDAY_NINE + DAY
Notify = EscalationLevel.Notify


@pytest.mark.django_db
class TestComplaint:
    def test_12_no_escalation_to_a_manager_on_wait_time(self) -> None:
        ticket_for(mara_detractor())
        breach_overdue(at=MONDAY_NINE + 22 * HOUR)
        assert lead_lena() in told("ticket_contact_reached")

    def test_24_a_warning_fires_at_midnight_when_the_deadline_is_next_day(self) -> None:
        team = service_team()
        team.working_hours = WorkingHours.objects.create(
            name="Office", weekly={str(d): [["09:00", "17:00"]] for d in range(5)}
        )
        team.save()
        SlaPolicy.objects.update(first_contact_minutes=8 * 60)
        ticket = ticket_for(mara_detractor(), at=MONDAY_NINE + 7 * HOUR)
        breach_overdue(at=DUE + 7 * DAY)
        instants = [at for percent, at in fired(clock_of(ticket)) if percent <= 100]
        tuesday = MONDAY_NINE + DAY
        assert instants == [
            tuesday + 3 * HOUR,
            tuesday + 5 * HOUR,
            tuesday + timedelta(hours=6, minutes=12),
            tuesday + 7 * HOUR,
        ]

    def test_27_only_one_overdue_reminder_ever(self) -> None:
        levels(*((percent, Notify.LEAD, "", False) for percent in (100, 150, 200, 300)))
        ticket = ticket_for(mara_detractor())
        for day in range(1, 5):
            breach_overdue(at=MONDAY_NINE + day * DAY + SECOND)
        clock = clock_of(ticket)
        assert [percent for percent, _at in fired(clock)] == [100, 150, 200, 300]
        reminders = Notification.objects.filter(
            kind__in=("ticket_breached", "ticket_contact_reached"), user=owner_otto()
        )
        # Those of 150 and 200 % were due between two looks: the later one tells.
        assert reminders.count() == 3

    def test_25_a_group_that_receives_a_ticket_late_has_no_time_left(self) -> None:
        ticket = ticket_for(mara_detractor())
        late = MONDAY_NINE + 4 * DAY + 6 * HOUR
        task = a_task(ticket, at=late, minutes=8 * 60)
        assert ticket.resolution_due_at < MONDAY_NINE + 5 * DAY + SECOND
        assert task.clock.due_at == MONDAY_NINE + 7 * DAY + 6 * HOUR
