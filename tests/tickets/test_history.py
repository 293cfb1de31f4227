"""The story of a ticket: who, what, when, and who knows of it."""

from datetime import timedelta

import pytest

from tests.personas import MONDAY_NINE, agent_ana, lead_lena, mara_detractor, owner_otto
from tests.tickets.answers import ticket_for
from tests.tickets.test_desk import signed_in
from tickets.history import PAGE, Audience, history_of, history_page

HOUR = timedelta(hours=1)
LATER = MONDAY_NINE + HOUR


@pytest.mark.django_db
class TestTheStory:
    def test_tells_newest_first_who_did_what(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.note("Inside", by=agent_ana(), at=LATER)
        ticket.log_contact(
            channel="phone", summary="Outside", by=owner_otto(), at=LATER + HOUR
        )
        ticket.assign(to=agent_ana(), by=lead_lena(), at=LATER + 2 * HOUR)
        told = [(entry.title, entry.audience) for entry in history_of(ticket)]
        assert told == [
            ("Lead Lena gave it to Agent Ana", Audience.INTERNAL),
            ("Contact with the customer by Owner Otto: Phone call", Audience.CUSTOMER),
            ("Note by Agent Ana", Audience.INTERNAL),
            ("Opened and given to Owner Otto", Audience.INTERNAL),
        ]

    def test_keeps_internal_and_customer_visible_apart(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.note("Inside", by=agent_ana(), at=LATER)
        ticket.log_contact(
            channel="phone", summary="Outside", by=owner_otto(), at=LATER
        )
        seen = history_of(ticket, show=Audience.CUSTOMER)
        assert [entry.text for entry in seen] == ["Outside"]
        inside = history_of(ticket, show=Audience.INTERNAL)
        assert "Outside" not in [entry.text for entry in inside]
        client = signed_in(owner_otto())
        page = client.get(f"{ticket.get_absolute_url()}?show=customer")
        story = page.content.decode().split('id="history"')[1]
        assert "Outside" in story
        assert "Inside" not in story

    def test_comes_page_by_page(self) -> None:
        ticket = ticket_for(mara_detractor())
        for number in range(PAGE + 5):
            ticket.note(
                f"Note {number}",
                by=agent_ana(),
                at=LATER + timedelta(minutes=number),
            )
        first = history_page(ticket, show="", page=1)
        second = history_page(ticket, show="", page=2)
        assert (len(first.entries), first.has_more) == (PAGE, True)
        assert (len(second.entries), second.has_more) == (6, False)
        texts = [entry.text for entry in (*first.entries, *second.entries)]
        assert len(set(texts)) == PAGE + 6
        client = signed_in(owner_otto())
        page = client.get(f"{ticket.get_absolute_url()}?page=2").content.decode()
        assert "Note 0" in page
        for odd in ("0", "-1", "x", "99999"):
            url = f"{ticket.get_absolute_url()}?page={odd}&show=bogus"
            assert client.get(url).status_code == 200
