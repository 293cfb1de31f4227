"""A team that is no more takes no new work, and its history stays."""

import pytest
from django import forms
from django.test import Client

from events.models import Event
from journeys.models import Touchpoint
from teams import retirement
from teams.models import Team, User
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    lead_lena,
    mara_detractor,
    service_team,
)
from tests.tickets.answers import ticket_for
from tickets.models import RulesDraft, Task, Ticket
from tickets.rule_drafts import DraftRule
from tickets.rule_form import RuleForm
from tickets.task_forms import TaskForm

pytestmark = pytest.mark.django_db


def billing() -> Team:
    return Team.objects.get_or_create(name="Billing", defaults={"lead": lead_lena()})[0]


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def freed() -> tuple[Team, Ticket]:
    """The service team after its ticket is resolved and others own its touchpoint."""
    ticket = ticket_for(mara_detractor())
    Ticket.objects.update(status=Ticket.Status.RESOLVED, resolved_at=MONDAY_NINE)
    Touchpoint.objects.update(team=billing())
    return service_team(), ticket


def teams_in(form: forms.Form) -> list[Team]:
    field = form.fields["team"]
    assert isinstance(field, forms.ModelChoiceField)
    return list(field.queryset or ())


def test_is_refused_while_work_would_be_nobodys_and_says_which() -> None:
    team = service_team()
    ticket = ticket_for(mara_detractor())
    Task.objects.create(
        ticket=ticket,
        team=team,
        assignee=agent_ana(),
        title="Call",
        created_by=agent_ana(),
        created_at=MONDAY_NINE,
    )
    drafted = {"team": team.pk}
    RulesDraft.objects.create(rules=[drafted], changed_at=MONDAY_NINE)
    page = client_of(admin_ada()).post(
        f"/settings/teams/{team.pk}/retirement/", follow=True
    )
    said = "has 1 open ticket, 1 open task, 1 routing rule and 1 touchpoint."
    assert said in page.content.decode()
    team.refresh_from_db()
    assert team.retired_at is None
    assert team.memberships.count() == 2


def test_is_offered_no_more_and_keeps_its_tickets() -> None:
    team, ticket = freed()
    client = client_of(admin_ada())
    assert (
        "Retire the team" in client.get(f"/settings/teams/{team.pk}/").content.decode()
    )
    assert client.get(f"/settings/teams/{team.pk}/retirement/").status_code == 200
    client.post(f"/settings/teams/{team.pk}/retirement/")
    team.refresh_from_db()
    assert team.retired_at is not None
    assert not team.memberships.exists()
    assert not Team.objects.of(agent_ana()).exists()
    assert Ticket.objects.get(pk=ticket.pk).team == team
    assert teams_in(RuleForm(rule=DraftRule("1", "Low"))) == [billing()]
    Ticket.objects.update(team=billing())
    moved = Ticket.objects.get(pk=ticket.pk)
    assert teams_in(TaskForm(ticket=moved, user=lead_lena())) == []
    listed = client.get("/settings/teams/").content.decode()
    assert "retired" in listed
    # Nobody can be seated before it is back.
    client.post(f"/settings/teams/{team.pk}/", {"members": [agent_ana().pk]})
    assert not team.memberships.exists()
    client.post(f"/settings/teams/{team.pk}/return/")
    team.refresh_from_db()
    assert team.retired_at is None
    names = Event.objects.filter(name__startswith="team.").values_list(
        "name", flat=True
    )
    assert list(names.order_by("id")) == ["team.retired", "team.brought_back"]


def test_twice_is_once() -> None:
    team, _ticket = freed()
    for _turn in range(2):
        retirement.retire_team(team, by=admin_ada(), at=MONDAY_NINE)
    assert Event.objects.filter(name="team.retired").count() == 1


def test_is_for_administrators() -> None:
    team = service_team()
    client = client_of(lead_lena())
    for act in ("retirement", "return"):
        assert client.post(f"/settings/teams/{team.pk}/{act}/").status_code == 403
