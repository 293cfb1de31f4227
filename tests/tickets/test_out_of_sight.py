"""Who may see less than before hands on what they would no longer see."""

import pytest

from events.models import Event
from teams.access import with_scopes
from teams.leaving import Part
from teams.models import DataScope, Membership, Team, User
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    lead_lena,
    manager_milo,
    mara_detractor,
    owner_otto,
    service_team,
)
from tests.tickets.answers import ticket_for
from tests.tickets.test_desk import signed_in
from tickets import watchdog
from tickets.department_tasks import give_task
from tickets.models import Task, Ticket
from tickets.task_handover import clear_tasks, look_after_tasks, plan_for

pytestmark = pytest.mark.django_db
NO_NORTH = {"effect": "deny", "dimension": "region", "value": "North"}


def hide_from(*people: User) -> None:
    for person in people:
        DataScope.objects.create(user=person, **NO_NORTH)


def give(ticket: Ticket, team: Team) -> Task:
    return give_task(
        ticket,
        team=team,
        title="Call",
        text="",
        minutes=60,
        by=owner_otto(),
        at=MONDAY_NINE,
    )


def owner(ticket: Ticket) -> User:
    ticket.refresh_from_db()
    return ticket.assignee


def test_the_page_says_what_moves_and_moves_it_when_confirmed() -> None:
    north, elsewhere = ticket_for(mara_detractor()), ticket_for(region="South")
    Ticket.objects.update(assignee=owner_otto())
    give_task(
        north,
        team=service_team(),
        title="Call",
        text="",
        minutes=60,
        by=lead_lena(),
        at=MONDAY_NINE,
    )
    north.tasks.update(assignee=owner_otto())
    client, page = signed_in(admin_ada()), f"/settings/people/{owner_otto().pk}/"
    form = {"effect": "deny", "what": "region:North"}
    shown = client.post(page + "scopes/", form)
    assert "Agent Ana: 2 tickets or tasks" in shown.content.decode()
    assert not DataScope.objects.exists()
    asked = shown.context["handing_on"]
    client.post(asked.path, {**asked.fields, "seal": asked.seal})
    assert (owner(north), owner(elsewhere)) == (agent_ana(), owner_otto())
    assert north.tasks.get().assignee == agent_ana()
    event = Event.objects.get(name="ticket.assigned")
    assert (event.payload["reason"], event.payload["why"]) == ("hidden", "least_loaded")
    # Without the line they see more: there is nothing to ask.
    client.post(f"{page}scopes/{DataScope.objects.get().pk}/removal/")
    assert not DataScope.objects.exists()


def test_one_line_less_of_what_they_may_see_hides_as_well() -> None:
    ticket = ticket_for(mara_detractor())
    for region in ("North", "South"):
        line = DataScope(user=owner_otto(), effect="allow", dimension="region")
        line.value = region
        line.save()
    north = DataScope.objects.get(value="North")
    address = f"/settings/people/{owner_otto().pk}/scopes/{north.pk}/removal/"
    client = signed_in(admin_ada())
    asked = client.post(address).context["handing_on"]
    assert owner(ticket) == owner_otto()
    client.post(asked.path, {"seal": asked.seal})
    assert owner(ticket) == agent_ana()


def test_the_watchdog_gives_on_what_an_owner_may_not_see() -> None:
    ticket, other = ticket_for(mara_detractor()), ticket_for(region="South")
    Ticket.objects.update(assignee=owner_otto())
    give_task(
        ticket,
        team=service_team(),
        title="Call",
        text="",
        minutes=60,
        by=lead_lena(),
        at=MONDAY_NINE,
    )
    ticket.tasks.update(assignee=owner_otto())
    DataScope.objects.create(user=owner_otto(), **NO_NORTH)
    assert watchdog.look_after(at=MONDAY_NINE) == 1
    assert look_after_tasks(at=MONDAY_NINE) == 1
    assert (owner(ticket), owner(other)) == (agent_ana(), owner_otto())
    assert ticket.tasks.get().assignee == agent_ana()
    assert watchdog.look_after(at=MONDAY_NINE) == 0


def test_what_nobody_of_the_team_may_see_goes_to_who_oversees_all() -> None:
    ticket = ticket_for(mara_detractor())
    milo = manager_milo()
    people = (owner_otto(), agent_ana(), lead_lena())
    for person in people:
        DataScope.objects.create(user=person, **NO_NORTH)
    assert watchdog.look_after(at=MONDAY_NINE) == 1
    assert owner(ticket) == milo
    assert ticket.waits_for_owner
    # Nobody at all may see it: it stays, and the health page counts it.
    DataScope.objects.create(user=milo, **NO_NORTH)
    assert watchdog.look_after(at=MONDAY_NINE) == 0
    assert list(watchdog.unattended(at=MONDAY_NINE)) == [ticket]


def test_a_task_that_its_lead_may_not_see_goes_to_who_oversees_all() -> None:
    ticket, milo = ticket_for(mara_detractor()), manager_milo()
    team = Team.objects.create(name="Billing", lead=lead_lena())
    hide_from(lead_lena())
    task = give(ticket, team)
    assert task.assignee == milo
    # Of the department whoever may see it comes first, however much they have to do.
    Membership.objects.create(team=team, user=agent_ana())
    User.objects.filter(pk=agent_ana().pk).update(capacity=0)
    Task.objects.update(assignee=lead_lena())
    assert look_after_tasks(at=MONDAY_NINE) == 1
    assert ticket.tasks.get().assignee == agent_ana()
    # Nobody at all may see it: it stays.
    hide_from(agent_ana(), milo)
    assert look_after_tasks(at=MONDAY_NINE) == 0
    assert ticket.tasks.get().assignee == agent_ana()


def test_the_page_says_that_a_task_moves_to_who_oversees_all() -> None:
    ticket, milo = ticket_for(mara_detractor()), manager_milo()
    team = Team.objects.create(name="Billing", lead=lead_lena())
    assert give(ticket, team).assignee == lead_lena()
    line = DataScope(user=lead_lena(), **NO_NORTH)
    seen = with_scopes(lead_lena(), [line])
    part = Part(narrowed=seen)
    assert plan_for(lead_lena(), part, at=MONDAY_NINE) == {milo: 1}
    line.save()
    assert clear_tasks(lead_lena(), part, at=MONDAY_NINE) == 1
    assert ticket.tasks.get().assignee == milo


def test_a_ticket_that_moves_to_a_hidden_team_finds_an_owner_there() -> None:
    ticket = ticket_for(mara_detractor())
    billing = Team.objects.create(name="Billing", lead=lead_lena())
    scope = {"effect": "deny", "dimension": "team", "value": str(billing.pk)}
    DataScope.objects.create(user=owner_otto(), **scope)
    assert watchdog.look_after(at=MONDAY_NINE) == 0
    Ticket.objects.update(team=billing)
    assert watchdog.look_after(at=MONDAY_NINE) == 1
    assert owner(ticket) == lead_lena()
