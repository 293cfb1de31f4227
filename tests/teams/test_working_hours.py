"""Changed hours: kept as they were, foreseen, and confirmed before they move anything."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events import outbox
from teams.models import PastHours, Team, WorkingHours
from tests.personas import MONDAY_NINE, admin_ada, mara_detractor, service_team
from tests.teams.test_settings_pages import client_of
from tests.tickets.answers import ticket_for

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FORM = {"name": "Office", "time_zone": "UTC", "holidays": "", "overrides": ""}
WEEK = {f"day_{day}": "09:00-17:00" for day in range(5)}


def office(team: Team | None = None) -> WorkingHours:
    hours = WorkingHours.objects.create(
        name="Office", weekly={str(d): [["09:00", "17:00"]] for d in range(5)}
    )
    if team:
        team.working_hours = hours
        team.save()
    return hours


class TestTheHours:
    def test_are_kept_as_they_were(self) -> None:
        hours = office()
        hours.set_hours(by=admin_ada(), at=MONDAY_NINE, holidays=["2026-12-25"])
        past = PastHours.objects.get()
        assert (past.hours_key, past.version, past.until) == (hours.pk, 1, MONDAY_NINE)
        assert past.holidays == []

    def test_are_kept_when_they_go(self) -> None:
        hours = office()
        key = hours.pk
        hours.discard(by=admin_ada(), at=MONDAY_NINE)
        assert PastHours.objects.get().hours_key == key


class TestSaving:
    def test_asks_first_where_deadlines_move(self) -> None:
        hours = office(service_team())
        ticket = ticket_for(mara_detractor(), at=timezone.now() - HOUR)
        due = ticket.resolution_due_at
        client, page = client_of(admin_ada()), f"/settings/working-hours/{hours.pk}/"
        form = {**FORM, **WEEK, "day_5": "09:00-17:00"}
        asked = client.post(page, form)
        assert "1 open ticket gets a new deadline" in asked.content.decode()
        assert WorkingHours.objects.get().version == 1
        client.post(page, {**form, "seal": asked.context["seal"]})
        assert WorkingHours.objects.get().version == 2
        outbox.drain()
        ticket.refresh_from_db()
        assert ticket.resolution_due_at < due

    def test_saves_at_once_where_none_do(self) -> None:
        hours = office(service_team())
        page = f"/settings/working-hours/{hours.pk}/"
        form = {**FORM, **WEEK, "day_5": "09:00-17:00"}
        assert client_of(admin_ada()).post(page, form).status_code == 302
        assert WorkingHours.objects.get().version == 2

    def test_refuses_hours_without_any_shift(self) -> None:
        reply = client_of(admin_ada()).post("/settings/working-hours/new/", FORM)
        assert "at least one day a shift" in reply.content.decode()
        assert not WorkingHours.objects.exists()


class TestATeamsHours:
    def test_ask_first_where_deadlines_move(self) -> None:
        team, hours = service_team(), office()
        ticket = ticket_for(mara_detractor(), at=timezone.now() - HOUR)
        due = ticket.first_contact_due_at
        form = {
            "name": team.name,
            "lead": team.lead_id,
            "working_hours": hours.pk,
            "members": list(team.members.values_list("pk", flat=True)),
        }
        page, client = f"/settings/teams/{team.pk}/", client_of(admin_ada())
        asked = client.post(page, form)
        assert "1 open ticket gets a new deadline" in asked.content.decode()
        client.post(page, {**form, "seal": asked.context["seal"]})
        team.refresh_from_db()
        assert team.working_hours == hours
        outbox.drain()
        ticket.refresh_from_db()
        assert ticket.first_contact_due_at != due
