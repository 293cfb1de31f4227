"""Writing to a customer, and what becomes of the letter."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from customers.models import Consent, Message
from events import deliveries, outbox
from events.models import Delivery, Event
from teams.models import DataScope, Notification
from teams.roles import Role
from tests.personas import (
    MONDAY_NINE,
    mara_detractor,
    owner_otto,
    service_team,
    user,
)
from tests.tickets.answers import ticket_for
from tests.tickets.mails import SERVICE, written_to
from tests.tickets.test_desk import signed_in
from tickets import attachments, mail_threads, replies
from tickets.models import Attachment, IllegalAct, Ticket

LATER = MONDAY_NINE + timedelta(hours=1)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
WORDS = {"subject": "Sorry", "text": "We are sorry.", "language": "en"}


@pytest.fixture(autouse=True)
def _mailbox(settings: Any, tmp_path: Path) -> None:
    settings.MAIL_REPLY_ADDRESS = SERVICE
    settings.ATTACHMENTS_DIR = tmp_path / "attachments"


def reply_url(ticket: Ticket) -> str:
    return reverse("tickets:reply", args=[ticket.number])


@pytest.mark.django_db
class TestAReply:
    def test_is_queued_as_a_letter_with_an_id_of_its_own(self) -> None:
        ticket, message = written_to()
        delivery = message.delivery
        assert delivery is not None
        assert delivery.recipient == "mara_detractor@customers.test"
        assert delivery.content["headers"]["Message-ID"] == f"<{message.message_id}>"
        assert message.message_id == delivery.key
        assert (message.direction, message.thread) == ("out", ticket.thread)
        assert "We are sorry, Mara." in delivery.content["text"]
        assert f"#{ticket.number}" in delivery.content["html"]

    def test_is_the_first_contact(self) -> None:
        ticket, _message = written_to()
        ticket.refresh_from_db()
        assert ticket.first_contacted_at == MONDAY_NINE
        assert ticket.status == Ticket.Status.IN_PROGRESS
        assert ticket.clocks.get(kind="first_contact").state == "met"
        assert Event.objects.filter(name="ticket.first_contacted").count() == 1

    def test_carries_an_address_that_only_we_can_make(self) -> None:
        ticket, message = written_to()
        assert message.delivery is not None
        address = message.delivery.content["headers"]["Reply-To"]
        assert address.startswith("reply+")
        assert mail_threads.number_in(address) == ticket.number
        assert mail_threads.number_in(address.upper()) == ticket.number
        forged = address.replace(f"+{ticket.number}.", f"+{ticket.number + 1}.")
        assert mail_threads.number_in(forged) is None
        assert mail_threads.number_in("reply@service.test") is None

    def test_joins_the_thread(self) -> None:
        ticket, first = written_to()
        words = replies.Words("Again", "And once more.", "en")
        second = replies.reply(ticket, words=words, by=owner_otto(), at=LATER)
        assert second.delivery is not None
        headers = second.delivery.content["headers"]
        assert headers["In-Reply-To"] == f"<{first.message_id}>"
        assert headers["References"] == f"<{first.message_id}>"
        assert second.in_reply_to == first.message_id

    def test_answers_what_the_customer_asked_last(self) -> None:
        ticket, _message = written_to()
        ticket.unanswered_since = MONDAY_NINE
        ticket.save()
        words = replies.Words("Re", "Here you are.", "en")
        replies.reply(ticket, words=words, by=owner_otto(), at=LATER)
        ticket.refresh_from_db()
        assert ticket.unanswered_since is None

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [
            ("address", "no e-mail address"),
            ("consent", "does not want"),
            ("unknown", "do not know who"),
        ],
    )
    def test_is_refused_where_nobody_can_be_written_to(
        self, spoil: str, words: str
    ) -> None:
        mara = mara_detractor()
        ticket = ticket_for(None if spoil == "unknown" else mara)
        if spoil == "address":
            mara.email = ""
            mara.save()
        if spoil == "consent":
            Consent.objects.create(
                customer=mara, channel="email", is_granted=False, decided_at=MONDAY_NINE
            )
        given = replies.Words("Sorry", "Sorry", "en")
        with pytest.raises(IllegalAct, match=words):
            replies.reply(ticket, words=given, by=owner_otto(), at=LATER)
        assert not Delivery.objects.exists()
        page = signed_in(owner_otto()).get(ticket.get_absolute_url()).content.decode()
        assert reply_url(ticket) not in page


@pytest.mark.django_db
class TestTheForm:
    def test_sends_words_and_files(self) -> None:
        ticket = ticket_for(mara_detractor())
        file = SimpleUploadedFile("photo.png", PNG)
        answer = signed_in(owner_otto()).post(
            reply_url(ticket), {**WORDS, "attached": file}
        )
        assert answer.status_code == 302
        attachment = Attachment.objects.get()
        assert attachment.name == "photo.png"
        assert attachments.path_of(attachment).read_bytes() == PNG
        [about] = Delivery.objects.get().content["files"]
        assert about["key"] == attachment.key

    def test_is_filled_in_the_language_of_the_customer(self) -> None:
        mara = mara_detractor()
        mara.locale = "zh-CN"
        mara.save()
        page = signed_in(owner_otto()).get(reply_url(ticket_for(mara)))
        assert 'value="zh-hans" selected' in page.content.decode()
        assert "mara_detractor@customers.test" in page.content.decode()

    @pytest.mark.parametrize(
        "spoiled",
        [
            {"subject": ""},
            {"text": "  "},
            {"language": "xx"},
            {"attached": SimpleUploadedFile("evil.png", b"MZ\x90\0\x03")},
            {"attached": SimpleUploadedFile("empty.png", b"")},
            {"attached": SimpleUploadedFile("photo.pdf", PNG)},
            {"attached": SimpleUploadedFile("big.txt", b"x" * (15 * 2**20 + 1))},
        ],
    )
    def test_says_what_is_wrong_and_sends_nothing(
        self, spoiled: dict[str, Any]
    ) -> None:
        ticket = ticket_for(mara_detractor())
        answer = signed_in(owner_otto()).post(reply_url(ticket), {**WORDS, **spoiled})
        assert answer.status_code == 422
        assert "invalid-feedback" in answer.content.decode()
        assert not Delivery.objects.exists()

    def test_shows_the_letter_before(self) -> None:
        ticket = ticket_for(mara_detractor())
        page = signed_in(owner_otto()).post(
            reverse("tickets:reply_preview", args=[ticket.number]),
            {**WORDS, "text": "<b>Hello</b>"},
        )
        assert "&lt;b&gt;Hello" in page.content.decode()
        assert not Delivery.objects.exists()

    def test_cannot_smuggle_a_header(self) -> None:
        ticket = ticket_for(mara_detractor())
        words = replies.Words("Hi\r\nBcc: all@x.test", "Hello", "en")
        message = replies.reply(ticket, words=words, by=owner_otto(), at=LATER)
        assert message.subject == "Hi Bcc: all@x.test"


@pytest.mark.django_db
class TestAFile:
    def test_is_for_those_who_see_the_ticket(self) -> None:
        ticket = ticket_for(mara_detractor())
        upload = SimpleUploadedFile("ünsere Rechnung.png", PNG)
        kept = attachments.keep(ticket, upload, by=owner_otto(), at=LATER)
        url = reverse("tickets:attachment", args=[kept.pk])
        got = signed_in(owner_otto()).get(url)
        assert got["Content-Disposition"].startswith("attachment")
        assert got["X-Content-Type-Options"] == "nosniff"
        assert b"".join(got.streaming_content) == PNG  # type: ignore[attr-defined]
        assert Event.objects.filter(name="ticket.file_downloaded").count() == 1
        blind = user("blind_bob", Role.AGENT)
        DataScope.objects.create(
            user=blind, effect="deny", dimension="region", value="North"
        )
        assert signed_in(blind).get(url).status_code == 404

    def test_without_a_row_is_swept(self) -> None:
        ticket = ticket_for(mara_detractor())
        upload = SimpleUploadedFile("a.png", PNG)
        kept = attachments.keep(ticket, upload, by=None, at=LATER)
        stray = attachments.path_of(kept).with_name("stray")
        stray.write_bytes(b"x")
        tomorrow = timezone.now() + timedelta(days=2)
        assert attachments.sweep(at=tomorrow) == 1
        assert attachments.path_of(kept).exists()


@pytest.mark.django_db
class TestALetterThatIsNotSent:
    def test_is_shown_with_its_reason_while_it_waits(self) -> None:
        ticket, message = written_to()
        delivery = message.delivery
        assert delivery is not None
        delivery.last_error = "451 try later"
        delivery.attempts = 1
        delivery.save()
        page = signed_in(owner_otto()).get(ticket.get_absolute_url()).content.decode()
        assert "The customer has not got this yet" in page
        assert "451 try later" in page

    def test_is_told_of_when_it_is_given_up_and_can_be_sent_again(self) -> None:
        service_team()
        ticket, message = written_to()
        delivery = message.delivery
        assert delivery is not None
        delivery.attempts = deliveries.TRIES
        delivery.save()
        deliveries._put_off(delivery, "554 no such user", at=LATER)
        outbox.drain()
        told = Notification.objects.filter(kind="ticket_contact_taken_back")
        assert {notice.user for notice in told} == {owner_otto()}
        client = signed_in(owner_otto())
        page = client.get(ticket.get_absolute_url()).content.decode()
        url = reverse("tickets:send_again", args=[ticket.number, message.pk])
        assert url in page
        client.post(url)
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == ("queued", 0)
        assert "not among those" in client.post(url, follow=True).content.decode()

    def test_is_nobody_elses_to_send(self) -> None:
        ticket, message = written_to()
        blind = user("blind_bob", Role.AGENT)
        DataScope.objects.create(
            user=blind, effect="deny", dimension="region", value="North"
        )
        url = reverse("tickets:send_again", args=[ticket.number, message.pk])
        assert signed_in(blind).post(url).status_code == 404
        assert Message.objects.count() == 1
