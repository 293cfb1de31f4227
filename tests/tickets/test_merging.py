"""Merged, taken apart, split and linked: nothing is lost, and the earlier promise rules."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from customers.models import Message
from events.models import Event
from teams.models import DataScope
from teams.roles import Role
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    customer,
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    paul_promoter,
    user,
)
from tests.tickets.answers import answer, ticket_for
from tests.tickets.test_desk import signed_in
from tickets import linking, merging, splitting, watching
from tickets.closed_loop import open_tickets_for
from tickets.history import history_of
from tickets.models import Clock, IllegalAct, RootCause, Ticket, TicketLink

HOUR = timedelta(hours=1)
LATER = MONDAY_NINE + HOUR
MUCH_LATER = MONDAY_NINE + 5 * HOUR
Kind, State = Clock.Kind, Clock.State


def two_tickets() -> tuple[Ticket, Ticket]:
    """Mara's, and Paul's of an hour later."""
    return ticket_for(mara_detractor()), ticket_for(paul_promoter(), at=LATER)


def clock(ticket: Ticket, kind: str) -> Clock:
    return ticket.clocks.get(kind=kind)


def message(ticket: Ticket, text: str) -> Message:
    assert ticket.customer is not None
    return Message.objects.create(
        customer=ticket.customer,
        direction=Message.Direction.IN,
        channel=Message.Channel.EMAIL,
        text=text,
        thread=ticket.thread,
        happened_at=LATER,
    )


def contact(ticket: Ticket, *, at: datetime = MUCH_LATER) -> None:
    ticket.log_contact(channel="phone", summary="Called.", by=lead_lena(), at=at)


def merge(ticket: Ticket, into: Ticket) -> None:
    merging.merge(ticket, into=into, by=lead_lena(), at=MUCH_LATER)
    for each in (ticket, into):
        each.refresh_from_db()


def unmerge(ticket: Ticket) -> None:
    merging.unmerge(ticket, by=lead_lena(), at=MUCH_LATER + HOUR)


@pytest.mark.django_db
class TestMerging:
    def test_moves_everything_and_says_where_it_went(self) -> None:
        mara, paul = two_tickets()
        mara.note("Mind the pump", by=agent_ana(), at=LATER)
        written = message(mara, "Where is my pump?")
        watching.watch(mara, who=manager_milo(), by=lead_lena(), at=LATER)
        merge(mara, paul)
        assert mara.merged_into == paul
        assert mara.is_resolved
        assert paul.answers.count() == 2
        assert paul.notes.get().text == "Mind the pump"
        written.refresh_from_db()
        assert written.thread == paul.thread
        assert {manager_milo(), owner_otto()} <= set(paul.watchers.all())
        told = [entry.text for entry in history_of(paul)]
        assert "Mind the pump" in told
        assert "Where is my pump?" in told
        assert any(entry.number == mara.number for entry in history_of(paul))

    def test_lets_the_earlier_promise_rule(self) -> None:
        mara, paul = two_tickets()
        due_at = mara.first_contact_due_at
        assert due_at < paul.first_contact_due_at
        merge(mara, paul)
        assert paul.first_contact_due_at == due_at
        assert clock(paul, Kind.FIRST_CONTACT).started_at == MONDAY_NINE
        assert clock(mara, Kind.FIRST_CONTACT).state == State.STOPPED
        assert mara.next_due_at is None
        assert paul.next_due_at == due_at

    def test_keeps_the_promise_that_was_earlier_already(self) -> None:
        mara, paul = two_tickets()
        due_at = mara.first_contact_due_at
        merge(paul, mara)
        assert mara.first_contact_due_at == due_at
        assert clock(mara, Kind.RESOLUTION).state == State.RUNNING

    def test_counts_a_contact_that_came_after_both_were_opened(self) -> None:
        mara, paul = two_tickets()
        contact(paul)
        merge(mara, paul)
        assert clock(mara, Kind.FIRST_CONTACT).state == State.MET
        assert clock(mara, Kind.FIRST_CONTACT).met_at == MUCH_LATER

    def test_does_not_lose_a_first_contact_that_is_still_owed(self) -> None:
        mara = ticket_for(mara_detractor())
        contact(mara, at=MONDAY_NINE + timedelta(minutes=5))
        paul = ticket_for(paul_promoter(), at=LATER)
        with pytest.raises(IllegalAct, match=f"Merge #{mara.number} into"):
            merge(paul, mara)
        merge(mara, paul)
        assert paul.needs_contact

    def test_cannot_go_in_a_circle(self) -> None:
        mara, paul = two_tickets()
        merge(mara, paul)
        with pytest.raises(IllegalAct, match="was merged into"):
            merge(paul, mara)
        with pytest.raises(IllegalAct, match="into itself"):
            merge(paul, paul)

    def test_is_for_open_tickets(self) -> None:
        mara, paul = two_tickets()
        contact(mara)
        mara.resolve(
            root_cause=RootCause.objects.get(key="delivery-late"),
            outcome="Sent.",
            by=lead_lena(),
            at=MUCH_LATER,
        )
        with pytest.raises(IllegalAct, match="link the two"):
            merge(paul, mara)

    def test_waits_until_the_clocks_run(self) -> None:
        mara, paul = two_tickets()
        mara.pause(reason="supplier", by=lead_lena(), at=LATER)
        with pytest.raises(IllegalAct, match="stand still"):
            merge(mara, paul)

    def test_sends_later_words_on(self) -> None:
        mara, paul = two_tickets()
        third = ticket_for(customer("tara_third"), at=LATER)
        merge(mara, paul)
        merge(paul, third)
        mara.refresh_from_db()
        assert merging.where_it_went(mara) == third
        assert third.answers.count() == 3

    def test_does_not_go_into_a_ticket_of_nobody(self) -> None:
        mara, nobody = ticket_for(mara_detractor()), ticket_for()
        with pytest.raises(IllegalAct, match="Nobody knows"):
            merge(mara, nobody)
        merge(nobody, mara)
        assert mara.answers.count() == 2

    def test_leaves_no_way_to_reopen_the_merged_one(self) -> None:
        mara, paul = two_tickets()
        merge(mara, paul)
        with pytest.raises(IllegalAct, match="split it off first"):
            mara.reopen(reason="No", by=lead_lena(), at=MUCH_LATER)


@pytest.mark.django_db
class TestTakingApart:
    def test_gives_each_its_own_again(self) -> None:
        mara, paul = two_tickets()
        before = {
            (ticket.number, clock.kind): (clock.pk, clock.due_at)
            for ticket in (mara, paul)
            for clock in ticket.clocks.all()
        }
        mara.note("Mara's", by=agent_ana(), at=LATER)
        merge(mara, paul)
        paul.note("Since", by=agent_ana(), at=MUCH_LATER)
        unmerge(mara)
        paul.refresh_from_db()
        assert mara.merged_into is None
        assert not mara.is_resolved
        assert mara.answers.get().response == mara.response
        assert [note.text for note in mara.notes.all()] == ["Mara's"]
        assert [note.text for note in paul.notes.all()] == ["Since"]
        after = {
            (ticket.number, clock.kind): (clock.pk, clock.due_at)
            for ticket in (mara, paul)
            for clock in ticket.clocks.all()
        }
        assert after == before
        assert {c.state for c in Clock.objects.all()} == {State.RUNNING}
        assert mara.next_due_at == mara.first_contact_due_at

    def test_keeps_that_the_customer_was_contacted_meanwhile(self) -> None:
        mara, paul = two_tickets()
        merge(mara, paul)
        contact(paul)
        unmerge(mara)
        for ticket in (mara, Ticket.objects.get(pk=paul.pk)):
            assert ticket.first_contacted_at == MUCH_LATER
            assert clock(ticket, Kind.FIRST_CONTACT).state == State.MET

    def test_is_only_for_what_was_merged(self) -> None:
        mara, _paul = two_tickets()
        with pytest.raises(IllegalAct, match="not merged"):
            unmerge(mara)


@pytest.mark.django_db
class TestSplitting:
    def test_makes_a_ticket_whose_promises_run_from_the_answer(self) -> None:
        mara = mara_detractor()
        ticket = ticket_for(mara)
        further = answer(mara, nps=1, comment="Another thing", at=LATER)
        open_tickets_for([further.pk], at=LATER)
        new = splitting.split(
            ticket,
            splitting.Part(answers=[further]),
            subject="The other thing",
            by=lead_lena(),
            at=MUCH_LATER,
        )
        assert new.answers.get().response == further
        assert ticket.answers.get().response == ticket.response
        assert clock(new, Kind.FIRST_CONTACT).due_at == LATER + 24 * HOUR
        assert new.assignee == ticket.assignee
        link = TicketLink.objects.get()
        assert (link.ticket, link.other, link.kind) == (ticket, new, "split")
        assert Event.objects.filter(name="ticket.split_off").exists()

    def test_takes_messages_and_notes_along(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket)
        written = message(ticket, "And my invoice is wrong")
        note = ticket.note("Invoices are Lena's", by=agent_ana(), at=LATER)
        new = splitting.split(
            ticket,
            splitting.Part(messages=[written], notes=[note]),
            subject="Invoice",
            by=lead_lena(),
            at=MUCH_LATER,
        )
        written.refresh_from_db()
        assert written.thread == new.thread
        assert new.notes.get() == note
        assert not new.needs_contact

    def test_needs_something_to_begin_with_and_leaves_the_first_answer(self) -> None:
        ticket = ticket_for(mara_detractor())
        for part in (splitting.Part(), splitting.Part(answers=[ticket.response])):
            with pytest.raises(IllegalAct):
                splitting.split(
                    ticket, part, subject="x", by=lead_lena(), at=MUCH_LATER
                )


@pytest.mark.django_db
class TestLinking:
    def test_is_seen_from_both_ends_and_once(self) -> None:
        mara, paul = two_tickets()
        linking.link(mara, other=paul, kind="duplicate", by=lead_lena(), at=LATER)
        [there] = linking.linked_with(mara, lead_lena())
        [back] = linking.linked_with(paul, lead_lena())
        assert (there.other, str(there.how)) == (paul, "duplicate of")
        assert (back.other, str(back.how)) == (mara, "has the duplicate")
        with pytest.raises(IllegalAct, match="already"):
            linking.link(paul, other=mara, kind="related", by=lead_lena(), at=LATER)

    def test_shows_nobody_a_ticket_they_may_not_see(self) -> None:
        mara, paul = two_tickets()
        linking.link(mara, other=paul, kind="related", by=lead_lena(), at=LATER)
        narrow = user("narrow_nora", Role.AGENT)
        DataScope.objects.create(
            user=narrow, effect="deny", dimension="region", value="South"
        )
        assert linking.linked_with(mara, narrow) == []


@pytest.mark.django_db
class TestThePages:
    def test_merge_by_preview_and_press(self) -> None:
        mara, paul = two_tickets()
        client = signed_in(lead_lena())
        url = reverse("tickets:merge", args=[mara.number])
        assert client.get(url, {"q": "Paul"}).status_code == 200
        page = client.get(url, {"into": paul.number}).content.decode()
        assert "different customers" in page
        answered = client.post(url, {"into": paul.number})
        assert answered["Location"] == paul.get_absolute_url()
        page = client.get(mara.get_absolute_url()).content.decode()
        assert "This ticket was merged" in page
        assert "Log a contact" not in page
        away = reverse("tickets:unmerge", args=[mara.number])
        assert client.get(away).status_code == 200
        assert client.post(away).status_code == 302

    def test_put_words_typed_meanwhile_where_the_ticket_went(self) -> None:
        mara, paul = two_tickets()
        merge(mara, paul)
        client = signed_in(owner_otto())
        url = reverse("tickets:note", args=[mara.number])
        answered = client.post(url, {"text": "Typed before I knew"})
        assert answered["Location"] == paul.get_absolute_url()
        assert paul.notes.filter(text="Typed before I knew").exists()

    def test_split_by_choosing(self) -> None:
        mara = mara_detractor()
        ticket = ticket_for(mara)
        further = answer(mara, nps=1, comment="Another thing", at=LATER)
        open_tickets_for([further.pk], at=LATER)
        client = signed_in(lead_lena())
        url = reverse("tickets:split", args=[ticket.number])
        assert "Another thing" in client.get(url).content.decode()
        nothing = client.post(url, {"subject": "Other"})
        assert nothing.status_code == 409
        client.post(url, {"subject": "Other", "answers": [further.pk]})
        assert Ticket.objects.get(subject="Other").answers.count() == 1

    def test_link_and_unlink(self) -> None:
        mara, paul = two_tickets()
        client = signed_in(lead_lena())
        found = client.get(
            reverse("tickets:links", args=[mara.number]), {"q": str(paul.number)}
        )
        assert f"#{paul.number}" in found.content.decode()
        client.post(
            reverse("tickets:link", args=[mara.number]),
            {"other": paul.number, "kind": "related"},
        )
        link = TicketLink.objects.get()
        client.post(reverse("tickets:unlink", args=[paul.number, link.pk]))
        assert not TicketLink.objects.exists()

    def test_are_nobodys_outside_their_scope(self) -> None:
        mara, paul = two_tickets()
        narrow = user("narrow_nora", Role.AGENT)
        DataScope.objects.create(
            user=narrow, effect="deny", dimension="region", value="South"
        )
        client = signed_in(narrow)
        for name in ("merge", "split", "links"):
            assert (
                client.get(reverse(f"tickets:{name}", args=[paul.number])).status_code
                == 404
            )
        page = client.get(
            reverse("tickets:merge", args=[mara.number]), {"into": paul.number}
        )
        assert f"#{paul.number}" not in page.content.decode()
