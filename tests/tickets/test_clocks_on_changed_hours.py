"""Changed hours: what was used up stays used up, the rest is counted on the new hours."""

from datetime import datetime, timedelta

import pytest

from events import outbox
from teams.models import WorkingHours
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    mara_detractor,
    owner_otto,
    service_team,
)
from tests.tickets.answers import ticket_for
from tests.tickets.test_clocks import clock_of, contact, resolve
from tickets.breaches import breach_overdue
from tickets.explanation import explain
from tickets.models import Clock, Ticket
from tickets.replay import replay

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EIGHT_HOURS = {str(day): [["09:00", "17:00"]] for day in range(5)}
FOUR_HOURS = {str(day): [["09:00", "13:00"]] for day in range(5)}


def office() -> WorkingHours:
    team = service_team()
    team.working_hours = WorkingHours.objects.create(name="Office", weekly=EIGHT_HOURS)
    team.save()
    return team.working_hours


def change(hours: WorkingHours, at: datetime, **fields: object) -> None:
    hours.set_hours(by=admin_ada(), at=at, **fields)
    outbox.drain()


def again(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("team__working_hours").get(pk=ticket.pk)


class TestShorterHours:
    def test_count_only_from_the_change_on(self) -> None:
        # 24 working hours from Monday 09:00 at 8 a day: Wednesday 17:00.
        hours, ticket = office(), ticket_for(mara_detractor())
        assert ticket.first_contact_due_at == MONDAY_NINE + 2 * DAY + 8 * HOUR
        # Monday's 8 are used up; the other 16 take four days of 4: Friday 13:00.
        change(hours, MONDAY_NINE + 12 * HOUR, weekly=FOUR_HOURS)
        ticket = again(ticket)
        assert ticket.first_contact_due_at == MONDAY_NINE + 4 * DAY + 4 * HOUR
        clock = clock_of(ticket)
        assert clock.events.get(kind="rehoured").calendar_version == 2
        assert replay(clock) == clock.due_at

    def test_count_the_same_when_it_happens_twice(self) -> None:
        hours, ticket = office(), ticket_for(mara_detractor())
        change(hours, MONDAY_NINE + 12 * HOUR, weekly=FOUR_HOURS)
        change(hours, MONDAY_NINE + DAY + 12 * HOUR, weekly=EIGHT_HOURS)
        # 8 + 4 are used up; 12 are left: Wednesday 8, Thursday until 13:00.
        ticket = again(ticket)
        assert ticket.first_contact_due_at == MONDAY_NINE + 3 * DAY + 4 * HOUR
        assert replay(clock_of(ticket)) == ticket.first_contact_due_at

    def test_are_explained_with_both_versions(self) -> None:
        hours, ticket = office(), ticket_for(mara_detractor())
        change(hours, MONDAY_NINE + 12 * HOUR, weekly=FOUR_HOURS)
        clock = clock_of(ticket)
        clock.ticket = again(ticket)
        told = explain(clock)
        assert [s.version for s in told.stretches] == [1, 2]
        assert [s.used for s in told.stretches] == [8 * HOUR, 16 * HOUR]
        assert told.used == told.target == 24 * HOUR

    def test_leave_finished_and_broken_promises_alone(self) -> None:
        hours = office()
        broken, kept = ticket_for(mara_detractor()), ticket_for()
        contact(kept, MONDAY_NINE + HOUR)
        late = MONDAY_NINE + 3 * DAY
        breach_overdue(at=late)
        before = dict(Clock.objects.values_list("pk", "due_at"))
        change(hours, late, weekly=FOUR_HOURS)
        for clock in Clock.objects.filter(kind="first_contact"):
            assert clock.due_at == before[clock.pk]
        assert clock_of(broken).state == Clock.State.BREACHED

    def test_wait_for_a_reopened_ticket(self) -> None:
        hours, ticket = office(), ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        resolve(ticket, MONDAY_NINE + 8 * HOUR)
        change(hours, MONDAY_NINE + DAY, weekly=FOUR_HOURS)
        ticket = again(ticket)
        tuesday = MONDAY_NINE + 8 * DAY
        ticket.reopen(reason="Again", by=owner_otto(), at=tuesday)
        clock = clock_of(ticket, "resolution")
        # 8 of 120 hours were used; 112 at 4 a day are 28 working days.
        assert clock.due_at == MONDAY_NINE + 45 * DAY + 4 * HOUR
        assert replay(clock) == clock.due_at


class TestOtherHours:
    def test_only_a_new_name_moves_nothing(self) -> None:
        hours, ticket = office(), ticket_for(mara_detractor())
        change(hours, MONDAY_NINE + HOUR, name="Main office")
        assert again(ticket).first_contact_due_at == ticket.first_contact_due_at
        assert not clock_of(ticket).events.filter(kind="rehoured").exists()

    def test_keep_the_pauses(self) -> None:
        hours, ticket = office(), ticket_for(mara_detractor())
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE + HOUR)
        change(hours, MONDAY_NINE + 12 * HOUR, weekly=FOUR_HOURS)
        ticket = again(ticket)
        ticket.resume(by=owner_otto(), at=MONDAY_NINE + DAY)
        # One hour is used; 23 from Tuesday at 4 a day: the sixth day, 3 hours in.
        assert ticket.first_contact_due_at == MONDAY_NINE + 8 * DAY + 3 * HOUR

    def test_may_be_never_open_without_harm(self) -> None:
        hours, ticket = office(), ticket_for(mara_detractor())
        change(hours, MONDAY_NINE + HOUR, weekly={})
        assert again(ticket).first_contact_due_at > MONDAY_NINE
        assert ticket_for().first_contact_due_at == MONDAY_NINE + DAY
