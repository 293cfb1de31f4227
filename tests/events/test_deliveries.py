"""Deliveries: at least once, always under the same key, parked in the end."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from events import deliveries
from events.models import Delivery, Event
from tests.personas import MONDAY_NINE

LATER = MONDAY_NINE + timedelta(minutes=1)


def letter(key: str = "letter-1", **fields: Any) -> Delivery:
    content = {"subject": "Sorry", "text": "We are sorry.", **fields}
    return deliveries.queue_delivery(
        key=key,
        channel="email",
        recipient="mara@customers.test",
        content=content,
        at=MONDAY_NINE,
        subject=("ticket", 7),
    )


class Mailbox:
    """What an SMTP server on this machine took, or refused with `answer`."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            parsed = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            self.letters.append(parsed)
        return self.answer


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield box
    server.stop()


@pytest.mark.django_db
class TestQueueing:
    def test_happens_once_per_key(self) -> None:
        assert letter() == letter()
        assert Delivery.objects.count() == 1


@pytest.mark.django_db
class TestSending:
    def test_hands_the_letter_over(self, mailbox: Mailbox) -> None:
        letter(html="<p>We are sorry.</p>")
        assert deliveries.send_due(at=MONDAY_NINE) == 1
        (taken,) = mailbox.letters
        assert (taken["To"], taken["Subject"]) == ("mara@customers.test", "Sorry")
        assert taken["Message-ID"] == "<letter-1@cem>"
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts) == ("sent", 1)
        assert delivery.sent_at == MONDAY_NINE
        assert Event.objects.get(name="delivery.sent").payload["for"] == "ticket:7"

    def test_waits_for_its_time(self, mailbox: Mailbox) -> None:
        letter()
        assert deliveries.send_due(at=MONDAY_NINE - timedelta(seconds=1)) == 0

    def test_tries_again_later_what_the_server_refuses(self, mailbox: Mailbox) -> None:
        letter()
        mailbox.answer = "451 try later"
        deliveries.send_due(at=MONDAY_NINE)
        delivery = Delivery.objects.get()
        assert delivery.state == "queued"
        assert "451" in delivery.last_error
        assert delivery.next_try_at == MONDAY_NINE + timedelta(seconds=30)
        mailbox.answer = "250 OK"
        deliveries.send_due(at=delivery.next_try_at)
        delivery.refresh_from_db()
        assert (delivery.state, delivery.last_error) == ("sent", "")

    def test_parks_after_six_tries(self, mailbox: Mailbox) -> None:
        letter()
        mailbox.answer = "554 no"
        for _ in range(6):
            deliveries.send_due(at=Delivery.objects.get().next_try_at)
        assert Delivery.objects.get().state == "parked"
        assert Event.objects.filter(name="delivery.parked").count() == 1
        assert deliveries.send_due(at=MONDAY_NINE + timedelta(days=9)) == 0

    def test_is_not_held_up_by_a_letter_that_cannot_be_built(
        self, mailbox: Mailbox
    ) -> None:
        deliveries.queue_delivery(
            key="broken",
            channel="email",
            recipient="mara@customers.test",
            content={},
            at=MONDAY_NINE - timedelta(hours=1),
        )
        letter()
        deliveries.send_due(at=MONDAY_NINE)
        assert len(mailbox.letters) == 1
        broken = Delivery.objects.get(key="broken")
        assert (broken.state, broken.attempts) == ("queued", 1)
        assert "KeyError" in broken.last_error

    def test_says_that_nobody_serves_a_channel(self) -> None:
        Delivery.objects.filter(pk=letter().pk).update(channel="pigeon")
        deliveries.send_due(at=MONDAY_NINE)
        assert "pigeon" in Delivery.objects.get().last_error

    def test_says_that_the_server_is_away(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        letter()
        deliveries.send_due(at=MONDAY_NINE)
        assert "refused" in Delivery.objects.get().last_error


@pytest.mark.django_db
class TestTheLease:
    def test_keeps_others_away(self) -> None:
        letter()
        assert len(deliveries._claim(at=MONDAY_NINE)) == 1
        assert deliveries._claim(at=LATER) == []

    def test_ends_when_the_sender_died(self, mailbox: Mailbox) -> None:
        letter()
        deliveries._claim(at=MONDAY_NINE)
        assert deliveries.send_due(at=MONDAY_NINE + deliveries.LEASE) == 1
        assert len(mailbox.letters) == 1
        assert Delivery.objects.get().attempts == 2

    def test_parks_what_kills_every_sender(self, mailbox: Mailbox) -> None:
        letter()
        mailbox.answer = "554 no"
        for _ in range(5):
            deliveries._claim(at=Delivery.objects.get().next_try_at)
        deliveries.send_due(at=Delivery.objects.get().next_try_at)
        assert Delivery.objects.get().state == "parked"


@pytest.mark.django_db
class TestReplaying:
    def test_gives_a_parked_letter_all_its_tries(self, mailbox: Mailbox) -> None:
        delivery = letter()
        delivery.state, delivery.attempts = "parked", 6
        delivery.save()
        deliveries.replay(delivery, by="admin_ada@example.test", at=LATER)
        deliveries.send_due(at=LATER)
        assert len(mailbox.letters) == 1
        assert Event.objects.get(name="delivery.replayed").actor.startswith("admin")

    def test_leaves_a_sent_letter_alone(self, mailbox: Mailbox) -> None:
        delivery = letter()
        deliveries.send_due(at=MONDAY_NINE)
        deliveries.replay(delivery, by="admin_ada@example.test", at=LATER)
        assert deliveries.send_due(at=LATER) == 0


@pytest.mark.django_db(transaction=True)
class TestTwoSenders:
    def test_never_take_the_same_letter(self, mailbox: Mailbox) -> None:
        for number in range(30):
            letter(f"letter-{number}")

        def work() -> None:
            try:
                while deliveries.send_due(at=MONDAY_NINE):
                    pass
            finally:
                connection.close()

        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        assert len({taken["Message-ID"] for taken in mailbox.letters}) == 30
        assert len(mailbox.letters) == 30
