"""Who else has a ticket open, and who is writing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from redis import RedisError

from teams.models import DataScope, User
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
)
from tests.tickets.answers import ticket_for
from tickets.models import Ticket
from tickets.presence_on_ticket import REMEMBERED_FOR, Colleague, Doing, here

SECOND = timedelta(seconds=1)


@pytest.fixture
def ticket(db: None) -> Ticket:
    return ticket_for()


class TestHere:
    def test_sees_colleagues_and_not_oneself(self, ticket: Ticket) -> None:
        at = MONDAY_NINE
        assert here(ticket, agent_ana(), doing=Doing.READING, at=at) == []
        assert here(ticket, lead_lena(), doing=Doing.WRITING, at=at) == [
            Colleague(str(agent_ana()), is_writing=False)
        ]
        others = here(ticket, manager_milo(), doing=Doing.READING, at=at)
        assert [other.is_writing for other in others] == [True, False]

    def test_forgets_who_left_or_is_no_longer_heard_of(self, ticket: Ticket) -> None:
        at = MONDAY_NINE
        here(ticket, agent_ana(), doing=Doing.WRITING, at=at)
        here(ticket, lead_lena(), doing=Doing.WRITING, at=at)
        here(ticket, lead_lena(), doing=Doing.GONE, at=at)
        milo = manager_milo()
        assert len(here(ticket, milo, doing=Doing.READING, at=at)) == 1
        late = at + REMEMBERED_FOR + SECOND
        assert here(ticket, milo, doing=Doing.READING, at=late) == []

    def test_sees_nobody_without_valkey(
        self, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken() -> Any:
            raise RedisError("gone")

        monkeypatch.setattr("tickets.presence_on_ticket.valkey", broken)
        assert here(ticket, agent_ana(), doing=Doing.READING, at=MONDAY_NINE) == []


@pytest.mark.django_db
class TestTheAnswer:
    def tell(self, person: User, ticket: Ticket, doing: str) -> Any:
        client = Client()
        client.force_login(person)
        address = reverse("tickets:colleagues", args=[ticket.number])
        return client.post(address, {"doing": doing})

    def test_says_who_is_replying(self, ticket: Ticket) -> None:
        ana = agent_ana()
        self.tell(ana, ticket, "writing")
        told = self.tell(lead_lena(), ticket, "reading").json()
        assert told == {"words": f"{ana} is replying.", "is_collision": True}
        told = self.tell(ana, ticket, "odd").json()
        assert told["words"] == f"{lead_lena()} has this ticket open."

    def test_tells_nobody_of_a_ticket_they_may_not_see(self, ticket: Ticket) -> None:
        ana = agent_ana()
        DataScope.objects.create(
            user=ana, effect="allow", dimension="tier", value="none"
        )
        assert self.tell(ana, ticket, "reading").status_code == 404
        assert self.tell(executive_eva(), ticket, "reading").status_code == 403
