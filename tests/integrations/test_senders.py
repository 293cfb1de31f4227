"""A letter says who writes it; its address, answers and thread stay as they are."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Any

import pytest
from django.core import mail

from customers.letter_senders import sender_name
from events import deliveries
from events.models import Delivery
from integrations.email.letter import letter_bytes, sender_of
from teams.letters import post_letter
from tests.personas import MONDAY_NINE, agent_ana
from tests.tickets.mails import SERVICE, written_to

OURS = "service@skylark.test"


def read(sender: str) -> tuple[str, str]:
    """Name and address, as the letter's header has them."""
    delivery = Delivery(
        key="letter-1",
        recipient="mara@customers.test",
        content={"subject": "Sorry", "text": "We are."},
        created_at=MONDAY_NINE,
    )
    made = letter_bytes(delivery, sender=sender, files=())
    assert max(map(len, made.split(b"\r\n"))) <= 78
    parsed = message_from_bytes(made)
    assert parsed.keys()[:3] == ["From", "To", "Subject"]
    name, address = parseaddr(" ".join(parsed["From"].split()))
    return str(make_header(decode_header(name))), address


class TestTheName:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("Ana Costa, Skylark", "Ana Costa, Skylark"),
            ('Ana "Ace" Costa\\', 'Ana "Ace" Costa\\'),
            ("天际航空 王伟", "天际航空 王伟"),
            ("王" * 60, "王" * 60),
            ("Ana\r\nBcc: all@customers.test", "Ana Bcc: all@customers.test"),
            ("Ana\x00\u202e\u2028Costa", "Ana Costa"),
            ("=?utf-8?q?Boss?=", "=?utf-8?q?Boss?="),
            ("boss@bank.test> <", "boss@bank.test> <"),
            (None, "cem"),
            ("", ""),
        ],
    )
    def test_is_read_as_it_was_given_beside_our_address(
        self, name: str | None, shown: str
    ) -> None:
        assert read(sender_of(OURS, name)) == (shown, OURS)

    def test_of_the_address_itself_is_kept_in_letters_of_the_system(self) -> None:
        named = f"Skylark <{OURS}>"
        assert sender_of(named, None) == f'"Skylark" <{OURS}>'
        assert sender_of(named, "Ana") == f'"Ana" <{OURS}>'


@pytest.mark.django_db
class TestLetters:
    @pytest.mark.parametrize(
        ("company", "address", "language", "expected"),
        [
            ("Skylark", OURS, "en", ("Agent Ana, Skylark", "Skylark")),
            ("天际航空", OURS, "en", ("Agent Ana, 天际航空", "天际航空")),
            ("", f"Skylark <{OURS}>", "en", ("Agent Ana, Skylark", "Skylark")),
            ("", OURS, "en", ("Agent Ana", "")),
        ],
    )
    def test_name_the_person_and_the_company(
        self, settings: Any, company: str, address: str, language: str, expected: Any
    ) -> None:
        settings.COMPANY_NAME, settings.DEFAULT_FROM_EMAIL = company, address
        named = (sender_name(language, agent_ana()), sender_name(language))
        assert named == expected

    def test_to_customers_are_from_whoever_wrote_and_others_from_the_system(
        self, settings: Any
    ) -> None:
        settings.COMPANY_NAME, settings.DEFAULT_FROM_EMAIL = "天际航空", OURS
        settings.MAIL_REPLY_ADDRESS = SERVICE
        ticket, message = written_to()
        post_letter(
            "teams/email/notice",
            to=agent_ana(),
            key="notice-1",
            at=MONDAY_NINE,
            context={"sentence": "Look", "url": "/"},
        )
        deliveries.send_due(at=MONDAY_NINE)
        sent = {str(one.to[0]): one.message() for one in mail.outbox}
        answer = sent[message.customer.email]
        assert OURS in answer["From"]
        assert "天际航空" not in str(answer["From"])  # encoded
        assert answer["Message-ID"] == f"<{message.message_id}>"
        assert answer["Reply-To"].startswith(f"reply+{ticket.number}.")
        assert sent[agent_ana().email]["From"] == f'"cem" <{OURS}>'
