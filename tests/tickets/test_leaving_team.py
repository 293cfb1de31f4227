"""Who leaves a team leaves its open work to others, and everybody is told why."""

import pytest

from events.models import Event
from teams.models import Notification, Team
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    lead_lena,
    mara_detractor,
    owner_otto,
    service_team,
)
from tests.tickets.answers import ticket_for
from tests.tickets.test_desk import signed_in
from tickets.department_tasks import give_task
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_the_page_says_how_much_moves_and_moves_it_when_confirmed() -> None:
    team, ticket = service_team(), ticket_for(mara_detractor())
    other = Team.objects.create(name="Billing", lead=owner_otto())
    elsewhere = ticket_for()
    Ticket.objects.filter(pk=elsewhere.pk).update(assignee=owner_otto(), team=other)
    give_task(
        ticket,
        team=team,
        title="Call",
        text="",
        minutes=60,
        by=lead_lena(),
        at=MONDAY_NINE,
    )
    ticket.tasks.update(assignee=owner_otto())
    client, page = signed_in(admin_ada()), f"/settings/teams/{team.pk}/"
    form = {"name": team.name, "lead": lead_lena().pk, "members": [agent_ana().pk]}
    shown = client.post(page, form)
    assert "Owner Otto: 2 tickets or tasks" in shown.content.decode()
    assert team.members.count() == 2
    client.post(page, form | {"seal": shown.context["seal"]})
    ticket.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (ticket.assignee, elsewhere.assignee) == (agent_ana(), owner_otto())
    assert ticket.tasks.get().assignee == agent_ana()
    event = Event.objects.get(name="ticket.assigned")
    assert (event.payload["reason"], event.payload["why"]) == (
        "left_team",
        "least_loaded",
    )
    told = Notification.objects.get(kind="ticket_passed_on")
    assert (told.user, told.params["name"]) == (agent_ana(), "Owner Otto")


def test_a_lead_who_goes_leaves_work_to_the_new_one_where_nobody_else_is() -> None:
    team, ticket = service_team(), ticket_for(mara_detractor())
    Ticket.objects.update(assignee=lead_lena())
    client, page = signed_in(admin_ada()), f"/settings/teams/{team.pk}/"
    form = {"name": team.name, "lead": owner_otto().pk, "members": []}
    sealed = client.post(page, form).context["seal"]
    client.post(page, form | {"seal": sealed})
    ticket.refresh_from_db()
    assert ticket.assignee == owner_otto()
