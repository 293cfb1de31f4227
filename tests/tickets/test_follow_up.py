"""The customer comes back, soon or late."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Message
from dashboards import loop_rollup
from dashboards.models import LoopRow
from events.models import Event
from teams.models import Absence, Notification, User
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    lead_lena,
    mara_detractor,
    owner_otto,
)
from tests.tickets.answers import ticket_for
from tickets import follow_up
from tickets.models import Clock, IllegalAct, RootCause, Ticket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DONE = MONDAY_NINE + HOUR
SOON, LATE = DONE + 14 * DAY, DONE + 14 * DAY + HOUR


def resolved() -> Ticket:
    ticket = ticket_for(mara_detractor())
    ticket.log_contact(channel="phone", summary="Sorry.", by=owner_otto(), at=DONE)
    ticket.resolve(
        root_cause=RootCause.objects.get(key="service-wait"),
        outcome="Refund",
        by=owner_otto(),
        at=DONE,
    )
    return ticket


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


@pytest.mark.django_db
class TestInsideTheDaysToReopen:
    def test_the_same_ticket_goes_on_with_the_same_clock(self) -> None:
        ticket = resolved()
        before = Clock.objects.get(ticket=ticket, kind="resolution").due_at
        going_on = follow_up.take_up_again(ticket, "Still broken", at=SOON)
        assert going_on.pk == ticket.pk
        assert not fresh(ticket).is_resolved
        clock = Clock.objects.get(ticket=ticket, kind="resolution")
        assert clock.due_at == before + 14 * DAY
        assert Message.objects.get(direction="in").thread == ticket.thread

    def test_a_colleague_reopens_it(self) -> None:
        ticket = resolved()
        going_on = follow_up.reopen(ticket, reason="Broken", by=agent_ana(), at=SOON)
        assert going_on.pk == ticket.pk
        assert fresh(ticket).reopened_count == 1

    def test_only_the_words_are_kept_where_it_is_open_already(self) -> None:
        ticket = resolved()
        follow_up.take_up_again(ticket, "One", at=SOON)
        follow_up.take_up_again(ticket, "Two", at=LATE)
        assert fresh(ticket).reopened_count == 1
        assert Message.objects.filter(direction="in").count() == 2


@pytest.mark.django_db
class TestAfterThem:
    def test_a_follow_up_begins_with_promises_of_its_own(self) -> None:
        ticket = resolved()
        following = follow_up.come_back(ticket, "Broken again", at=LATE)
        assert following.follow_up_of == ticket
        assert following.assignee == owner_otto()
        assert following.first_contact_due_at == LATE + DAY
        assert following.next_due_at == following.first_contact_due_at
        kinds = following.clocks.values_list("kind", "state", "started_at")
        assert sorted(kinds) == [
            ("first_contact", "running", LATE),
            ("resolution", "running", LATE),
        ]
        assert Message.objects.get(direction="in").thread == following.thread

    def test_the_first_ticket_stays_what_it_was(self) -> None:
        ticket = resolved()
        before = list(ticket.clocks.values())
        follow_up.come_back(ticket, "Broken again", at=LATE)
        assert list(ticket.clocks.values()) == before
        assert fresh(ticket).is_resolved

    def test_there_is_one_follow_up_at_a_time(self) -> None:
        ticket = resolved()
        first = follow_up.come_back(ticket, "Broken", at=LATE)
        assert follow_up.come_back(ticket, "Hello?", at=LATE + HOUR) == first
        assert ticket.follow_ups.count() == 1
        assert Event.objects.filter(name="ticket.came_back").count() == 1

    def test_owner_and_lead_are_told(self) -> None:
        ticket = resolved()
        Notification.objects.all().delete()
        follow_up.come_back(ticket, "Broken again", at=LATE)
        told = Notification.objects.filter(kind="ticket_came_back")
        assert {notice.user for notice in told} == {owner_otto(), lead_lena()}

    def test_a_message_moves_to_the_follow_up(self) -> None:
        ticket = resolved()
        message = Message.objects.create(
            customer=mara_detractor(),
            direction="in",
            channel="email",
            text="Hello",
            thread=ticket.thread,
            happened_at=LATE,
        )
        following = follow_up.come_back(ticket, message, at=LATE)
        message.refresh_from_db()
        assert message.thread == following.thread

    def test_a_colleagues_reopening_opens_one_too(self) -> None:
        ticket = resolved()
        following = follow_up.reopen(ticket, reason="Broken", by=agent_ana(), at=LATE)
        assert following.follow_up_of == ticket
        assert following.notes.get().text == "Broken"

    def test_both_count_in_compliance(self) -> None:
        ticket = resolved()
        following = follow_up.come_back(ticket, "Broken again", at=LATE)
        loop_rollup.fold([ticket.pk, following.pk], newest_at=LATE)
        rows = LoopRow.objects.order_by("ticket_id")
        assert [row.ticket_id for row in rows] == [ticket.pk, following.pk]
        assert [row.resolution_state for row in rows] == ["met", "running"]
        assert rows[1].day == LATE.date()

    def test_an_open_ticket_has_none(self) -> None:
        with pytest.raises(IllegalAct, match="not resolved"):
            follow_up.come_back(ticket_for(mara_detractor()), "x", at=LATE)

    def test_the_page_leads_from_one_to_the_other(self) -> None:
        ticket = resolved()
        following = follow_up.come_back(ticket, "Broken again", at=LATE)
        client = Client()
        client.force_login(owner_otto())
        shown = client.get(ticket.get_absolute_url()).content.decode()
        assert f"#{following.number}" in shown
        shown = client.get(following.get_absolute_url()).content.decode()
        assert f"/tickets/{ticket.number}/" in shown

    def test_the_form_says_which_of_both_will_happen(self) -> None:
        client = Client()
        client.force_login(owner_otto())
        address = reverse("tickets:reopening", args=[resolved().number])
        assert "follow-up ticket" in client.get(address).content.decode()


@pytest.mark.django_db
class TestReopenedWorkOfSomebodyAway:
    """Complaint 13: reopened work goes to an agent who is not there."""

    def test_goes_to_the_deputy(self) -> None:
        ticket = resolved()
        Absence.objects.create(
            user=owner_otto(), deputy=agent_ana(), starts_at=DONE, ends_at=LATE + DAY
        )
        assert follow_up.owner_of(ticket, at=LATE) == agent_ana().pk
        assert follow_up.come_back(ticket, "x", at=LATE).assignee == agent_ana()

    def test_goes_to_the_lead_where_nobody_stands_in(self) -> None:
        ticket = resolved()
        User.objects.exclude(pk=lead_lena().pk).update(is_present=False)
        assert follow_up.come_back(ticket, "x", at=LATE).assignee == lead_lena()
