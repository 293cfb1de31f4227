"""The story of a ticket: who, what, when, and who knows of it."""

from datetime import timedelta

import pytest

from teams.staffing import staff_team
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    service_team,
)
from tests.tickets.answers import ticket_for
from tests.tickets.test_desk import signed_in
from tests.tickets.test_routing import absent
from tickets import handover
from tickets.history import PAGE, Audience, history_of, history_page
from tickets.models import Ticket

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
            (
                "Opened and given to Owner Otto: rule “NPS 0 to 6” (owner of the "
                "account)",
                Audience.INTERNAL,
            ),
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


@pytest.mark.django_db
class TestWhyTheSystemChose:
    def titles(self, ticket: Ticket) -> list[str]:
        return [entry.title for entry in history_of(ticket)]

    def test_is_said_of_the_first_owner(self) -> None:
        ticket = ticket_for(mara_detractor())
        [title] = self.titles(ticket)
        assert title.endswith("(owner of the account)")

    def test_is_said_of_a_deputy_and_of_one_who_has_left(self) -> None:
        ticket = ticket_for(mara_detractor())
        absent(owner_otto(), manager_milo())
        handover.hand_over_due(at=MONDAY_NINE)
        assert self.titles(ticket)[0] == (
            "The system gave it to Manager Milo: Owner Otto is away (stands in as deputy)"
        )
        Ticket.objects.update(assignee=agent_ana())
        team = service_team()
        staff_team(
            team,
            name=team.name,
            lead=lead_lena(),
            members=[owner_otto()],
            working_hours=None,
            by=admin_ada(),
            at=MONDAY_NINE + timedelta(hours=1),
        )
        assert self.titles(ticket)[0] == (
            "The system gave it to Lead Lena: Agent Ana left the team (lead of the team)"
        )

    def test_is_not_said_of_a_person_who_chose(self) -> None:
        ticket = ticket_for(mara_detractor())
        ticket.assign(to=agent_ana(), by=lead_lena(), at=MONDAY_NINE)
        assert self.titles(ticket)[0] == "Lead Lena gave it to Agent Ana"
