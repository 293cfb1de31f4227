"""What users of other help desks complain of about lists, and how it is here."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from teams.models import DataScope, User
from tests.personas import agent_ana, customer, manager_milo
from tests.tickets.answers import ticket_for
from tickets.models import Ticket


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.django_db
class TestComplaint28TheListIsSlowAndItsCountsAreWrong:
    @pytest.mark.parametrize("params", [{}, {"status": "any"}, {"q": "support"}])
    def test_counts_are_exact_and_statements_few(self, params: dict[str, str]) -> None:
        for n in range(7):
            ticket_for(customer(f"c{n}"))
        resolved = Ticket.objects.order_by("number")[:2].values_list(
            "number", flat=True
        )
        Ticket.objects.filter(number__in=list(resolved)).update(
            status="resolved", next_due_at=None
        )
        client = signed_in(manager_milo())
        asked = {"tab": "all", **params}
        client.get(reverse("tickets:list"), asked)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("tickets:list"), asked)
        counts = {tab.value: count for tab, count in page.context["tabs"]}
        expected = 7 if params.get("status") else 5
        assert counts["all"] == expected == len(page.context["page"].tickets)
        assert len(queries) <= 8


@pytest.mark.django_db
class TestComplaint29ATicketInMyListIsRefusedWhenOpened:
    def test_what_the_list_shows_opens_and_what_it_hides_does_not(self) -> None:
        seen = ticket_for(region="North")
        hidden = ticket_for(region="South")
        ana = agent_ana()
        DataScope.objects.create(
            user=ana, effect="deny", dimension="region", value="South"
        )
        client = signed_in(ana)
        page = client.get(reverse("tickets:list"), {"tab": "all"})
        assert [ticket.number for ticket in page.context["page"].tickets] == [
            seen.number
        ]
        assert client.get(seen.get_absolute_url()).status_code == 200
        assert client.get(hidden.get_absolute_url()).status_code == 404
