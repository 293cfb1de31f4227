"""A form that was open while somebody else acted: nothing happens twice, nothing is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.personas import agent_ana, lead_lena, mara_detractor, owner_otto
from tests.tickets.answers import ticket_for
from tests.tickets.test_case import act
from tests.tickets.test_desk import signed_in
from tickets import staleness
from tickets.models import Ticket

EARLIER = timezone.now() - timedelta(hours=1)


@pytest.mark.django_db
class TestAStaleForm:
    def test_is_shown_again_with_what_was_typed_and_what_changed(self) -> None:
        ticket = ticket_for(mara_detractor(), at=EARLIER)
        stamp = staleness.stamp_of(ticket)
        ticket.note("Lena talks to them", by=lead_lena(), at=timezone.now())
        client = signed_in(owner_otto())
        sent = {"priority": "urgent", "stamp": stamp}
        page = client.post(act("priority", ticket), sent)
        assert page.status_code == 409
        said = page.content.decode()
        assert "Somebody else changed this ticket meanwhile" in said
        assert "Lena talks to them" in said
        ticket.refresh_from_db()
        assert ticket.priority != "urgent"
        again = {**sent, "stamp": staleness.stamp_of(ticket)}
        assert f'value="{again["stamp"]}"' in said
        assert client.post(act("priority", ticket), again).status_code == 302

    def test_is_not_stale_by_ones_own_acts(self) -> None:
        ticket = ticket_for(mara_detractor(), at=EARLIER)
        stamp = staleness.stamp_of(ticket)
        ticket.note("Mine", by=owner_otto(), at=timezone.now())
        sent = {"to": agent_ana().pk, "stamp": stamp}
        answer = signed_in(owner_otto()).post(act("assignment", ticket), sent)
        assert answer.status_code == 302

    def test_keeps_a_note_all_the_same(self) -> None:
        ticket = ticket_for(mara_detractor(), at=EARLIER)
        stamp = staleness.stamp_of(ticket)
        ticket.assign(to=agent_ana(), by=lead_lena(), at=timezone.now())
        sent = {"text": "Words are never refused", "stamp": stamp}
        signed_in(owner_otto()).post(act("note", ticket), sent)
        assert ticket.notes.get().text == "Words are never refused"

    @pytest.mark.parametrize("stamp", ["", "x", "9" * 40, "-1", "٣"])
    def test_without_a_stamp_of_ours_is_taken(self, stamp: str) -> None:
        ticket = ticket_for(mara_detractor(), at=EARLIER)
        ticket.note("Lena", by=lead_lena(), at=timezone.now())
        sent = {"priority": "urgent", "stamp": stamp}
        answer = signed_in(owner_otto()).post(act("priority", ticket), sent)
        assert answer.status_code == 302
        assert Ticket.objects.get().priority == "urgent"
