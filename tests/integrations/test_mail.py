"""Letters out over a real SMTP server, answers in over a real IMAP server."""

import base64
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from customers.models import Message
from events import deliveries
from events.models import Delivery, Event
from integrations.email import mailbox
from tests.events.test_deliveries import Mailbox, letter
from tests.events.test_deliveries import mailbox as smtp  # noqa: F401
from tests.integrations.imap_server import PASSWORD, USER, ImapServer, imap_server
from tests.personas import MONDAY_NINE
from tests.tickets.mails import SERVICE, answering, mail, written_to
from tickets.models import InboundMail

LATER = MONDAY_NINE + timedelta(hours=1)
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def imap(settings: Any, tmp_path: Path) -> Iterator[ImapServer]:
    with imap_server() as server:
        settings.IMAP_HOST, settings.IMAP_PORT = "127.0.0.1", server.port
        settings.IMAP_USER, settings.IMAP_PASSWORD = USER, PASSWORD
        settings.IMAP_USE_SSL, settings.IMAP_FOLDER = False, "INBOX"
        settings.MAIL_REPLY_ADDRESS = SERVICE
        settings.ATTACHMENTS_DIR = tmp_path / "attachments"
        yield server


@pytest.mark.django_db
class TestAConversation:
    def test_goes_out_and_comes_back(self, smtp: Mailbox, imap: ImapServer) -> None:  # noqa: F811
        ticket, message = written_to()
        deliveries.send_due(at=MONDAY_NINE)
        [taken] = smtp.letters
        assert taken["Message-ID"] == f"<{message.message_id}>"
        assert taken["Reply-To"].startswith(f"reply+{ticket.number}.")
        answer = mail(
            "谢谢，还是不行。", to=taken["Reply-To"], message_id="answer@x.test"
        )
        imap.receive(bytes(answer))
        assert mailbox.fetch(at=LATER) == 1
        said = Message.objects.get(direction="in")
        assert (said.text, said.thread) == ("谢谢，还是不行。", ticket.thread)
        assert imap.unread() == 0
        assert mailbox.fetch(at=LATER) == 0

    def test_that_cannot_be_read_now_stays_in_the_mailbox(
        self, imap: ImapServer, settings: Any
    ) -> None:
        imap.receive(bytes(mail()))
        settings.IMAP_PASSWORD = "wrong"
        with pytest.raises(mailbox.MailboxAway):
            mailbox.fetch(at=LATER)
        settings.IMAP_PASSWORD = PASSWORD
        assert mailbox.fetch(at=LATER) == 1


@pytest.mark.django_db(transaction=True)
class TestTwoFetchers:
    def test_race_over_one_mailbox_and_take_each_mail_once(
        self, imap: ImapServer
    ) -> None:
        ticket, message = written_to()
        imap.receive(
            *(
                answering(message, f"Words {n}", message_id=f"m{n}@x.test")
                for n in range(8)
            )
        )
        taken: list[int] = []

        def fetch() -> None:
            try:
                taken.append(mailbox.fetch(at=LATER))
            finally:
                connection.close()

        threads = [Thread(target=fetch) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert sum(taken) == 8
        assert InboundMail.objects.count() == 8
        said = Message.objects.filter(thread=ticket.thread, direction="in")
        assert {message.text for message in said} == {f"Words {n}" for n in range(8)}


@pytest.mark.django_db
class TestAProvider:
    SECRET = "provider:a long secret"

    def post(self, secret: str, provider: str = "postmark") -> int:
        raw = mail("From the provider", message_id="p@x.test")
        content = {
            "FromFull": {"Email": "mara@customers.test", "Name": "", "MailboxHash": ""},
            "From": "mara@customers.test",
            "To": SERVICE,
            "OriginalRecipient": SERVICE,
            "Subject": "Hello",
            "RawEmail": raw.as_string(),
            "Headers": [{"Name": "Message-ID", "Value": "<p@x.test>"}],
        }
        name = base64.b64encode(secret.encode()).decode()
        answer = Client().post(
            f"/integrations/mail/{provider}/",
            json.dumps(content),
            content_type="application/json",
            headers={"Authorization": f"Basic {name}"},
        )
        return answer.status_code

    @pytest.fixture(autouse=True)
    def _provider(self, settings: Any) -> None:
        settings.MAIL_WEBHOOK_PROVIDER = "postmark"
        settings.MAIL_WEBHOOK_SECRET = self.SECRET
        settings.ANYMAIL = {"WEBHOOK_SECRET": self.SECRET}

    def test_posts_what_came_in_and_may_post_it_twice(self) -> None:
        assert [self.post(self.SECRET), self.post(self.SECRET)] == [200, 200]
        assert InboundMail.objects.get().header_id == "p@x.test"

    def test_needs_the_secret(self) -> None:
        assert self.post("provider:guessed") == 400
        assert not InboundMail.objects.exists()

    def test_is_the_one_of_the_settings(self, settings: Any) -> None:
        assert self.post(self.SECRET, "sendgrid") == 404
        settings.MAIL_WEBHOOK_SECRET = ""
        assert self.post(self.SECRET) == 404


@pytest.mark.django_db(transaction=True)
class TestASenderThatDies:
    def test_repeats_each_letter_once_at_most_under_the_same_id(
        self,
        smtp: Mailbox,  # noqa: F811
        settings: Any,
    ) -> None:
        for number in range(10):
            letter(f"letter-{number}")
        killed = self.send_in_another_process(settings, "after_provider_accept:4")
        assert killed == 137
        connection.close()
        deliveries.send_due(at=MONDAY_NINE + deliveries.LEASE)
        taken = Counter(one["Message-ID"] for one in smtp.letters)
        assert set(taken) == {f"<letter-{number}@cem>" for number in range(10)}
        assert max(taken.values()) == 2
        assert sum(taken.values()) <= 14
        assert Delivery.objects.filter(state="sent").count() == 10
        assert Event.objects.filter(name="delivery.sent").count() == 10

    def send_in_another_process(self, settings: Any, point: str) -> int:
        at = MONDAY_NINE.isoformat()
        code = (
            "import django; django.setup()\n"
            "from datetime import datetime\n"
            "from events.deliveries import send_due\n"
            f"send_due(at=datetime.fromisoformat({at!r}))"
        )
        database = connection.settings_dict
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "cem.settings",
            "DATABASE_URL": (
                f"postgres://{database['USER']}:{database['PASSWORD']}@"
                f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
            ),
            "EMAIL_HOST": settings.EMAIL_HOST,
            "EMAIL_PORT": str(settings.EMAIL_PORT),
            "CEM_CRASH_AT": point,
        }
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=ROOT, timeout=60
        )
        return done.returncode


@pytest.mark.django_db
class TestAServerThatHasHadEnough:
    def test_is_called_again_in_the_middle_of_a_claim(self, smtp: Mailbox) -> None:  # noqa: F811
        from smtplib import SMTPServerDisconnected

        from integrations.email import smtp as sending

        for number in range(3):
            letter(f"letter-{number}")
        calls = Counter[str]()
        read = sending._read_envelope

        def hang_up_once(server: Any, one: sending.Letter) -> None:
            calls["read"] += 1
            if calls["read"] == 2:
                server.close()
                raise SMTPServerDisconnected("too many letters")
            read(server, one)

        sending._read_envelope = hang_up_once
        try:
            deliveries.send_due(at=MONDAY_NINE)
        finally:
            sending._read_envelope = read
        assert len(smtp.letters) == 3
        assert Delivery.objects.filter(state="sent", attempts=1).count() == 3

    def test_refuses_one_letter_and_takes_the_others(self, smtp: Mailbox) -> None:  # noqa: F811
        letter("letter-0")
        Delivery.objects.update(recipient="")
        letter("letter-1")
        deliveries.send_due(at=MONDAY_NINE)
        assert [one["Message-ID"] for one in smtp.letters] == ["<letter-1@cem>"]
        refused = Delivery.objects.get(key="letter-0")
        assert refused.state == "queued"
        assert refused.last_error
