"""What users of other desks complain about, on the ticket's page and in merging."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from customers.models import Message
from surveys.models import Response
from teams.models import DataScope, User
from teams.roles import Role
from tests.personas import MONDAY_NINE, lead_lena, mara_detractor, paul_promoter, user
from tests.tickets.answers import answer, ticket_for
from tests.tickets.test_desk import signed_in
from tickets import linking, merging
from tickets.closed_loop import open_tickets_for
from tickets.history import history_of
from tickets.models import Ticket

LATER = MONDAY_NINE + timedelta(hours=1)
# Downloads, and addresses outside.
NO_PAGE = re.compile(r"^(#|\?|mailto:|tel:|sms:|https?:|/static/)")


def narrow_nora() -> User:
    """Sees the north alone."""
    nora = user("narrow_nora", Role.AGENT)
    DataScope.objects.get_or_create(
        user=nora, effect="allow", dimension="region", value="North"
    )
    return nora


def links_on(client: Client, ticket: Ticket) -> set[str]:
    page = client.get(ticket.get_absolute_url()).content.decode()
    found = re.findall(r'href="([^"]+)"', page.split("<main")[1])
    return {link.replace("&amp;", "&") for link in found if not NO_PAGE.match(link)}


@pytest.mark.django_db
class TestComplaint29TicketInMyListRefusedWhenOpened:
    def test_every_link_on_the_page_of_a_ticket_in_the_list_opens(self) -> None:
        mara = mara_detractor()
        ticket = ticket_for(mara)
        elsewhere = ticket_for(paul_promoter(), at=LATER)
        linking.link(ticket, other=elsewhere, kind="related", by=lead_lena(), at=LATER)
        answer(mara, nps=9, at=LATER, region="South")
        # The customer moved since: the ticket is still the north's.
        mara.region = "South"
        mara.save()
        client = signed_in(narrow_nora())
        assert f"#{ticket.number}" in client.get("/tickets/?tab=all").content.decode()
        links = links_on(client, ticket)
        assert links
        refused = {
            link: client.get(link).status_code
            for link in links
            if client.get(link).status_code != 200
        }
        assert refused == {}
        assert elsewhere.get_absolute_url() not in links


@pytest.mark.django_db
class TestComplaints20And21NoMessageLostInMerging:
    def test_every_word_of_both_is_on_the_one_that_goes_on(self) -> None:
        mara = mara_detractor()
        one = ticket_for(mara, comment="First words")
        other = ticket_for(paul_promoter(), at=LATER, comment="Second words")
        further = answer(mara, nps=1, comment="Third words", at=LATER)
        open_tickets_for([further.pk], at=LATER)
        for ticket in (one, other):
            assert ticket.customer is not None
            # The same words twice are two messages all the same.
            for _twice in range(2):
                Message.objects.create(
                    customer=ticket.customer,
                    direction=Message.Direction.IN,
                    channel=Message.Channel.EMAIL,
                    text="Any news?",
                    thread=ticket.thread,
                    happened_at=LATER,
                )
            ticket.note(f"Note on {ticket.number}", by=lead_lena(), at=LATER)
        merging.merge(one, into=other, by=lead_lena(), at=LATER)
        told = [entry.text for entry in history_of(other)]
        assert told.count("Any news?") == 4
        assert {f"Note on {one.number}", f"Note on {other.number}"} <= set(told)
        comments = Response.objects.filter(ticket_answer__ticket=other)
        assert set(comments.values_list("comment", flat=True)) == {
            "First words",
            "Second words",
            "Third words",
        }
        page = signed_in(lead_lena()).get(other.get_absolute_url()).content.decode()
        assert page.count("Any news?") == 4
        merging.unmerge(one, by=lead_lena(), at=LATER)
        assert Message.objects.filter(thread=one.thread).count() == 2
        assert Message.objects.filter(thread=other.thread).count() == 2
