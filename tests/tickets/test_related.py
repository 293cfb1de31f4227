"""An answer's page names the ticket that takes care of it."""

import pytest
from django.test import Client
from django.urls import reverse

from surveys.related import related_to
from tests.personas import agent_ana, manager_milo, mara_detractor
from tests.tickets.answers import answer, ticket_for

pytestmark = pytest.mark.django_db


class TestTheTicketOfAnAnswer:
    def test_is_linked_from_its_page(self, client: Client) -> None:
        ticket = ticket_for(mara_detractor())
        client.force_login(manager_milo())
        page = client.get(reverse("surveys:response", args=[ticket.response_id]))
        assert f'href="{ticket.get_absolute_url()}"' in page.content.decode()

    def test_is_not_named_where_there_is_none(self) -> None:
        assert related_to(answer(nps=9), manager_milo()) == []

    def test_is_not_named_to_who_may_not_see_it(self) -> None:
        ticket = ticket_for(mara_detractor())
        ana = agent_ana()
        ana.scopes.create(effect="deny", dimension="region", value="North")
        assert related_to(ticket.response, ana) == []
