"""A policy says how long a ticket may be paused in all; then its clocks go on."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from events.models import Event
from teams.models import Notification, WorkingHours
from tests.personas import MONDAY_NINE, admin_ada, mara_detractor, owner_otto
from tests.tickets.answers import ticket_for
from tests.tickets.test_clocks import DUE, clock_of, contact, resolve
from tests.tickets.test_desk import signed_in
from tests.tickets.test_pauses import HOUR, pause
from tickets import calendar_changes, pause_limits
from tickets.models import IllegalAct, Pause, SlaPolicy, Ticket
from tickets.pauses import resume_due
from tickets.policy_changes import change_policy
from tickets.replay import replay

pytestmark = pytest.mark.django_db


def limited(hours: int | None = 6) -> Ticket:
    ticket = ticket_for(mara_detractor())
    minutes = None if hours is None else hours * 60
    SlaPolicy.objects.update(pause_minutes=minutes)
    return ticket


def at(hours: float) -> datetime:
    return MONDAY_NINE + hours * HOUR


class TestAPauseWithoutAnEnd:
    def test_ends_at_the_very_instant_of_the_limit(self) -> None:
        ticket = limited(6)
        pause(ticket, 1)
        ticket.resume(by=owner_otto(), at=at(3))
        pause(ticket, 10)
        assert resume_due(at=at(13.9)) == 0
        assert resume_due(at=at(40)) == 1
        assert Pause.objects.latest("pk").ended_at == at(14)
        ticket.refresh_from_db()
        assert ticket.first_contact_due_at == DUE + 6 * HOUR
        told = Notification.objects.get(kind="ticket_pause_limit")
        assert told.user == owner_otto()
        ended = Event.objects.filter(name="ticket.resumed").latest("pk")
        assert (ended.occurred_at, ended.payload["reason"]) == (at(14), "limit")
        for clock in ticket.clocks.all():
            assert replay(clock) == clock.due_at

    def test_uses_up_working_time_only(self) -> None:
        ticket = limited(6)
        ticket.team.working_hours = WorkingHours.objects.create(
            name="Office",
            time_zone="UTC",
            weekly={str(day): [["09:00", "17:00"]] for day in range(5)},
        )
        ticket.team.save()
        monday = datetime(2026, 3, 30, 15, tzinfo=UTC)
        ticket.pause(reason="supplier", by=owner_otto(), at=monday)
        # Two hours of Monday and four of Tuesday.
        assert Pause.objects.get().limit_at == datetime(2026, 3, 31, 13, tzinfo=UTC)

    def test_lasts_where_the_policy_sets_no_limit(self) -> None:
        ticket = limited(None)
        pause(ticket, 1)
        assert resume_due(at=at(900)) == 0

    def test_has_ended_before_whatever_is_done_next(self) -> None:
        ticket = limited(6)
        contact(ticket, at(1))
        pause(ticket, 2)
        resolve(ticket, at(20))
        # Twenty hours less the six of the pause.
        assert clock_of(ticket, "resolution").minutes_used == 14 * 60
        assert Pause.objects.get().ended_at == at(8)


class TestAPauseBeyondTheLimit:
    def test_is_refused_with_what_is_left(self) -> None:
        ticket = limited(6)
        with pytest.raises(IllegalAct, match="paused for 6 h more"):
            pause(ticket, 1, until=8)
        pause(ticket, 1, until=7)

    def test_is_refused_altogether_where_nothing_is_left(self) -> None:
        ticket = limited(6)
        pause(ticket, 1)
        resume_due(at=at(8))
        with pytest.raises(IllegalAct, match="all that its policy allows"):
            pause(ticket, 9)


class TestAChangedLimit:
    def test_moves_the_end_of_pauses_that_last_but_takes_no_time_back(self) -> None:
        ticket = limited(None)
        pause(ticket, 1)
        policy = SlaPolicy.objects.get()
        change_policy(policy, by=admin_ada(), at=at(2), pause_minutes=600)
        assert Pause.objects.get().limit_at == at(11)
        assert pause_limits.ending(policy, 60, at=at(5)) == 1
        change_policy(policy, by=admin_ada(), at=at(5), pause_minutes=60)
        assert Pause.objects.get().limit_at == at(5)
        change_policy(policy, by=admin_ada(), at=at(5), pause_minutes=None)
        assert Pause.objects.get().limit_at is None

    def test_is_shown_before_it_ends_pauses(self) -> None:
        ticket = limited(None)
        pause(ticket, 1)
        policy, client = SlaPolicy.objects.get(), signed_in(admin_ada())
        url = reverse("tickets:policy", args=[policy.pk])
        data = {
            "name": policy.name,
            "first_contact_minutes": "24 h",
            "resolution_minutes": "120 h",
            "reopen_days": "14",
            "silence_days": "7",
            "re_ask_days": "30",
            "pause_minutes": "1 h",
            "rows-TOTAL_FORMS": "0",
            "rows-INITIAL_FORMS": "0",
        }
        page = client.post(url, data)
        assert "1 paused ticket has stood still" in page.content.decode()
        assert client.post(url, data | {"seal": page.context["seal"]}).status_code
        policy.refresh_from_db()
        assert policy.pause_minutes == 60


def test_other_hours_move_the_end_of_a_pause_that_lasts() -> None:
    ticket = limited(6)
    hours = WorkingHours.objects.create(
        name="Office",
        time_zone="UTC",
        weekly={str(day): [["09:00", "17:00"]] for day in range(7)},
    )
    ticket.team.working_hours = hours
    ticket.team.save()
    morning = MONDAY_NINE.astimezone(UTC).replace(hour=9)
    ticket.pause(reason="supplier", by=owner_otto(), at=morning)
    assert Pause.objects.get().limit_at == morning + 6 * HOUR
    changed_at = morning + 2 * HOUR
    hours.set_hours(
        by=admin_ada(),
        at=changed_at,
        weekly={str(day): [["09:00", "12:00"]] for day in range(7)},
    )
    calendar_changes.move_clocks_on(
        hours.pk, before=(hours.pk, 1), now=(hours.pk, 2), at=changed_at
    )
    # Three hours of that day, and three of the next.
    expected = morning + timedelta(days=1, hours=3)
    assert Pause.objects.get().limit_at == expected


def test_the_page_explains_what_is_left() -> None:
    ticket = limited(6)
    pause(ticket, 1)
    ticket.resume(by=owner_otto(), at=at(3))
    client = signed_in(owner_otto())
    page = client.get(ticket.get_absolute_url()).content.decode()
    assert "All pauses of this ticket so far: 2 h" in page
    assert "The policy allows 6 h." in page
    assert "The policy allows 4 h more of working time" in page
