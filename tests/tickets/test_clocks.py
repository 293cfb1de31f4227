"""Clocks are met, missed, paused, reopened and moved by the rules of the promise."""

from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.db import connection

from events.models import Event
from teams.models import Notification, WorkingHours
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
from tickets.breaches import breach_overdue
from tickets.explanation import explain
from tickets.models import (
    Clock,
    ClockEvent,
    IllegalAct,
    RootCause,
    SlaPolicy,
    Ticket,
)
from tickets.policy_changes import change_policy
from tickets.tasks import breach_overdue_clocks

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
DUE = MONDAY_NINE + 24 * HOUR


def clock_of(ticket: Ticket, kind: str = "first_contact") -> Clock:
    return ticket.clocks.get(kind=kind)


def contact(ticket: Ticket, at: datetime) -> None:
    ticket.log_contact(channel="phone", summary="Called.", by=owner_otto(), at=at)


def resolve(ticket: Ticket, at: datetime) -> None:
    cause = RootCause.objects.get(key="service-wait")
    ticket.resolve(root_cause=cause, outcome="Sorted out.", by=owner_otto(), at=at)


@pytest.mark.django_db
class TestMeeting:
    @pytest.mark.parametrize(
        ("at", "state", "minutes"),
        [
            (MONDAY_NINE + 2 * HOUR, Clock.State.MET, 120),
            (DUE, Clock.State.MET, 1440),
            (DUE + SECOND, Clock.State.MET_LATE, 1440),
            (DUE + HOUR, Clock.State.MET_LATE, 1500),
        ],
    )
    def test_is_in_time_up_to_the_due_instant(
        self, at: datetime, state: str, minutes: int
    ) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, at)
        clock = clock_of(ticket)
        assert (clock.state, clock.met_at, clock.minutes_used) == (state, at, minutes)

    def test_late_is_stamped_with_the_due_instant_without_any_tick(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, DUE + 5 * HOUR)
        assert clock_of(ticket).breached_at == DUE

    def test_in_time_wins_over_a_tick_that_came_between(self) -> None:
        ticket = ticket_for(mara_detractor())
        breach_overdue(at=DUE + SECOND)
        contact(ticket, DUE)
        clock = clock_of(ticket)
        assert (clock.state, clock.breached_at) == (Clock.State.MET, None)

    def test_happens_once(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        contact(ticket, DUE + HOUR)
        assert clock_of(ticket).met_at == MONDAY_NINE + HOUR

    def test_moves_the_next_deadline_to_the_resolution(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        assert ticket.next_due_at == ticket.resolution_due_at


@pytest.mark.django_db
class TestBreaching:
    def test_begins_one_instant_after_the_deadline(self) -> None:
        ticket = ticket_for(mara_detractor())
        assert breach_overdue(at=DUE) == 0
        assert breach_overdue(at=DUE + SECOND) == 1
        assert clock_of(ticket).state == Clock.State.BREACHED

    def test_after_an_outage_is_stamped_with_the_due_instants_once_each(self) -> None:
        ticket = ticket_for(mara_detractor())
        a_month_later = MONDAY_NINE + 30 * DAY
        assert breach_overdue(at=a_month_later) == 2
        assert breach_overdue(at=a_month_later) == 0
        stamped = {clock.kind: clock.breached_at for clock in ticket.clocks.all()}
        assert stamped == {
            "first_contact": DUE,
            "resolution": MONDAY_NINE + 5 * DAY,
        }
        events = Event.objects.filter(name="ticket.sla_breached").order_by("id")
        assert [e.occurred_at for e in events] == [DUE, MONDAY_NINE + 5 * DAY]
        lines = ClockEvent.objects.filter(kind="breached").order_by("happened_at")
        assert [line.happened_at for line in lines] == [DUE, MONDAY_NINE + 5 * DAY]

    def test_tells_the_assignee_and_the_lead(self) -> None:
        ticket_for(mara_detractor())
        breach_overdue(at=DUE + SECOND)
        told = Notification.objects.filter(kind="ticket_breached")
        assert {n.user for n in told} == {owner_otto(), lead_lena()}

    def test_tells_a_lead_who_owns_the_ticket_once(self) -> None:
        ticket = ticket_for(mara_detractor())
        Ticket.objects.update(assignee=lead_lena())
        breach_overdue(at=DUE + SECOND)
        assert Notification.objects.filter(kind="ticket_breached").count() == 1
        ticket.refresh_from_db()
        assert ticket.next_due_at == DUE

    def test_leaves_met_paused_and_resolved_alone(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE)
        assert breach_overdue(at=MONDAY_NINE + 30 * DAY) == 0
        ticket.resume(by=owner_otto(), at=MONDAY_NINE + DAY)
        resolve(ticket, MONDAY_NINE + 2 * DAY)
        assert breach_overdue(at=MONDAY_NINE + 30 * DAY) == 0

    def test_takes_more_than_one_batch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tickets.breaches.BATCH", 2)
        for _ in range(3):
            ticket_for()
        assert breach_overdue(at=DUE + SECOND) == 3

    def test_is_the_beat_task(self) -> None:
        ticket_for()
        breach_overdue_clocks()
        assert not Clock.objects.filter(state=Clock.State.RUNNING).exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestTwoTicks:
    def test_fire_each_breach_once(self) -> None:
        for _ in range(20):
            ticket_for()

        def tick() -> None:
            breach_overdue(at=MONDAY_NINE + 30 * DAY)
            connection.close()

        ticks = [Thread(target=tick) for _ in range(3)]
        for thread in ticks:
            thread.start()
        for thread in ticks:
            thread.join()
        assert Event.objects.filter(name="ticket.sla_breached").count() == 40


@pytest.mark.django_db
class TestPausing:
    def test_moves_the_deadline_by_the_pause(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE + HOUR)
        assert ticket.next_due_at is None
        ticket.resume(by=owner_otto(), at=MONDAY_NINE + 6 * HOUR)
        assert ticket.first_contact_due_at == DUE + 5 * HOUR
        assert clock_of(ticket).due_at == DUE + 5 * HOUR

    def test_ends_with_the_act_it_waited_for(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE + HOUR)
        contact(ticket, MONDAY_NINE + 30 * HOUR)
        clock = clock_of(ticket)
        assert (clock.state, clock.minutes_used) == (Clock.State.MET, 60)

    def test_after_the_deadline_heals_nothing(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.pause(reason="customer", by=owner_otto(), at=DUE + HOUR)
        assert clock_of(ticket).state == Clock.State.BREACHED
        ticket.resume(by=owner_otto(), at=DUE + 2 * HOUR)
        assert clock_of(ticket).breached_at == DUE

    def test_twice_is_refused_and_counts_once(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE + HOUR)
        with pytest.raises(IllegalAct):
            ticket.pause(reason="supplier", by=owner_otto(), at=MONDAY_NINE + 2 * HOUR)
        ticket.resume(by=owner_otto(), at=MONDAY_NINE + 3 * HOUR)
        assert ticket.first_contact_due_at == DUE + 2 * HOUR


@pytest.mark.django_db
class TestReopening:
    def test_lets_the_same_clock_go_on_without_the_time_it_was_resolved(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        resolve(ticket, MONDAY_NINE + DAY)
        ticket.reopen(reason="Again", by=owner_otto(), at=MONDAY_NINE + 11 * DAY)
        assert ticket.resolution_due_at == MONDAY_NINE + 15 * DAY
        assert ticket.next_due_at == ticket.resolution_due_at
        resolve(ticket, MONDAY_NINE + 12 * DAY)
        clock = clock_of(ticket, "resolution")
        assert (clock.state, clock.minutes_used) == (Clock.State.MET, 2 * 24 * 60)

    def test_does_not_wash_off_a_breach(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        resolve(ticket, MONDAY_NINE + 6 * DAY)
        ticket.reopen(reason="Again", by=owner_otto(), at=MONDAY_NINE + 7 * DAY)
        clock = clock_of(ticket, "resolution")
        assert clock.state == Clock.State.BREACHED
        assert clock.breached_at == MONDAY_NINE + 5 * DAY

    def test_never_rewrites_the_first_contact(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + DAY)
        resolve(ticket, MONDAY_NINE + DAY)
        ticket.reopen(reason="Again", by=owner_otto(), at=MONDAY_NINE + 2 * DAY)
        assert clock_of(ticket).state == Clock.State.MET

    def test_starts_the_wait_for_contact_of_an_unknown_customer_again(self) -> None:
        ticket = ticket_for()
        resolve(ticket, MONDAY_NINE + HOUR)
        assert clock_of(ticket).state == Clock.State.STOPPED
        ticket.reopen(reason="Known now", by=owner_otto(), at=MONDAY_NINE + 3 * HOUR)
        assert clock_of(ticket).state == Clock.State.RUNNING
        assert ticket.first_contact_due_at == DUE + 2 * HOUR


@pytest.mark.django_db
class TestAChangedPolicy:
    def test_moves_open_promises_and_keeps_start_and_pauses(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.pause(reason="customer", by=owner_otto(), at=MONDAY_NINE)
        ticket.resume(by=owner_otto(), at=MONDAY_NINE + HOUR)
        policy = SlaPolicy.objects.get()
        moved = change_policy(
            policy,
            first_contact_minutes=120,
            resolution_minutes=policy.resolution_minutes,
            by=manager_milo(),
            at=MONDAY_NINE + 2 * HOUR,
        )
        assert moved == 1
        ticket.refresh_from_db()
        assert ticket.first_contact_due_at == MONDAY_NINE + 3 * HOUR
        assert ticket.next_due_at == MONDAY_NINE + 3 * HOUR
        line = clock_of(ticket).events.get(kind="recalculated")
        assert line.policy_version == 2

    def test_leaves_finished_and_broken_promises_alone(self) -> None:
        ticket = ticket_for(mara_detractor())
        breach_overdue(at=DUE + SECOND)
        change_policy(
            SlaPolicy.objects.get(),
            first_contact_minutes=9_000,
            resolution_minutes=9_000,
            by=manager_milo(),
            at=DUE + HOUR,
        )
        clock = clock_of(ticket)
        assert (clock.due_at, clock.state) == (DUE, Clock.State.BREACHED)
        assert clock_of(ticket, "resolution").due_at == MONDAY_NINE + timedelta(
            minutes=9_000
        )


@pytest.mark.django_db
class TestTheExplanation:
    def test_adds_up_to_the_deadline(self) -> None:
        team = service_team()
        team.working_hours = WorkingHours.objects.create(
            name="Office", weekly={str(d): [["09:00", "17:00"]] for d in range(5)}
        )
        team.save()
        ticket = ticket_for(mara_detractor())
        ticket.pause(reason="customer", by=agent_ana(), at=MONDAY_NINE + HOUR)
        ticket.resume(by=agent_ana(), at=MONDAY_NINE + 2 * HOUR)
        explanation = explain(clock_of(ticket))
        total = sum((end - start for start, end in explanation.windows), timedelta())
        assert total == explanation.target == 24 * HOUR
        assert explanation.pauses == [(MONDAY_NINE + HOUR, MONDAY_NINE + 2 * HOUR)]
        assert explanation.hours_name == "Office"
