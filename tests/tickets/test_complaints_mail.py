"""What users of other products complain of, about mail, and what happens here."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from customers.models import Message
from events import deliveries, outbox
from events.models import Delivery
from surveys.models import Response
from teams.models import Notification
from tests.personas import MONDAY_NINE, owner_otto, paul_promoter
from tests.tickets.answers import ticket_for
from tests.tickets.mails import SERVICE, answering, came_in, mail, written_to
from tests.tickets.test_desk import signed_in
from tests.tickets.test_mail_reading import report
from tickets import inbound, mail_threads, replies
from tickets.models import InboundMail, RootCause, Ticket

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _mailbox(settings: Any, tmp_path: Path) -> None:
    settings.MAIL_REPLY_ADDRESS = SERVICE
    settings.ATTACHMENTS_DIR = tmp_path / "attachments"


class TestComplaint7SmtpIsDownAndNobodyIsTold:
    @pytest.fixture(autouse=True)
    def _nobody_answers(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    def test_for_an_hour_the_letter_waits_where_its_writer_sees_it(self) -> None:
        ticket, _letter = written_to()
        at = MONDAY_NINE
        while at < MONDAY_NINE + AN_HOUR:
            deliveries.send_due(at=at)
            at = Delivery.objects.get().next_try_at
        assert Delivery.objects.get().state == "queued"
        page = signed_in(owner_otto()).get(ticket.get_absolute_url()).content.decode()
        assert "The customer has not got this yet" in page
        assert "refused" in page

    def test_for_a_day_it_is_given_up_and_its_writer_told(self) -> None:
        _ticket, _letter = written_to()
        for _try in range(deliveries.TRIES):
            deliveries.send_due(at=Delivery.objects.get().next_try_at)
        outbox.drain()
        assert Delivery.objects.get().state == "parked"
        # It was the first contact, which is still to be made.
        told = Notification.objects.get(kind="ticket_contact_taken_back")
        assert told.user == owner_otto()

    def test_one_try_of_a_claim_tells_of_all(self) -> None:
        for number in range(5):
            deliveries.queue_delivery(
                key=f"letter-{number}",
                channel="email",
                recipient="mara@customers.test",
                content={"subject": "Sorry", "text": "Sorry."},
                at=MONDAY_NINE,
            )
        assert deliveries.send_due(at=MONDAY_NINE) == 5
        assert Delivery.objects.filter(attempts=1).exclude(last_error="").count() == 5


class TestComplaint8SilencedAfterOneBounceOrLoopsForEver:
    def test_the_next_letter_is_sent_after_a_bounce(self) -> None:
        ticket, letter = written_to()
        Message.objects.filter(pk=letter.pk).update(message_id="letter@service.test")
        came_in(report("failed", "5.2.2", "mailbox full"))
        words = replies.Words("Again", "Hello again", "en")
        half_a_year = MONDAY_NINE + timedelta(days=157)
        again = replies.reply(ticket, words=words, by=owner_otto(), at=half_a_year)
        assert again.delivery is not None
        assert again.delivery.state == "queued"

    def test_two_machines_never_answer_each_other(self) -> None:
        _ticket, letter = written_to()
        sent = Delivery.objects.count()
        for number in range(50):
            came_in(answering(letter, message_id=f"auto{number}@x", Precedence="bulk"))
        assert Delivery.objects.count() == sent
        assert not Message.objects.filter(direction="in").exists()


class TestComplaint19OneMailManyTickets:
    def test_a_mail_to_many_of_our_addresses_is_one_message(self) -> None:
        ticket, _letter = written_to()
        other = ticket_for(paul_promoter())
        both = ", ".join(map(mail_threads.reply_address, (ticket, other)))
        kept = came_in(bytes(mail(to=both)))
        assert kept.ticket == ticket
        assert Message.objects.filter(direction="in").count() == 1

    def test_a_mail_of_an_unknown_customer_opens_none_by_itself(self) -> None:
        for number in range(3):
            came_in(bytes(mail(f"Hello {number}", message_id=f"new{number}@x")))
        assert not Ticket.objects.exists()
        assert not Response.objects.exists()
        assert InboundMail.objects.filter(state="unmatched").count() == 3
        assert Notification.objects.filter(kind="mail_unmatched").count() <= 1


class TestComplaint20AnEmptyConversationAndTheTextLost:
    def test_a_mail_that_fails_halfway_leaves_nothing_and_comes_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _ticket, letter = written_to()
        raw = answering(letter)

        def fail(*_given: object, **_more: object) -> None:
            raise OSError("the disk is full")

        with monkeypatch.context() as spoiled:
            spoiled.setattr(inbound, "_keep_files", fail)
            with pytest.raises(OSError, match="disk"):
                inbound.take_in(raw, at=MONDAY_NINE)
        assert not InboundMail.objects.exists()
        assert not Message.objects.filter(direction="in").exists()
        kept = came_in(raw)
        assert kept.message is not None
        assert kept.message.text == "Still broken."


class TestComplaint21SimilarMailDroppedOrInAnOldCase:
    def test_the_same_words_twice_are_two_messages(self) -> None:
        _ticket, letter = written_to()
        for number in range(2):
            came_in(answering(letter, "Any news?", message_id=f"news{number}@x"))
        assert Message.objects.filter(direction="in", text="Any news?").count() == 2

    def test_a_program_that_repeats_its_ids_loses_no_words(self) -> None:
        _ticket, letter = written_to()
        for words in ("Any news?", "Still none?"):
            came_in(answering(letter, words, message_id="always@x"))
        assert Message.objects.filter(direction="in").count() == 2

    def test_an_answer_to_an_old_letter_opens_a_case_that_follows(self) -> None:
        ticket, letter = written_to()
        cause = RootCause.objects.get(key="delivery-late")
        ticket.resolve(
            root_cause=cause, outcome="Sent.", by=owner_otto(), at=MONDAY_NINE
        )
        kept = inbound.take_in(answering(letter), at=MONDAY_NINE + timedelta(days=90))
        assert kept is not None
        assert kept.ticket is not None
        assert kept.ticket.follow_up_of == ticket
        ticket.refresh_from_db()
        assert ticket.is_resolved

    def test_a_similar_subject_joins_no_case(self) -> None:
        written_to()
        assert came_in(bytes(mail("Another matter"))).state == "unmatched"
        assert not Message.objects.filter(direction="in").exists()
