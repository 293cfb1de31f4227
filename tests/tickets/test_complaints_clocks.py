"""What people complain about in other products' clocks, each as a case that works."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from customers.models import Message
from teams.models import Team, WorkingHours
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    service_team,
)
from tests.tickets.answers import ticket_for
from tests.tickets.test_clocks import clock_of, contact, resolve
from tickets import clocks
from tickets.breaches import breach_overdue
from tickets.conversation import customer_wrote
from tickets.models import Clock, Rule, SlaPolicy, Ticket
from tickets.policies import change_priority
from tickets.policy_changes import Exempt, change_policy
from tickets.working_time import WorkingCalendar

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
NIGHT_AND_DAY = dict.fromkeys(range(7), (("00:00", "23:59"),))
OFFICE = {str(day): [["09:00", "12:00"], ["13:00", "18:00"]] for day in range(5)}


def works(weekly: dict[str, list[list[str]]], zone: str = "UTC") -> Team:
    team = service_team()
    team.working_hours = WorkingHours.objects.create(
        name="Hours", weekly=weekly, time_zone=zone
    )
    team.save()
    return team


def promise(*rows: Exempt, **fields: object) -> None:
    change_policy(
        SlaPolicy.objects.get(),
        rows=rows,
        by=manager_milo(),
        at=MONDAY_NINE,
        **fields,
    )


def written(ticket: Ticket, at: datetime) -> None:
    message = Message.objects.create(
        customer=mara_detractor(),
        direction="in",
        channel="email",
        text="And now?",
        thread=ticket.thread,
        happened_at=at,
    )
    customer_wrote(ticket, message, at)


class TestCalendarsThatLoseTime:
    @pytest.mark.parametrize("days", [1, 7, 400])
    def test_1_round_the_clock_loses_no_minute_at_midnight(self, days: int) -> None:
        calendar = WorkingCalendar("UTC", NIGHT_AND_DAY)
        assert calendar.due_at(MONDAY_NINE, days * DAY) == MONDAY_NINE + days * DAY

    @pytest.mark.django_db
    def test_9_and_10_hours_count_with_a_lunch_break(self) -> None:
        works(OFFICE)
        promise(first_contact_minutes=240)
        assert ticket_for(mara_detractor()).first_contact_due_at == (
            MONDAY_NINE + 5 * HOUR
        )

    @pytest.mark.parametrize("open_days", [[0], [3], [1, 2], [5, 6], [6]])
    def test_26_any_weekdays_make_a_week(self, open_days: list[int]) -> None:
        week = dict.fromkeys(open_days, (("09:00", "17:00"),))
        calendar = WorkingCalendar("UTC", week)
        due = calendar.due_at(MONDAY_NINE, 24 * HOUR)
        assert due.weekday() in open_days
        assert calendar.elapsed(MONDAY_NINE, due) == 24 * HOUR

    def test_30_history_is_counted_with_the_offset_of_its_day(self) -> None:
        week = dict.fromkeys(range(5), (("09:00", "17:00"),))
        calendar = WorkingCalendar("Europe/Berlin", week)
        for month, opens in ((1, 8), (7, 7)):
            day = datetime(2026, month, 6 if month == 7 else 5, tzinfo=UTC)
            [window] = calendar.windows(day, day + DAY)
            assert window[0].hour == opens


@pytest.mark.django_db
class TestClocksThatRunWhereTheyShouldNot:
    def test_2_a_rule_switched_off_leaves_no_alarm_on_resolved_tickets(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        resolve(ticket, MONDAY_NINE + 2 * HOUR)
        Rule.objects.update(is_active=False)
        assert breach_overdue(at=MONDAY_NINE + 90 * DAY) == 0
        assert Ticket.objects.get().next_due_at is None

    def test_11_the_answer_clock_stops_with_the_resolution(self) -> None:
        promise(next_response_minutes=60)
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        written(ticket, MONDAY_NINE + 2 * HOUR)
        resolve(ticket, MONDAY_NINE + 2 * HOUR + MINUTE)
        clock = clock_of(ticket, "next_response")
        assert clock.state == Clock.State.STOPPED
        assert breach_overdue(at=MONDAY_NINE + 90 * DAY) == 0

    def test_11_the_policy_of_open_tickets_can_be_changed(self) -> None:
        promise(next_response_minutes=60)
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        written(ticket, MONDAY_NINE + 2 * HOUR)
        promise(next_response_minutes=120)
        clock = clock_of(ticket, "next_response")
        assert clock.due_at == MONDAY_NINE + 4 * HOUR

    def test_23_nothing_breaks_while_it_waits(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE + HOUR)
        assert breach_overdue(at=MONDAY_NINE + 90 * DAY) == 0


@pytest.mark.django_db
class TestTheAnswerToAMessage:
    def test_3_never_overrules_a_longer_first_contact(self) -> None:
        promise(next_response_minutes=30)
        ticket = ticket_for(mara_detractor())
        written(ticket, MONDAY_NINE + HOUR)
        assert not ticket.clocks.filter(kind="next_response").exists()
        assert ticket.next_due_at == MONDAY_NINE + DAY

    def test_6_starts_when_the_customer_writes_and_ends_with_our_answer(self) -> None:
        promise(next_response_minutes=60)
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        written(ticket, MONDAY_NINE + 2 * HOUR)
        written(ticket, MONDAY_NINE + 2 * HOUR + 50 * MINUTE)
        clock = clock_of(ticket, "next_response")
        assert clock.due_at == ticket.next_due_at == MONDAY_NINE + 3 * HOUR
        ticket.answered(by=owner_otto(), at=MONDAY_NINE + 3 * HOUR)
        clock.refresh_from_db()
        assert (clock.state, ticket.unanswered_since) == (Clock.State.MET, None)
        written(ticket, MONDAY_NINE + 5 * HOUR)
        assert ticket.clocks.filter(kind="next_response").count() == 2

    def test_6_lets_clocks_that_waited_for_the_customer_go_on(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE + 2 * HOUR)
        written(ticket, MONDAY_NINE + 4 * HOUR)
        assert ticket.resolution_due_at == MONDAY_NINE + 5 * DAY + 2 * HOUR
        assert not ticket.pauses.filter(ended_at=None).exists()

    def test_6_leaves_other_pauses_alone(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        ticket.pause(reason="supplier", by=owner_otto(), at=MONDAY_NINE + 2 * HOUR)
        written(ticket, MONDAY_NINE + 4 * HOUR)
        assert ticket.pauses.filter(ended_at=None).exists()

    def test_a_logged_call_is_an_answer(self) -> None:
        promise(next_response_minutes=60)
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        written(ticket, MONDAY_NINE + 2 * HOUR)
        contact(ticket, MONDAY_NINE + 2 * HOUR + MINUTE)
        assert clock_of(ticket, "next_response").state == Clock.State.MET


@pytest.mark.django_db
class TestDeadlinesThatAreWrong:
    @pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai", "UTC"])
    def test_17_who_looks_from_where_changes_nothing(self, zone: str) -> None:
        works(OFFICE, "Europe/Berlin")
        start = MONDAY_NINE.astimezone(ZoneInfo(zone))
        due = ticket_for(mara_detractor(), at=start).first_contact_due_at
        Ticket.objects.all().delete()
        assert due == ticket_for(at=MONDAY_NINE).first_contact_due_at

    def test_17_a_pause_counts(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE)
        ticket.resume(by=owner_otto(), at=MONDAY_NINE + 3 * HOUR)
        contact(ticket, MONDAY_NINE + 4 * HOUR)
        assert clock_of(ticket).minutes_used == 60

    def test_22_a_pause_outlives_other_priorities_and_policies(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE)
        change_priority(ticket, priority="low", by=owner_otto(), at=MONDAY_NINE + HOUR)
        promise(first_contact_minutes=120)
        ticket.resume(by=owner_otto(), at=MONDAY_NINE + 5 * HOUR)
        assert ticket.first_contact_due_at == MONDAY_NINE + 7 * HOUR

    def test_25_who_gets_a_task_late_has_the_whole_time(self) -> None:
        other = Team.objects.create(name="Billing", lead=lead_lena())
        ticket = ticket_for(mara_detractor())
        late = MONDAY_NINE + 4 * DAY
        task = ticket.tasks.create(
            team=other,
            assignee=lead_lena(),
            title="Check the invoice",
            created_by=agent_ana(),
            created_at=late,
        )
        clock = Clock(
            ticket=ticket,
            task=task,
            kind=Clock.Kind.TASK,
            policy=SlaPolicy.objects.get(),
            target_minutes=480,
            started_at=late,
            due_at=late,
        )
        clocks.recount(clock)
        assert clock.due_at == late + 8 * HOUR
