"""A first contact by a letter that did not arrive is taken back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from customers.models import Message
from events import deliveries, outbox
from events.models import Delivery, Event
from teams.models import Notification
from tests.personas import MONDAY_NINE, owner_otto
from tests.tickets.mails import SERVICE, answering, came_in, written_to
from tests.tickets.test_clocks import DUE, clock_of, contact, resolve
from tests.tickets.test_desk import signed_in
from tests.tickets.test_mail_reading import report
from tickets import inbound, replies
from tickets.breaches import breach_overdue
from tickets.history import history_of
from tickets.models import Clock, Ticket
from tickets.replay import replay

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _mailbox(settings: Any, tmp_path: Path) -> None:
    settings.MAIL_REPLY_ADDRESS = SERVICE
    settings.ATTACHMENTS_DIR = tmp_path / "attachments"


def bounced(hours: int = 3) -> None:
    """The first letter comes back so many hours later."""
    letter = Message.objects.filter(direction="out").earliest("pk")
    Message.objects.filter(pk=letter.pk).update(message_id="letter@service.test")
    raw = report("failed", "5.1.1", "550 no such user")
    inbound.take_in(raw, at=MONDAY_NINE + hours * HOUR)


class TestTheOnlyLetter:
    def test_that_bounces_leaves_the_first_contact_to_be_made(self) -> None:
        ticket, _letter = written_to()
        bounced()
        ticket.refresh_from_db()
        assert (ticket.first_contacted_at, ticket.status) == (None, "open")
        assert ticket.needs_contact
        clock = clock_of(ticket)
        assert (clock.state, clock.due_at, clock.met_at) == ("running", DUE, None)
        assert ticket.next_due_at == DUE
        told = Notification.objects.get(kind="ticket_contact_taken_back")
        assert told.user == owner_otto()
        assert Event.objects.filter(name="ticket.contact_taken_back").count() == 1
        titles = [entry.title for entry in history_of(ticket)]
        assert any("first contact is still to be made" in title for title in titles)

    def test_breaches_at_the_old_deadline_and_a_call_meets_it(self) -> None:
        ticket, _letter = written_to()
        bounced()
        breach_overdue(at=DUE + HOUR)
        assert clock_of(ticket).breached_at == DUE
        ticket.refresh_from_db()
        contact(ticket, DUE + 2 * HOUR)
        assert clock_of(ticket).state == Clock.State.MET_LATE
        assert all(replay(clock) == clock.due_at for clock in ticket.clocks.all())

    def test_stands_still_for_what_was_paused_meanwhile(self) -> None:
        ticket, _letter = written_to()
        for begun, ended in ((1, 2), (2.5, None)):
            ticket.pause(
                reason="supplier", by=owner_otto(), at=MONDAY_NINE + begun * HOUR
            )
            if ended:
                ticket.resume(by=owner_otto(), at=MONDAY_NINE + ended * HOUR)
        bounced(3)
        assert clock_of(ticket).state == Clock.State.PAUSED
        ticket.refresh_from_db()
        ticket.resume(by=owner_otto(), at=MONDAY_NINE + 4.5 * HOUR)
        assert clock_of(ticket).due_at == DUE + 3 * HOUR
        assert all(replay(clock) == clock.due_at for clock in ticket.clocks.all())

    def test_given_up_by_the_mail_queue_counts_again_when_it_is_sent_again(
        self, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        ticket, letter = written_to()
        for _try in range(deliveries.TRIES):
            deliveries.send_due(at=Delivery.objects.get().next_try_at)
        outbox.drain()
        ticket.refresh_from_db()
        assert ticket.first_contacted_at is None
        letter.refresh_from_db()
        replies.send_again(ticket, letter, by=owner_otto(), at=MONDAY_NINE + HOUR)
        assert ticket.first_contacted_at == MONDAY_NINE + HOUR


class TestAContactThatStands:
    def _stays(self, ticket: Ticket) -> None:
        bounced(9)
        ticket.refresh_from_db()
        assert ticket.first_contacted_at == MONDAY_NINE
        assert Notification.objects.filter(kind="ticket_mail_bounced").exists()

    def test_where_they_were_called_as_well(self) -> None:
        ticket, _letter = written_to()
        contact(ticket, MONDAY_NINE + HOUR)
        self._stays(ticket)

    def test_where_they_answered_the_letter(self) -> None:
        ticket, letter = written_to()
        letter.refresh_from_db()
        came_in(answering(letter))
        Message.objects.filter(direction="in").update(in_reply_to="letter@service.test")
        self._stays(ticket)

    def test_where_the_ticket_is_resolved(self) -> None:
        ticket, _letter = written_to()
        resolve(ticket, MONDAY_NINE + HOUR)
        self._stays(ticket)


def test_the_page_asks_for_the_contact_again() -> None:
    ticket, _letter = written_to()
    bounced()
    page = signed_in(owner_otto()).get(ticket.get_absolute_url()).content.decode()
    assert "Contact the customer" in page
