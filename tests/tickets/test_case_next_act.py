"""What to do next, by when and why; the call log; the customer round the ticket."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Consent, Customer, Interaction, Message
from tests.personas import MONDAY_NINE, lead_lena, mara_detractor, owner_otto
from tests.tickets.answers import answer, ticket_for
from tests.tickets.test_case import act
from tests.tickets.test_desk import signed_in
from tickets import contacts
from tickets.contact_ways import contact_ways
from tickets.customer_facts import facts_of
from tickets.models import RootCause, Ticket
from tickets.next_act import NextAct, next_act_for

HOUR = timedelta(hours=1)
LATER = MONDAY_NINE + HOUR


def mara(**fields: Any) -> Customer:
    found = mara_detractor()
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    return found


def agrees(customer: Customer, **channels: bool) -> None:
    for channel, is_granted in channels.items():
        Consent.objects.create(
            customer=customer,
            channel=channel,
            is_granted=is_granted,
            decided_at=MONDAY_NINE,
        )


def advice(ticket: Ticket) -> NextAct:
    fresh = Ticket.objects.get(pk=ticket.pk)
    found = next_act_for(fresh, at=LATER)
    assert found is not None
    return found


@pytest.mark.django_db
class TestTheNextAct:
    def test_is_the_first_contact_with_how_and_when(self) -> None:
        customer = mara(phone="+49 30 1", time_zone="Asia/Shanghai")
        agrees(customer, phone=True)
        said = advice(ticket_for(customer))
        assert said.acts == ("contact",)
        assert said.why == [
            "First contact is due in 23 h.",
            "Phone call: the customer agreed to it.",
            "It is 18:00 there.",
        ]

    def test_writes_where_people_sleep(self) -> None:
        customer = mara(phone="+1 5", time_zone="America/Los_Angeles")
        said = advice(ticket_for(customer))
        assert said.acts == ("reply", "contact")
        assert said.why[-1] == "It is 02:00 there, too early or too late for a call."

    def test_says_how_long_it_has_been_overdue(self) -> None:
        ticket = ticket_for(mara(), at=MONDAY_NINE - 30 * HOUR)
        assert advice(ticket).why[0] == "First contact has been overdue for 7 h."

    def test_is_an_answer_while_the_customer_waits_for_one(self) -> None:
        ticket = ticket_for(mara())
        ticket.log_contact(
            channel="email", summary="Hello", by=owner_otto(), at=MONDAY_NINE
        )
        ticket.unanswered_since = MONDAY_NINE
        ticket.save()
        said = advice(ticket)
        assert said.acts == ("reply", "contact")
        assert said.why[0] == "The customer has waited for an answer for 1 h."

    def test_is_the_resolution_then_nothing(self) -> None:
        ticket = ticket_for(mara())
        ticket.log_contact(
            channel="phone", summary="Hello", by=owner_otto(), at=MONDAY_NINE
        )
        assert advice(ticket).acts == ("resolution",)
        ticket.resolve(
            root_cause=RootCause.objects.get(key="delivery-late"),
            outcome="Sent.",
            by=owner_otto(),
            at=LATER,
        )
        assert next_act_for(Ticket.objects.get(), at=LATER) is None

    def test_leaves_out_ways_that_the_customer_refused(self) -> None:
        customer = mara(phone="+49 30 1")
        agrees(customer, phone=False, sms=False)
        ways = contact_ways(ticket_for(customer), at=LATER).ways
        assert [way.channel for way in ways] == ["email"]


@pytest.mark.django_db
class TestTheCallLog:
    def test_counts_a_try_as_no_contact(self) -> None:
        ticket = ticket_for(mara())
        contacts.log(
            ticket,
            channel="phone",
            summary="Engaged",
            is_reached=False,
            minutes=None,
            by=owner_otto(),
            at=LATER,
        )
        ticket.refresh_from_db()
        assert ticket.first_contacted_at is None
        assert ticket.notes.get().text == "Not reached: Phone call\nEngaged"
        assert not Message.objects.exists()

    def test_keeps_how_long_it_took(self) -> None:
        ticket = ticket_for(mara())
        client = signed_in(owner_otto())
        sent = {"channel": "phone", "summary": "Sorry.", "is_reached": "1"}
        client.post(act("contact", ticket), {**sent, "minutes": "12"})
        assert Message.objects.get().text == "Sorry.\n(12 min)"
        assert Ticket.objects.get().first_contacted_at is not None

    def test_needs_words_only_where_somebody_was_reached(self) -> None:
        ticket = ticket_for(mara())
        client = signed_in(owner_otto())
        sent = {"channel": "phone", "summary": "", "minutes": "-1"}
        assert client.post(act("contact", ticket), sent).status_code == 422
        tried = {"channel": "phone", "summary": "", "is_reached": "0"}
        assert client.post(act("contact", ticket), tried).status_code == 302


@pytest.mark.django_db
class TestTheCustomerRoundIt:
    def test_has_value_scores_and_other_cases(self) -> None:
        customer = mara()
        for days, value in ((30, 100), (60, 50), (400, 900)):
            Interaction.objects.create(
                customer=customer,
                kind="order",
                occurred_at=MONDAY_NINE - timedelta(days=days),
                value=value,
                currency="EUR",
            )
        answer(customer, nps=9, at=MONDAY_NINE - timedelta(days=90))
        ticket = ticket_for(customer, nps=3)
        facts = facts_of(ticket, lead_lena(), at=LATER)
        assert facts is not None
        [value_of] = facts.value
        assert (value_of.amount, value_of.orders) == (Decimal(150), 2)
        assert [(s.score, s.is_here) for s in facts.scores] == [(9, False), (3, True)]
        assert facts.scores[0].y < facts.scores[1].y
        page = signed_in(lead_lena()).get(ticket.get_absolute_url()).content.decode()
        assert "150" in page
        assert "NPS 9/10" in page

    def test_is_nobody_behind_an_open_link(self) -> None:
        ticket = ticket_for()
        assert facts_of(ticket, lead_lena(), at=LATER) is None
        page = signed_in(lead_lena()).get(ticket.get_absolute_url()).content.decode()
        assert "Unknown: answered over an open link" in page

    def test_changes_type_and_tags(self) -> None:
        ticket = ticket_for(mara())
        client = signed_in(owner_otto())
        sent = {"problem_type": "Delivery", "tags": "late,  Late, 发票，vip"}
        client.post(act("description", ticket), sent)
        ticket.refresh_from_db()
        assert (ticket.problem_type, ticket.tags) == (
            "Delivery",
            ["late", "发票", "vip"],
        )
        much = {"tags": "x" * 41}
        assert client.post(act("description", ticket), much).status_code == 422
