"""Work that is there already moves to who can do it."""

from datetime import timedelta

import pytest

from events.models import Event
from teams.models import Notification, User
from teams.people import StillLeads, change_person
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    service_team,
)
from tests.tickets.answers import answer, ticket_for
from tests.tickets.test_routing import absent, away
from tickets import handover, watchdog
from tickets.closed_loop import open_tickets_for
from tickets.department_tasks import give_task
from tickets.models import Clock, Ticket
from tickets.task_handover import look_after_tasks

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def owner(ticket: Ticket) -> User:
    ticket.refresh_from_db()
    return ticket.assignee


class TestHandOver:
    def test_moves_everything_at_once_where_that_was_chosen(self) -> None:
        ticket = ticket_for(mara_detractor())
        absent(owner_otto(), manager_milo())
        assert handover.hand_over_due(at=MONDAY_NINE) == 1
        assert owner(ticket) == manager_milo()

    def test_says_so_in_the_history_and_to_the_deputy(self) -> None:
        ticket = ticket_for(mara_detractor())
        absent(owner_otto(), manager_milo())
        handover.hand_over_due(at=MONDAY_NINE)
        event = Event.objects.get(name="ticket.assigned")
        assert (event.payload["to"], event.payload["reason"]) == (
            manager_milo().pk,
            "absence",
        )
        notice = Notification.objects.get(user=manager_milo())
        assert notice.kind == "ticket_handed_over"
        assert notice.params["number"] == ticket.number
        assert notice.params["name"] == "Owner Otto"

    def test_waits_until_the_chosen_share_of_the_time_is_used(self) -> None:
        # 24 hours to the first contact, round the clock.
        ticket = ticket_for(mara_detractor())
        absent(owner_otto(), manager_milo(), hand_over_at=75)
        early, due = MONDAY_NINE + 17.9 * HOUR, MONDAY_NINE + 18 * HOUR
        assert handover.hand_over_due(at=early) == 0
        assert owner(ticket) == owner_otto()
        assert handover.hand_over_due(at=due) == 1
        assert owner(ticket) == manager_milo()

    def test_does_not_count_pauses(self) -> None:
        ticket = ticket_for(mara_detractor())
        clock = ticket.clocks.get(kind=Clock.Kind.FIRST_CONTACT)
        clock.pauses = [[MONDAY_NINE.isoformat(), None]]
        assert handover.share_used(clock, at=MONDAY_NINE + 20 * HOUR) == 0

    def test_leaves_what_is_resolved_and_what_others_have(self) -> None:
        mine, done, other = (ticket_for() for _ in range(3))
        Ticket.objects.filter(pk=mine.pk).update(assignee=owner_otto())
        Ticket.objects.filter(pk=other.pk).update(assignee=agent_ana())
        Ticket.objects.filter(pk=done.pk).update(
            assignee=owner_otto(), status="resolved"
        )
        absent(owner_otto(), manager_milo())
        assert handover.hand_over_due(at=MONDAY_NINE) == 1
        assert owner(other) == agent_ana()

    def test_does_nothing_the_second_time(self) -> None:
        ticket_for(mara_detractor())
        absent(owner_otto(), manager_milo())
        handover.hand_over_due(at=MONDAY_NINE)
        assert handover.hand_over_due(at=MONDAY_NINE) == 0
        assert Event.objects.filter(name="ticket.assigned").count() == 1

    def test_goes_to_the_lead_where_the_deputies_form_a_ring(self) -> None:
        ticket = ticket_for(mara_detractor())
        absent(owner_otto(), agent_ana())
        absent(agent_ana(), owner_otto())
        handover.hand_over_due(at=MONDAY_NINE)
        assert owner(ticket) == lead_lena()


class TestWaitingWork:
    def test_is_given_out_in_the_order_of_its_deadlines(self) -> None:
        service_team()
        away(agent_ana())
        away(owner_otto())
        later = ticket_for(at=MONDAY_NINE + HOUR)
        sooner = ticket_for(at=MONDAY_NINE)
        User.objects.filter(pk=agent_ana().pk).update(is_present=True, capacity=1)
        assert handover.hand_out_waiting(at=MONDAY_NINE + 2 * HOUR) == 1
        assert owner(sooner) == agent_ana()
        assert owner(later) == lead_lena()
        later.refresh_from_db()
        assert later.waits_for_owner

    def test_stays_with_the_lead_who_has_begun(self) -> None:
        service_team()
        away(agent_ana())
        away(owner_otto())
        ticket = ticket_for(mara_detractor())
        ticket.log_contact(
            channel="phone", summary="Hi", by=lead_lena(), at=MONDAY_NINE
        )
        User.objects.update(is_present=True)
        assert handover.hand_out_waiting(at=MONDAY_NINE) == 0
        assert handover.stop_waiting() == 1
        assert owner(ticket) == lead_lena()

    def test_is_nobody_s_wait_once_it_was_assigned(self) -> None:
        service_team()
        away(agent_ana())
        away(owner_otto())
        ticket = ticket_for()
        ticket.assign(to=manager_milo(), by=lead_lena(), at=MONDAY_NINE)
        User.objects.update(is_present=True)
        assert handover.hand_out_waiting(at=MONDAY_NINE) == 0


class TestTheWatchdog:
    def test_finds_nothing_in_good_order(self) -> None:
        ticket_for(mara_detractor())
        assert watchdog.look_after(at=MONDAY_NINE) == 0

    def test_gives_on_what_belongs_to_a_closed_account(self) -> None:
        ticket = ticket_for(mara_detractor())
        User.objects.filter(pk=owner_otto().pk).update(is_active=False)
        assert watchdog.look_after(at=MONDAY_NINE) == 1
        assert owner(ticket) == lead_lena()

    def test_gives_on_what_somebody_away_has_after_the_first_warning(self) -> None:
        ticket = ticket_for(mara_detractor())
        away(owner_otto())
        assert watchdog.look_after(at=MONDAY_NINE) == 0
        ticket.clocks.update(fired_percent=50)
        assert watchdog.look_after(at=MONDAY_NINE) == 1
        assert owner(ticket) == lead_lena()

    def test_counts_what_nobody_at_all_can_take(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.clocks.update(fired_percent=50)
        User.objects.update(is_present=False)
        assert watchdog.look_after(at=MONDAY_NINE) == 0
        assert watchdog.unattended(at=MONDAY_NINE).count() == 1


class TestLeaving:
    def test_gives_the_tickets_to_those_who_stay(self) -> None:
        service_team()
        ids = [answer().pk for _ in range(6)]
        open_tickets_for(ids, at=MONDAY_NINE)
        plan = handover.plan_for(owner_otto(), at=MONDAY_NINE)
        assert plan == {agent_ana(): 3}
        change_person(owner_otto(), by=admin_ada(), at=MONDAY_NINE, is_active=False)
        assert Ticket.objects.of(agent_ana()).count() == 6

    def test_means_too_that_a_role_works_on_tickets_no_more(self) -> None:
        ticket = ticket_for(mara_detractor())
        change_person(owner_otto(), by=admin_ada(), at=MONDAY_NINE, role="executive")
        assert owner(ticket) == agent_ana()

    def test_leaves_nothing_behind_though_nobody_is_at_work(self) -> None:
        ticket = ticket_for(mara_detractor())
        User.objects.update(is_present=False)
        change_person(owner_otto(), by=admin_ada(), at=MONDAY_NINE, is_active=False)
        assert owner(ticket) == lead_lena()

    def test_is_refused_to_who_leads_a_team(self) -> None:
        service_team()
        with pytest.raises(StillLeads):
            change_person(lead_lena(), by=admin_ada(), at=MONDAY_NINE, role="executive")

    def test_gives_the_tasks_to_colleagues_of_the_department(self) -> None:
        ticket = ticket_for(mara_detractor())
        task = give_task(
            ticket,
            team=service_team(),
            title="Look up the invoice",
            text="",
            minutes=60,
            by=lead_lena(),
            at=MONDAY_NINE,
        )
        before = task.assignee
        change_person(before, by=admin_ada(), at=MONDAY_NINE, is_active=False)
        task.refresh_from_db()
        assert task.assignee not in {before, None}
        assert task.assignee.is_active
        assert look_after_tasks(at=MONDAY_NINE) == 0
