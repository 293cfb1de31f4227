"""The page of one ticket, and the forms of the acts on it."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from teams.models import DataScope
from teams.roles import Role
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    service_team,
    user,
)
from tests.tickets.answers import answer, ticket_for
from tests.tickets.test_desk import signed_in
from tickets.closed_loop import open_tickets_for
from tickets.forms import assignable_by
from tickets.models import RootCause, Ticket
from tickets.views.case import ACTS


def act(name: str, ticket: Ticket) -> str:
    return reverse(f"tickets:{name}", args=[ticket.number])


@pytest.mark.django_db
class TestTheCase:
    def test_shows_words_first_then_what_to_do_next(self) -> None:
        mara = mara_detractor()
        ticket = ticket_for(mara, comment="<b>Waited</b> forever")
        further = answer(mara, nps=0, comment="Still waiting")
        open_tickets_for([further.pk], at=MONDAY_NINE)
        page = signed_in(owner_otto()).get(ticket.get_absolute_url()).content.decode()
        assert "&lt;b&gt;Waited&lt;/b&gt; forever" in page
        assert "Still waiting" in page
        assert page.index("forever") < page.index("Next:") < page.index("What happened")
        assert act("contact", ticket) in page
        assert act("resolution", ticket) not in page
        assert page.count("btn-primary") == 1

    def test_offers_the_resolution_after_the_contact(self) -> None:
        ticket = ticket_for(mara_detractor())
        client = signed_in(owner_otto())
        answer = client.post(
            act("contact", ticket), {"channel": "phone", "summary": "Called."}
        )
        assert answer.status_code == 302
        page = client.get(ticket.get_absolute_url()).content.decode()
        assert "The contact is logged." in page
        assert "Contact with the customer by Owner Otto: Phone call" in page
        assert act("resolution", ticket) in page

    def test_ends_with_what_came_of_it(self) -> None:
        ticket = ticket_for()
        cause = RootCause.objects.get(key="delivery-late")
        client = signed_in(agent_ana())
        client.post(
            act("resolution", ticket),
            {"root_cause": cause.pk, "finding": "Lost.", "outcome": "Sent."},
        )
        page = client.get(ticket.get_absolute_url()).content.decode()
        assert "Nothing is left to do" in page
        assert act("reopening", ticket) in page
        client.post(act("reopening", ticket), {"reason": "It broke again."})
        page = client.get(ticket.get_absolute_url()).content.decode()
        assert "It broke again." in page
        assert "Agent Ana reopened it" in page

    def test_explains_its_deadlines(self) -> None:
        ticket = ticket_for(mara_detractor(), at=timezone.now())
        page = signed_in(owner_otto()).get(ticket.get_absolute_url()).content.decode()
        assert "23 h left" in page
        assert "24 h of working time" in page

    def test_has_ids_only_once(self) -> None:
        ticket = ticket_for(mara_detractor())
        page = signed_in(lead_lena()).get(ticket.get_absolute_url()).content.decode()
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert sorted(ids) == sorted(set(ids))


@pytest.mark.django_db
class TestAForm:
    def test_is_sent_to_an_address_that_takes_it(self) -> None:
        ticket = ticket_for(mara_detractor())
        lena = signed_in(lead_lena())
        page = lena.get(ticket.get_absolute_url()).content.decode()
        addresses = re.findall(r'<form method="post" action="([^"]+)"', page)
        assert len(addresses) > len(ACTS) / 2
        assert {lena.post(to).status_code for to in addresses} <= {302, 422}

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("contact", {"channel": "pigeon", "summary": "Flew."}),
            ("contact", {"channel": "phone", "summary": "   "}),
            ("resolution", {"root_cause": "", "outcome": "Fine"}),
            ("resolution", {"root_cause": "1", "outcome": "A group is no cause"}),
            ("note", {"text": "x" * 5_001}),
            ("note", {"text": "nul \0 here"}),
            ("note", {}),
            ("assignment", {"to": "abc"}),
        ],
    )
    def test_comes_back_with_what_is_wrong(
        self, name: str, data: dict[str, str]
    ) -> None:
        ticket = ticket_for(mara_detractor())
        response = signed_in(lead_lena()).post(act(name, ticket), data)
        assert response.status_code == 422
        assert "invalid-feedback" in response.content.decode()

    def test_comes_back_with_the_sentence_of_a_refusal_and_what_was_typed(self) -> None:
        ticket = ticket_for(mara_detractor())
        cause = RootCause.objects.get(key="delivery-late")
        response = signed_in(owner_otto()).post(
            act("resolution", ticket),
            {"root_cause": cause.pk, "finding": "-", "outcome": "Typed words"},
        )
        page = response.content.decode()
        assert response.status_code == 409
        assert "Contact the customer first" in page
        assert "Typed words" in page

    @pytest.mark.parametrize(
        "name", ["contact", "resolution", "reopening", "assignment", "note"]
    )
    def test_has_a_page_of_its_own_and_the_same_guard(self, name: str) -> None:
        ticket = ticket_for(mara_detractor())
        url = act(name, ticket)
        assert signed_in(owner_otto()).get(url).status_code == 200
        assert signed_in(executive_eva()).get(url).status_code == 403
        blind = user("blind_bob", Role.AGENT)
        DataScope.objects.create(
            user=blind, effect="deny", dimension="region", value="North"
        )
        assert signed_in(blind).get(url).status_code == 404
        assert signed_in(blind).post(url, {"text": "x"}).status_code == 404


@pytest.mark.django_db
class TestHandingOn:
    def test_is_free_for_leads(self) -> None:
        ticket = ticket_for(mara_detractor())
        offered = set(assignable_by(lead_lena(), ticket))
        assert {agent_ana(), lead_lena()} <= offered
        assert owner_otto() not in offered
        assert executive_eva() not in offered

    def test_is_within_the_team_for_the_agent_who_has_it(self) -> None:
        ticket = ticket_for(mara_detractor())
        manager_milo()
        offered = set(assignable_by(owner_otto(), ticket))
        assert offered == {agent_ana(), lead_lena()}

    def test_means_taking_it_for_another_agent(self) -> None:
        ticket = ticket_for(mara_detractor())
        service_team()
        client = signed_in(agent_ana())
        refused = client.post(act("assignment", ticket), {"to": lead_lena().pk})
        assert refused.status_code == 422
        client.post(act("assignment", ticket), {"to": agent_ana().pk})
        ticket.refresh_from_db()
        assert ticket.assignee == agent_ana()

    def test_reaches_the_page_as_a_story(self) -> None:
        ticket = ticket_for(mara_detractor())
        client = signed_in(lead_lena())
        client.post(act("assignment", ticket), {"to": agent_ana().pk})
        page = client.get(ticket.get_absolute_url()).content.decode()
        assert "Lead Lena gave it to Agent Ana" in page
