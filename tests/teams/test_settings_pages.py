"""The settings: who may open what, and what the forms do."""

from collections.abc import Callable

import pytest
from django.test import Client

from events.models import Event
from teams.models import ApiToken, DataScope, Team, User, WorkingHours
from teams.notices import notify
from tests.personas import (
    MONDAY_NINE,
    acme,
    admin_ada,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    owner_otto,
    service_team,
)

pytestmark = pytest.mark.django_db

MANAGED = [
    "/settings/people/",
    "/settings/people/invitation/",
    "/settings/people/{ana}/",
    "/settings/teams/",
    "/settings/teams/new/",
    "/settings/teams/{team}/",
    "/settings/teams/{team}/deletion/",
    "/settings/teams/{team}/retirement/",
    "/settings/working-hours/",
    "/settings/working-hours/new/",
]
ACTS = [
    "/settings/people/{ana}/activity/",
    "/settings/people/{ana}/presence/",
    "/settings/people/{ana}/lockout-removal/",
    "/settings/people/{ana}/invitation/",
    "/settings/people/{ana}/scopes/",
    "/settings/people/{ana}/scopes/1/removal/",
    "/settings/teams/{team}/deletion/",
    "/settings/teams/{team}/retirement/",
    "/settings/teams/{team}/return/",
]
OWN = ["/settings/", "/settings/tokens/", "/notifications/", "/notifications/bell/"]


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def filled(page: str) -> str:
    return page.format(ana=agent_ana().pk, team=service_team().pk)


class TestAccess:
    @pytest.mark.parametrize("page", MANAGED + OWN)
    def test_an_administrator_opens_every_page(self, page: str) -> None:
        assert client_of(admin_ada()).get(filled(page)).status_code == 200

    @pytest.mark.parametrize("page", OWN)
    def test_everybody_opens_their_own_pages(self, page: str) -> None:
        assert client_of(agent_ana()).get(page).status_code == 200

    @pytest.mark.parametrize(
        "person", [manager_milo, lead_lena, agent_ana, executive_eva]
    )
    @pytest.mark.parametrize("page", MANAGED)
    def test_nobody_else_opens_the_management(
        self, page: str, person: Callable[[], User]
    ) -> None:
        assert client_of(person()).get(filled(page)).status_code == 403

    @pytest.mark.parametrize("act", ACTS)
    def test_nobody_else_acts(self, act: str) -> None:
        client = client_of(manager_milo())
        assert client.post(filled(act), {"is_active": "false"}).status_code == 403

    def test_links_lead_only_where_the_person_may_go(self) -> None:
        page = client_of(agent_ana()).get("/settings/").content.decode()
        assert 'href="/tickets/"' in page
        assert 'href="/dashboards/"' not in page
        assert 'href="/settings/people/"' not in page

    @pytest.mark.parametrize(
        ("person", "home"),
        [
            (admin_ada, "/dashboards/"),
            (manager_milo, "/surveys/"),
            (lead_lena, "/tickets/"),
            (agent_ana, "/tickets/"),
            (executive_eva, "/dashboards/"),
        ],
    )
    def test_people_land_by_role(self, person: Callable[[], User], home: str) -> None:
        assert client_of(person()).get("/")["Location"] == home

    def test_an_unknown_address_is_answered_inside_the_frame(self) -> None:
        answer = client_of(agent_ana()).get("/settings/nothing/")
        assert answer.status_code == 404
        assert 'href="/tickets/"' in answer.content.decode()
        assert Client().get("/nothing/").status_code == 404


class TestPeoplePages:
    def test_find_people_by_part_of_the_name(self) -> None:
        agent_ana(), executive_eva()
        page = client_of(admin_ada()).get("/settings/people/?q=eva").content.decode()
        assert "executive_eva@" in page
        assert "agent_ana@" not in page

    def test_ask_the_same_number_of_questions_for_one_as_for_many(
        self, django_assert_max_num_queries: Callable[..., object]
    ) -> None:
        service_team(), executive_eva(), manager_milo()
        client = client_of(admin_ada())
        with django_assert_max_num_queries(8):  # type: ignore[attr-defined]
            client.get("/settings/people/?state=all")

    def test_invite_somebody(self) -> None:
        form = {"name": "Nina", "email": "nina@example.test", "role": "agent"}
        answer = client_of(admin_ada()).post("/settings/people/invitation/", form)
        nina = User.objects.get(email="nina@example.test")
        assert answer["Location"] == f"/settings/people/{nina.pk}/"

    def test_refuse_an_address_that_is_taken_in_another_case(self) -> None:
        form = {"name": "Ana", "email": "AGENT_ANA@example.test", "role": "agent"}
        agent_ana()
        page = client_of(admin_ada()).post("/settings/people/invitation/", form)
        assert "signs in with this address already" in page.content.decode()

    def test_say_why_the_last_administrator_stays(self) -> None:
        ada = admin_ada()
        form = {"name": "Ada", "email": ada.email, "role": "agent", "language": "en"}
        page = client_of(ada).post(f"/settings/people/{ada.pk}/", form)
        assert "last active administrator" in page.content.decode()

    def test_close_and_open_an_account(self) -> None:
        client, ana = client_of(admin_ada()), agent_ana()
        for state in ("false", "true"):
            client.post(f"/settings/people/{ana.pk}/activity/", {"is_active": state})
            ana.refresh_from_db()
            assert ana.is_active is (state == "true")

    def test_narrow_and_widen_what_somebody_sees(self) -> None:
        acme()
        client, ana = client_of(admin_ada()), agent_ana()
        form = {"effect": "allow", "what": "region:North"}
        client.post(f"/settings/people/{ana.pk}/scopes/", form)
        scope = DataScope.objects.get(user=ana, dimension="region", value="North")
        client.post(f"/settings/people/{ana.pk}/scopes/{scope.pk}/removal/")
        assert not DataScope.objects.exists()

    def test_refuse_a_scope_over_a_value_that_nobody_has(self) -> None:
        client, ana = client_of(admin_ada()), agent_ana()
        form = {"effect": "deny", "what": "region:Atlantis"}
        assert (
            client.post(f"/settings/people/{ana.pk}/scopes/", form).status_code == 200
        )
        assert not DataScope.objects.exists()

    def test_do_not_remove_a_scope_of_somebody_else(self) -> None:
        scope = DataScope.objects.create(
            user=owner_otto(), effect="deny", dimension="tier", value="gold"
        )
        client, ana = client_of(admin_ada()), agent_ana()
        answer = client.post(f"/settings/people/{ana.pk}/scopes/{scope.pk}/removal/")
        assert answer.status_code == 404


class TestTeamPages:
    def test_make_change_and_delete_a_team(self) -> None:
        client = client_of(admin_ada())
        form = {"name": "Billing", "lead": lead_lena().pk, "members": [agent_ana().pk]}
        client.post("/settings/teams/new/", form)
        team = Team.objects.get(name="Billing")
        client.post(f"/settings/teams/{team.pk}/", {**form, "name": "Invoices"})
        team.refresh_from_db()
        assert (team.name, list(team.members.all())) == ("Invoices", [agent_ana()])
        client.post(f"/settings/teams/{team.pk}/deletion/")
        assert not Team.objects.exists()

    def test_refuse_a_lead_who_cannot_work_on_tickets(self) -> None:
        form = {"name": "Billing", "lead": executive_eva().pk}
        assert (
            client_of(admin_ada()).post("/settings/teams/new/", form).status_code == 200
        )
        assert not Team.objects.exists()


class TestWorkingHoursPages:
    FORM = {
        "name": "Office",
        "time_zone": "Asia/Shanghai",
        "day_0": "9:00-12:00, 13:00-18:00",
        "holidays": "2026-10-01",
        "overrides": "2026-10-10 09:00-18:00",
    }

    def test_store_what_was_typed(self) -> None:
        client_of(admin_ada()).post("/settings/working-hours/new/", self.FORM)
        hours = WorkingHours.objects.get()
        assert hours.weekly == {"0": [["09:00", "12:00"], ["13:00", "18:00"]]}
        assert hours.holidays == ["2026-10-01"]
        assert hours.overrides == {"2026-10-10": [["09:00", "18:00"]]}

    def test_say_what_cannot_be_read(self) -> None:
        form = {**self.FORM, "day_1": "18:00-09:00"}
        page = client_of(admin_ada()).post("/settings/working-hours/new/", form)
        assert "must open before it closes" in page.content.decode()
        assert not WorkingHours.objects.exists()

    def test_raise_the_version_with_a_change(self) -> None:
        client = client_of(admin_ada())
        client.post("/settings/working-hours/new/", self.FORM)
        hours = WorkingHours.objects.get()
        page = f"/settings/working-hours/{hours.pk}/"
        client.post(page, {**self.FORM, "holidays": "2026-10-02"})
        hours.refresh_from_db()
        assert hours.version == 2

    def test_stay_while_a_team_works_by_them(self) -> None:
        hours = WorkingHours.objects.create(name="Office")
        Team.objects.create(name="Billing", lead=lead_lena(), working_hours=hours)
        client_of(admin_ada()).post(f"/settings/working-hours/{hours.pk}/deletion/")
        assert WorkingHours.objects.exists()


class TestTokenPages:
    def test_show_the_secret_once_and_store_it_nowhere(self) -> None:
        client = client_of(agent_ana())
        form = {"name": "CRM", "scopes": "read write"}
        page = client.post("/settings/tokens/", form).content.decode()
        token = ApiToken.objects.get()
        assert page.count(f">{token.hint}") == 2  # in full, and as a hint in the list
        assert token.scopes == ["read", "write"]
        assert "shown this once" not in client.get("/settings/tokens/").content.decode()
        assert Event.objects.filter(name="token.issued").count() == 1

    def test_revoke_only_ones_own(self) -> None:
        token, _secret = ApiToken.issue(
            user=owner_otto(), name="CRM", scopes=["read"], at=MONDAY_NINE
        )
        act = f"/settings/tokens/{token.pk}/revocation/"
        assert client_of(agent_ana()).post(act).status_code == 404
        client_of(owner_otto()).post(act)
        token.refresh_from_db()
        assert token.revoked_at
        assert Event.objects.filter(name="token.revoked").count() == 1


class TestProfile:
    def test_speaks_one_language_at_a_time(self) -> None:
        ana = agent_ana()
        client = client_of(ana)
        assert 'value="Save"' in client.get("/settings/").content.decode()
        client.post("/language/", {"language": "zh-hans", "next": "/settings/"})
        page = client.get("/settings/").content.decode()
        assert 'value="保存"' in page
        assert 'value="Save"' not in page

    def test_stores_name_language_and_presence(self) -> None:
        ana = agent_ana()
        client_of(ana).post("/settings/", {"name": "Ana B.", "language": "zh-hans"})
        ana.refresh_from_db()
        assert (ana.name, ana.language, ana.is_present) == ("Ana B.", "zh-hans", False)

    def test_presence_is_one_click_away(self) -> None:
        ana = agent_ana()
        client_of(ana).post("/settings/presence/", {"is_present": "false"})
        ana.refresh_from_db()
        assert not ana.is_present


class TestNotifications:
    def test_are_counted_by_the_bell_until_read(self) -> None:
        ana = agent_ana()
        client = client_of(ana)
        notice = notify(
            ana, "ticket_reopened", at=MONDAY_NINE, url="/settings/", number=7
        )
        assert "1 unread notice" in client.get("/notifications/bell/").content.decode()
        assert "Ticket 7 was reopened" in client.get("/notifications/").content.decode()
        answer = client.post(f"/notifications/{notice.pk}/reading/")
        assert answer["Location"] == "/settings/"
        assert "unread" not in client.get("/notifications/bell/").content.decode()

    def test_of_others_cannot_be_read(self) -> None:
        notice = notify(owner_otto(), "ticket_reopened", at=MONDAY_NINE, number=7)
        client = client_of(agent_ana())
        assert client.post(f"/notifications/{notice.pk}/reading/").status_code == 404
        client.post("/notifications/reading/")
        notice.refresh_from_db()
        assert notice.read_at is None

    def test_are_read_all_at_once(self) -> None:
        ana = agent_ana()
        for number in (7, 8):
            notify(ana, "ticket_reopened", at=MONDAY_NINE, number=number)
        client_of(ana).post("/notifications/reading/")
        assert not ana.notifications.unread().exists()
