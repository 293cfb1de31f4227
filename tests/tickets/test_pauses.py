"""Clocks stand still for a reason, go on by themselves, and the share of it is known."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from teams.models import Notification
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    mara_detractor,
    owner_otto,
)
from tests.tickets.answers import ticket_for
from tests.tickets.test_clocks import DUE, clock_of, contact, resolve
from tests.tickets.test_desk import signed_in
from tickets.models import Clock, IllegalAct, Pause, Ticket
from tickets.pauses import resume_due, share
from tickets.replay import replay

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def pause(
    ticket: Ticket,
    at: int,
    *,
    until: int | None = None,
    reason: str = "customer",
    words: str = "",
) -> None:
    later = None if until is None else MONDAY_NINE + until * HOUR
    ticket.pause(
        reason=reason,
        words=words,
        until=later,
        by=owner_otto(),
        at=MONDAY_NINE + at * HOUR,
    )


class TestPausing:
    def test_keeps_who_and_why(self) -> None:
        ticket = ticket_for(mara_detractor())
        pause(ticket, 1, reason="supplier", words="Part is on its way")
        [kept] = Pause.objects.all()
        assert (kept.reason, kept.words, kept.started_by) == (
            "supplier",
            "Part is on its way",
            owner_otto(),
        )
        assert Event.objects.get(name="ticket.paused").payload["reason"] == "supplier"

    @pytest.mark.parametrize("reason", ["lunch", "later_call", ""])
    def test_needs_a_reason_and_a_later_call_its_time(self, reason: str) -> None:
        with pytest.raises(IllegalAct):
            pause(ticket_for(mara_detractor()), 1, reason=reason)

    def test_cannot_end_before_it_begins(self) -> None:
        with pytest.raises(IllegalAct):
            pause(ticket_for(mara_detractor()), 2, until=2, reason="later_call")

    def test_ends_where_the_ticket_is_resolved(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        pause(ticket, 2)
        resolve(ticket, MONDAY_NINE + 4 * HOUR)
        assert Pause.objects.get().ended_at == MONDAY_NINE + 4 * HOUR
        assert clock_of(ticket, "resolution").minutes_used == 120

    def test_of_a_running_ticket_cannot_be_ended(self) -> None:
        with pytest.raises(IllegalAct):
            ticket_for(mara_detractor()).resume(by=owner_otto(), at=MONDAY_NINE)


class TestGoingOnByItself:
    def test_happens_at_the_planned_instant_however_late_it_is_noticed(self) -> None:
        ticket = ticket_for(mara_detractor())
        pause(ticket, 1, until=5, reason="later_call")
        assert resume_due(at=MONDAY_NINE + 4 * HOUR) == 0
        assert resume_due(at=MONDAY_NINE + 20 * HOUR) == 1
        ticket.refresh_from_db()
        assert ticket.first_contact_due_at == DUE + 4 * HOUR
        assert resume_due(at=MONDAY_NINE + 20 * HOUR) == 0
        assert Notification.objects.filter(kind="ticket_goes_on").count() == 1


class TestTheShare:
    def test_is_of_working_time_from_the_start_to_the_act(self) -> None:
        ticket = ticket_for(mara_detractor())
        pause(ticket, 1)
        ticket.resume(by=owner_otto(), at=MONDAY_NINE + 4 * HOUR)
        contact(ticket, MONDAY_NINE + 12 * HOUR)
        assert share(clock_of(ticket), at=MONDAY_NINE + 99 * HOUR) == pytest.approx(
            3 / 12
        )

    def test_counts_a_pause_that_lasts(self) -> None:
        ticket = ticket_for(mara_detractor())
        pause(ticket, 6)
        assert share(clock_of(ticket), at=MONDAY_NINE + 8 * HOUR) == pytest.approx(0.25)

    def test_is_not_known_where_no_time_has_passed(self) -> None:
        assert share(clock_of(ticket_for()), at=MONDAY_NINE) is None

    def test_leaves_the_time_out_in_which_it_was_resolved(self) -> None:
        ticket = ticket_for(mara_detractor())
        contact(ticket, MONDAY_NINE + HOUR)
        resolve(ticket, MONDAY_NINE + 2 * HOUR)
        ticket.reopen(reason="Again", by=owner_otto(), at=MONDAY_NINE + 6 * HOUR)
        assert share(clock_of(ticket, "resolution"), at=MONDAY_NINE + 8 * HOUR) == 0


class TestThePage:
    def test_pauses_and_goes_on(self) -> None:
        ticket, client = ticket_for(mara_detractor()), signed_in(owner_otto())
        url = reverse("tickets:pause", args=[ticket.number])
        until = timezone.localtime() + 2 * DAY
        data = {"reason": "later_call", "until": until.strftime("%Y-%m-%dT%H:%M")}
        assert client.post(url, data).status_code == 302
        page = client.get(ticket.get_absolute_url()).content.decode()
        assert "the customer asked for a later call" in page
        client.post(reverse("tickets:resume", args=[ticket.number]))
        assert Pause.objects.get().ended_at is not None

    def test_asks_for_the_time_of_a_later_call(self) -> None:
        ticket = ticket_for(mara_detractor())
        url = reverse("tickets:pause", args=[ticket.number])
        reply = signed_in(owner_otto()).post(url, {"reason": "later_call"})
        assert reply.status_code == 422
        assert "when the customer wants to be called" in reply.content.decode()

    def test_explains_every_deadline(self) -> None:
        ticket = ticket_for(mara_detractor())
        pause(ticket, 1, words="Sent photos?")
        ticket.resume(by=agent_ana(), at=MONDAY_NINE + 3 * HOUR)
        url = reverse("tickets:deadlines", args=[ticket.number])
        page = signed_in(owner_otto()).get(url).content.decode()
        for words in ("Together 24 h", "Sent photos?", "Owner Otto", "version 1"):
            assert words in page


def test_the_history_gives_the_same_deadline() -> None:
    ticket = ticket_for(mara_detractor())
    pause(ticket, 1)
    ticket.resume(by=agent_ana(), at=MONDAY_NINE + 3 * HOUR)
    contact(ticket, MONDAY_NINE + 5 * HOUR)
    resolve(ticket, MONDAY_NINE + 9 * HOUR)
    ticket.reopen(reason="Again", by=owner_otto(), at=MONDAY_NINE + 2 * DAY)
    for clock in Clock.objects.all():
        assert replay(clock) == clock.due_at
