"""Assign, note, contact, resolve, reopen: what each does and when it is refused."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from customers.models import Message
from events.models import Event
from teams.models import DataScope, Notification
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    executive_eva,
    lead_lena,
    mara_detractor,
    owner_otto,
)
from tests.tickets.answers import ticket_for
from tickets.models import IllegalAct, RootCause, Ticket

HOUR = timedelta(hours=1)
LATER = MONDAY_NINE + HOUR


def names() -> list[str]:
    return [
        event.name
        for event in Event.objects.filter(subject_type="ticket").order_by("id")
    ]


def contact(ticket: Ticket) -> None:
    ticket.log_contact(
        channel="phone", summary="Said sorry.", by=owner_otto(), at=LATER
    )


def resolve(ticket: Ticket, key: str = "service-wait", outcome: str = "Refund") -> None:
    ticket.resolve(
        root_cause=RootCause.objects.get(key=key),
        outcome=outcome,
        by=owner_otto(),
        at=LATER,
    )


@pytest.mark.django_db
class TestAssigning:
    def test_gives_it_to_somebody_else_and_tells_them(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.assign(to=agent_ana(), by=lead_lena(), at=LATER)
        ticket.refresh_from_db()
        assert ticket.assignee == agent_ana()
        event = Event.objects.get(name="ticket.assigned")
        assert event.payload["to"] == agent_ana().pk
        assert event.payload["before"] == owner_otto().pk
        assert Notification.objects.filter(user=agent_ana()).count() == 1

    def test_is_refused_to_who_has_it_already(self) -> None:
        ticket = ticket_for(mara_detractor())
        with pytest.raises(IllegalAct, match="already with Owner Otto"):
            ticket.assign(to=owner_otto(), by=lead_lena(), at=LATER)

    def test_is_refused_to_people_without_tickets(self) -> None:
        ticket = ticket_for(mara_detractor())
        with pytest.raises(IllegalAct, match="may not see"):
            ticket.assign(to=executive_eva(), by=lead_lena(), at=LATER)

    def test_is_refused_to_people_whose_scope_leaves_the_customer_out(self) -> None:
        ticket = ticket_for(mara_detractor())
        DataScope.objects.create(
            user=agent_ana(), effect="allow", dimension="region", value="South"
        )
        with pytest.raises(IllegalAct, match="may not see"):
            ticket.assign(to=agent_ana(), by=lead_lena(), at=LATER)

    def test_is_refused_once_resolved(self) -> None:
        ticket = ticket_for()
        resolve(ticket)
        with pytest.raises(IllegalAct, match="already resolved"):
            ticket.assign(to=agent_ana(), by=lead_lena(), at=LATER)


@pytest.mark.django_db
class TestContact:
    def test_is_kept_as_a_message_and_begins_the_work(self) -> None:
        mara = mara_detractor()
        ticket = ticket_for(mara)
        contact(ticket)
        ticket.refresh_from_db()
        assert ticket.first_contacted_at == LATER
        assert ticket.status == Ticket.Status.IN_PROGRESS
        message = Message.objects.get(customer=mara)
        assert (message.direction, message.thread) == ("out", ticket.thread)
        assert "ticket.first_contacted" in names()

    def test_counts_as_the_first_only_once(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket)
        contact(ticket)
        assert names().count("ticket.first_contacted") == 1
        assert names().count("ticket.contacted") == 1
        assert Message.objects.count() == 2

    def test_is_no_status_change(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.note("I will call.", by=owner_otto(), at=LATER)
        ticket.refresh_from_db()
        assert ticket.first_contacted_at is None
        assert names()[-1] == "ticket.noted"

    def test_with_somebody_unknown_is_kept_as_a_note(self) -> None:
        ticket = ticket_for()
        contact(ticket)
        assert ticket.notes.get().text == "Said sorry."
        assert ticket.first_contacted_at == LATER


@pytest.mark.django_db
class TestResolving:
    def test_closes_the_loop_after_a_contact(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket)
        resolve(ticket)
        ticket.refresh_from_db()
        assert ticket.status == Ticket.Status.RESOLVED
        assert (ticket.resolved_at, ticket.next_due_at) == (LATER, None)
        assert str(ticket.root_cause) == "Long wait"
        assert names()[-2:] == ["ticket.resolved", "loop.closed"]

    def test_is_refused_before_the_customer_has_heard_from_us(self) -> None:
        ticket = ticket_for(mara_detractor())
        with pytest.raises(IllegalAct, match="Contact the customer first"):
            resolve(ticket)
        assert names() == ["ticket.opened"]

    def test_of_somebody_unknown_needs_no_contact_and_closes_no_loop(self) -> None:
        ticket = ticket_for()
        resolve(ticket)
        assert names()[-1] == "ticket.resolved"
        contact(ticket)
        assert names()[-1] == "loop.closed"

    def test_needs_a_cause_and_not_a_group(self) -> None:
        with pytest.raises(IllegalAct, match="not a group"):
            resolve(ticket_for(), key="service")

    def test_needs_an_outcome(self) -> None:
        with pytest.raises(IllegalAct, match="what came of it"):
            resolve(ticket_for(), outcome="  ")

    def test_happens_once(self) -> None:
        ticket = ticket_for()
        resolve(ticket)
        with pytest.raises(IllegalAct, match="already resolved"):
            resolve(ticket)

    def test_looks_at_the_row_not_at_an_old_copy(self) -> None:
        ticket = ticket_for()
        stale = Ticket.objects.get(pk=ticket.pk)
        resolve(ticket)
        with pytest.raises(IllegalAct, match="already resolved"):
            resolve(stale)


@pytest.mark.django_db
class TestReopening:
    def test_opens_it_again_and_tells_the_assignee(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket)
        resolve(ticket)
        ticket.reopen(reason="Still broken", by=lead_lena(), at=LATER + HOUR)
        ticket.refresh_from_db()
        assert ticket.status == Ticket.Status.IN_PROGRESS
        assert (ticket.resolved_at, ticket.reopened_count) == (None, 1)
        assert Notification.objects.filter(kind="ticket_reopened").exists()
        assert ticket.notes.filter(text="Still broken").exists()

    def test_keeps_what_was_said_when_it_was_resolved(self) -> None:
        ticket = ticket_for()
        resolve(ticket, outcome="First outcome")
        ticket.reopen(reason="No", by=owner_otto(), at=LATER)
        resolve(ticket, outcome="Second outcome")
        texts = set(ticket.notes.values_list("text", flat=True))
        assert texts == {"First outcome", "No", "Second outcome"}

    def test_is_refused_while_open(self) -> None:
        with pytest.raises(IllegalAct, match="not resolved"):
            ticket_for().reopen(reason="?", by=owner_otto(), at=LATER)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestTwoPeopleAtOnce:
    @pytest.mark.parametrize(
        ("act", "event"),
        [(contact, "ticket.first_contacted"), (resolve, "ticket.resolved")],
    )
    def test_do_a_thing_once(self, act: Callable[[Ticket], None], event: str) -> None:
        ticket = ticket_for(None if act is resolve else mara_detractor())
        owner_otto()
        barrier = Barrier(3)

        def work() -> None:
            own = Ticket.objects.get(pk=ticket.pk)
            barrier.wait()
            try:
                act(own)
            except IllegalAct:
                pass
            finally:
                connection.close()

        threads = [Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert names().count(event) == 1
