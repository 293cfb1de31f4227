"""Teams get leads, members and hours, and go when nothing is theirs."""

import pytest

from events.models import Event
from teams.models import DataScope, Membership, Team, WorkingHours
from teams.roles import Role
from teams.scope_values import choices, values_of
from teams.scopes import lines_of, remove_scope, set_scope
from teams.staffing import TeamInUse, dissolve_team, staff_team
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    lead_lena,
    mara_detractor,
    owner_otto,
    service_team,
    support_call,
)

pytestmark = pytest.mark.django_db


def billing_team() -> Team:
    return staff_team(
        Team(),
        name="Billing",
        lead=lead_lena(),
        members=[lead_lena(), agent_ana()],
        working_hours=None,
        by=admin_ada(),
        at=MONDAY_NINE,
    )


class TestStaffTeam:
    def test_seats_the_members_and_marks_the_lead(self) -> None:
        seats = billing_team().memberships.values_list("user__email", "role")
        assert set(seats) == {
            (lead_lena().email, Role.TEAM_LEAD),
            (agent_ana().email, Role.AGENT),
        }

    def test_takes_seats_away(self) -> None:
        team = billing_team()
        staff_team(
            team,
            name="Billing",
            lead=lead_lena(),
            members=[owner_otto()],
            working_hours=None,
            by=admin_ada(),
            at=MONDAY_NINE,
        )
        assert [seat.user for seat in team.memberships.all()] == [owner_otto()]
        assert Event.objects.filter(name="team.changed").count() == 2


class TestDissolveTeam:
    def test_takes_seats_and_scopes_with_it(self) -> None:
        team = billing_team()
        set_scope(
            agent_ana(),
            effect="allow",
            dimension="team",
            value=str(team.pk),
            by=admin_ada(),
            at=MONDAY_NINE,
        )
        dissolve_team(team, by=admin_ada(), at=MONDAY_NINE)
        assert not Team.objects.exists()
        assert not Membership.objects.exists()
        assert not DataScope.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_refuses_while_a_touchpoint_is_theirs_and_changes_nothing(self) -> None:
        support_call()
        with pytest.raises(TeamInUse):
            dissolve_team(service_team(), by=admin_ada(), at=MONDAY_NINE)
        assert Membership.objects.count() == 2
        assert not Event.objects.filter(name="team.changed").exists()


class TestScopes:
    def test_change_their_effect_instead_of_standing_twice(self) -> None:
        ana, ada = agent_ana(), admin_ada()
        for effect in ("allow", "deny"):
            set_scope(
                ana,
                effect=effect,
                dimension="region",
                value="North",
                by=ada,
                at=MONDAY_NINE,
            )
        (line,) = lines_of(ana)
        assert (line.dimension, line.value, line.is_deny) == ("Region", "North", True)

    def test_are_recorded_when_they_come_and_go(self) -> None:
        scope = set_scope(
            agent_ana(),
            effect="deny",
            dimension="tier",
            value="gold",
            by=admin_ada(),
            at=MONDAY_NINE,
        )
        remove_scope(scope, by=admin_ada(), at=MONDAY_NINE)
        events = Event.objects.filter(name="scope.changed").order_by("id")
        assert [event.payload["act"] for event in events] == ["set", "removed"]

    def test_name_a_team_by_its_name(self) -> None:
        team = billing_team()
        set_scope(
            agent_ana(),
            effect="allow",
            dimension="team",
            value=str(team.pk),
            by=admin_ada(),
            at=MONDAY_NINE,
        )
        assert lines_of(agent_ana())[0].value == "Billing"


class TestScopeValues:
    def test_are_those_in_use(self) -> None:
        mara_detractor()
        assert values_of(DataScope.Dimension.REGION) == [("North", "North")]
        assert ("product_line:Jet", "Product line: Jet") in choices()


class TestWorkingHours:
    def test_get_a_new_version_only_when_something_changes(self) -> None:
        hours = WorkingHours(name="Office")
        week = {"0": [["09:00", "18:00"]]}
        ada = admin_ada()
        assert hours.set_hours(by=ada, at=MONDAY_NINE, weekly=week)
        assert hours.version == 1
        assert not hours.set_hours(by=ada, at=MONDAY_NINE, weekly=week)
        assert hours.set_hours(by=ada, at=MONDAY_NINE, holidays=["2026-12-25"])
        assert hours.version == 2
        event = Event.objects.filter(name="working_hours.changed").latest("id")
        assert event.payload == {"changed": ["holidays"], "version": 2}
