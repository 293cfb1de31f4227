"""Mails that come in: for which ticket, once, and from whom."""

from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from customers.models import Message
from events.models import Delivery, Event
from teams.models import DataScope, Notification
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    lead_lena,
    mara_detractor,
    owner_otto,
    paul_promoter,
    service_team,
)
from tests.tickets.answers import ticket_for
from tests.tickets.mails import SERVICE, answering, came_in, mail, written_to
from tests.tickets.test_desk import signed_in
from tests.tickets.test_mail_reading import report
from tickets import inbound, mail_threads, replies
from tickets.models import Attachment, InboundMail, RootCause, Ticket

LATER = MONDAY_NINE + timedelta(hours=1)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture(autouse=True)
def _mailbox(settings: Any, tmp_path: Path) -> None:
    settings.MAIL_REPLY_ADDRESS = SERVICE
    settings.ATTACHMENTS_DIR = tmp_path / "attachments"


def resolved(ticket: Ticket) -> Ticket:
    cause = RootCause.objects.get(key="delivery-late")
    ticket.resolve(
        root_cause=cause, outcome="Sent again.", by=owner_otto(), at=MONDAY_NINE
    )
    return ticket


@pytest.mark.django_db
class TestAnAnswer:
    def test_finds_its_ticket_by_the_letter_that_it_answers(self) -> None:
        ticket, letter = written_to()
        kept = came_in(answering(letter))
        assert (kept.state, kept.ticket) == ("matched", ticket)
        message = kept.message
        assert message is not None
        assert (message.text, message.direction) == ("Still broken.", "in")
        assert message.thread == ticket.thread
        ticket.refresh_from_db()
        assert ticket.unanswered_since == MONDAY_NINE
        assert Notification.objects.filter(kind="ticket_mail").count() == 1

    def test_finds_its_ticket_by_the_signed_address(self) -> None:
        ticket, _letter = written_to()
        kept = came_in(bytes(mail(to=mail_threads.reply_address(ticket))))
        assert (kept.state, kept.ticket) == ("matched", ticket)

    def test_never_finds_it_by_a_number_in_the_subject(self) -> None:
        ticket, _letter = written_to()
        kept = came_in(bytes(mail(subject=f"Re: #{ticket.number}")))
        assert kept.state == "unmatched"

    def test_keeps_the_mail_as_it_came(self) -> None:
        _ticket, letter = written_to()
        raw = answering(letter)
        assert bytes(came_in(raw).raw) == raw

    def test_keeps_files_and_the_words_where_a_file_is_refused(self) -> None:
        ticket, letter = written_to()
        message = mail(In_Reply_To=f"<{letter.message_id}>")
        message.add_attachment(PNG, maintype="image", subtype="png", filename="a.png")
        huge = b"x" * (30 * 2**20)
        message.add_attachment(huge, maintype="text", subtype="plain", filename="b.txt")
        kept = came_in(bytes(message))
        assert kept.message is not None
        assert kept.message.text == "Still broken."
        assert [file.name for file in Attachment.objects.all()] == ["a.png"]
        assert Event.objects.get(name="ticket.file_refused").payload["file"] == "b.txt"
        page = signed_in(owner_otto()).get(ticket.get_absolute_url()).content.decode()
        assert "was not kept: b.txt" in page
        assert "a.png" in page

    def test_takes_a_resolved_ticket_up_again(self) -> None:
        ticket, letter = written_to()
        resolved(ticket)
        came_in(answering(letter))
        ticket.refresh_from_db()
        assert ticket.status == Ticket.Status.IN_PROGRESS
        assert ticket.reopened_count == 1

    def test_of_thanks_leaves_a_resolved_ticket_closed(self) -> None:
        ticket, letter = written_to()
        resolved(ticket)
        kept = came_in(answering(letter, "Thank you, everything works now!"))
        ticket.refresh_from_db()
        assert (ticket.is_resolved, ticket.unanswered_since) == (True, None)
        assert kept.message is not None
        told = Notification.objects.filter(kind="ticket_thanked")
        assert [notice.user for notice in told] == [owner_otto()]
        page = signed_in(owner_otto()).get(ticket.get_absolute_url()).content.decode()
        assert "only said thank you: it stays resolved" in page
        assert "everything works now!" in page

    def test_opens_a_ticket_that_follows_when_it_comes_late(self) -> None:
        ticket, letter = written_to()
        resolved(ticket)
        kept = inbound.take_in(answering(letter), at=MONDAY_NINE + timedelta(days=60))
        ticket.refresh_from_db()
        assert kept is not None
        assert kept.ticket is not None
        assert kept.ticket.follow_up_of == ticket
        assert ticket.is_resolved
        assert Message.objects.filter(thread=kept.ticket.thread).count() == 1

    def test_to_a_merged_ticket_goes_where_that_went(self) -> None:
        ticket, letter = written_to()
        target = ticket_for(paul_promoter())
        Ticket.objects.filter(pk=ticket.pk).update(merged_into=target)
        kept = came_in(answering(letter))
        assert kept.ticket == target
        assert kept.message is not None
        assert kept.message.thread == target.thread


@pytest.mark.django_db
class TestAnotherSender:
    def test_is_heard_but_moves_nothing(self) -> None:
        ticket, letter = written_to()
        resolved(ticket)
        kept = came_in(answering(letter, sender="eve@elsewhere.test"))
        assert (kept.state, kept.reason) == ("matched", "other_address")
        ticket.refresh_from_db()
        assert ticket.is_resolved
        assert ticket.unanswered_since is None
        assert Notification.objects.filter(kind="ticket_mail_other").count() == 1
        page = signed_in(owner_otto()).get(ticket.get_absolute_url()).content.decode()
        assert "eve@elsewhere.test" in page

    def test_that_our_server_calls_forged_is_refused(self, settings: Any) -> None:
        settings.MAIL_AUTHSERV_ID = "mx.service.test"
        ticket, letter = written_to()
        headers = {
            "Authentication_Results": "mx.service.test; dmarc=fail header.from=x"
        }
        kept = came_in(answering(letter, **headers))
        assert (kept.state, kept.reason) == ("refused", "forged")
        assert not Message.objects.filter(direction="in").exists()

    def test_cannot_make_an_address_up(self) -> None:
        ticket, _letter = written_to()
        address = f"reply+{ticket.number}.{'0' * 20}@service.test"
        assert came_in(bytes(mail(to=address))).state == "unmatched"


@pytest.mark.django_db
class TestAMachine:
    def test_is_recognised_and_changes_nothing(self) -> None:
        ticket, letter = written_to()
        resolved(ticket)
        sent = Delivery.objects.count()
        kept = came_in(answering(letter, Auto_Submitted="auto-replied"))
        assert (kept.state, kept.ticket) == ("auto_reply", ticket)
        ticket.refresh_from_db()
        assert ticket.is_resolved
        assert Delivery.objects.count() == sent

    def test_that_hides_is_stopped_by_its_number(self) -> None:
        _ticket, letter = written_to()
        states = [
            came_in(answering(letter, message_id=f"n{number}@x")).state
            for number in range(inbound.MOST_IN_A_WHILE + 2)
        ]
        assert states.count("matched") == inbound.MOST_IN_A_WHILE
        assert states[-1] == "auto_reply"

    def test_of_our_own_is_refused(self) -> None:
        ticket, letter = written_to()
        kept = came_in(answering(letter, sender=mail_threads.reply_address(ticket)))
        assert (kept.state, kept.reason) == ("refused", "ourselves")


@pytest.mark.django_db
class TestAReport:
    def test_marks_the_letter_and_tells_who_wrote_it(self) -> None:
        ticket, letter = written_to()
        Message.objects.filter(pk=letter.pk).update(message_id="letter@service.test")
        kept = came_in(report("failed", "5.1.1", "550 no such user"))
        assert (kept.state, kept.ticket) == ("bounce", ticket)
        letter.refresh_from_db()
        assert letter.bounced_at == MONDAY_NINE
        assert "no such user" in letter.bounce_reason
        told = Notification.objects.filter(kind="ticket_contact_taken_back")
        assert [notice.user for notice in told] == [owner_otto()]
        page = signed_in(owner_otto()).get(ticket.get_absolute_url()).content.decode()
        assert "no such user" in page

    def test_of_a_delay_marks_nothing(self) -> None:
        _ticket, letter = written_to()
        Message.objects.filter(pk=letter.pk).update(message_id="letter@service.test")
        assert came_in(report("delayed", "4.4.1", "timeout")).reason == "delayed"
        letter.refresh_from_db()
        assert letter.bounced_at is None


@pytest.mark.django_db
class TestAMailWithoutATicket:
    def test_is_offered_to_leads_with_the_tickets_of_its_sender(self) -> None:
        ticket = ticket_for(mara_detractor())
        came_in(bytes(mail("Where is my refund?")))
        assert Notification.objects.get(kind="mail_unmatched").user == lead_lena()
        page = signed_in(lead_lena()).get(reverse("tickets:mails")).content.decode()
        assert "Where is my refund?" in page
        assert f'value="{ticket.number}"' in page

    def test_goes_on_the_ticket_that_a_lead_chooses(self) -> None:
        ticket = ticket_for(mara_detractor())
        kept = came_in(bytes(mail("Where is my refund?")))
        url = reverse("tickets:mail_attach", args=[kept.pk])
        client = signed_in(lead_lena())
        client.post(url, {"number": "0"})
        client.post(url, {"number": f"#{ticket.number}"})
        kept.refresh_from_db()
        assert (kept.state, kept.ticket) == ("matched", ticket)
        assert Message.objects.get(direction="in").thread == ticket.thread
        again = client.post(url, {"number": ticket.number}, follow=True)
        assert "seen to this mail" in again.content.decode()
        assert Message.objects.filter(direction="in").count() == 1

    def test_can_be_put_aside(self) -> None:
        service_team()
        kept = came_in(bytes(mail("Buy now")))
        signed_in(lead_lena()).post(reverse("tickets:mail_dismiss", args=[kept.pk]))
        kept.refresh_from_db()
        assert (kept.state, kept.reason) == ("refused", "dismissed")

    def test_is_hidden_from_those_who_may_not_see_its_sender(self) -> None:
        mara_detractor()
        service_team()
        kept = came_in(bytes(mail("Where is my refund?")))
        DataScope.objects.create(
            user=lead_lena(), effect="deny", dimension="region", value="North"
        )
        client = signed_in(lead_lena())
        page = client.get(reverse("tickets:mails")).content.decode()
        assert "Where is my refund?" not in page
        for name in ("mail_attach", "mail_dismiss"):
            assert (
                client.post(reverse(f"tickets:{name}", args=[kept.pk])).status_code
                == 404
            )
        original = reverse("tickets:mail_original", args=[kept.pk])
        assert client.get(original).status_code == 404
        assert signed_in(admin_ada()).get(original).content == bytes(kept.raw)

    def test_is_not_for_agents(self) -> None:
        assert signed_in(owner_otto()).get(reverse("tickets:mails")).status_code == 403


@pytest.mark.django_db
class TestTheSameMail:
    def test_is_taken_once(self) -> None:
        _ticket, letter = written_to()
        raw = answering(letter)
        came_in(raw)
        assert inbound.take_in(raw, at=LATER) is None
        assert inbound.take_in(b"Received: by x\r\n" + raw, at=LATER) is None
        assert Message.objects.filter(direction="in").count() == 1

    def test_is_another_where_only_the_id_is_the_same(self) -> None:
        _ticket, letter = written_to()
        came_in(answering(letter, "First words"))
        came_in(answering(letter, "Second words"))
        texts = Message.objects.filter(direction="in").values_list("text", flat=True)
        assert set(texts) == {"First words", "Second words"}


@pytest.mark.django_db(transaction=True)
class TestTwoFetchers:
    def test_take_each_mail_once_and_lose_none(self) -> None:
        ticket, letter = written_to()
        raws = [
            answering(letter, f"Words {number}", message_id=f"m{number}@x.test")
            for number in range(10)
        ]
        taken: list[InboundMail] = []

        def fetch(mails: list[bytes]) -> None:
            try:
                for raw in mails:
                    kept = inbound.take_in(raw, at=LATER)
                    if kept is not None:
                        taken.append(kept)
            finally:
                connection.close()

        threads = [Thread(target=fetch, args=[list(raws)]) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert len(taken) == 10
        said = Message.objects.filter(thread=ticket.thread, direction="in")
        assert sorted(said.values_list("text", flat=True)) == sorted(
            f"Words {number}" for number in range(10)
        )


@pytest.mark.django_db
class TestALetterAfterABounce:
    def test_is_sent_all_the_same(self) -> None:
        ticket, letter = written_to()
        letter.bounced_at = MONDAY_NINE
        letter.save()
        words = replies.Words("Again", "Hello again", "en")
        again = replies.reply(ticket, words=words, by=owner_otto(), at=LATER)
        assert again.delivery is not None
        assert again.delivery.state == "queued"
