"""People come, change and go."""

import pytest

from events.models import Delivery, Event
from teams.models import User
from teams.people import LastAdministrator, StillLeads, change_person, invite
from teams.roles import Role
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    lead_lena,
    manager_milo,
    service_team,
)

pytestmark = pytest.mark.django_db


def invited_nina() -> User:
    return invite(
        email="Nina@Example.test",
        name="Nina",
        role=Role.AGENT,
        language="zh-hans",
        by=admin_ada(),
        at=MONDAY_NINE,
    )


class TestInvite:
    def test_makes_somebody_who_cannot_sign_in_before_choosing_a_password(self) -> None:
        nina = invited_nina()
        assert nina.email == "nina@example.test"
        assert not nina.has_usable_password()

    def test_queues_a_letter_in_their_language(self) -> None:
        nina = invited_nina()
        letter = Delivery.objects.get(recipient=nina.email)
        assert "账户" in letter.content["subject"]
        assert "/accounts/password/reset/key/" in letter.content["text"]

    def test_records_it(self) -> None:
        nina = invited_nina()
        event = Event.objects.get(name="user.invited")
        assert (event.subject_id, event.actor) == (str(nina.pk), admin_ada().email)
        assert event.payload == {"role": "agent"}


class TestChangePerson:
    def test_saves_and_records_only_what_changed(self) -> None:
        ana = agent_ana()
        changed = change_person(
            ana, by=admin_ada(), at=MONDAY_NINE, name=ana.name, role=Role.TEAM_LEAD
        )
        assert changed == ["role"]
        event = Event.objects.get(name="user.changed")
        assert event.payload["changed"] == ["role"]
        assert User.objects.get(pk=ana.pk).role == Role.TEAM_LEAD

    def test_records_nothing_when_nothing_changes(self) -> None:
        ana = agent_ana()
        assert change_person(ana, by=ana, at=MONDAY_NINE, name=ana.name) == []
        assert not Event.objects.exists()

    @pytest.mark.parametrize("change", [{"role": Role.AGENT}, {"is_active": False}])
    def test_keeps_the_last_administrator(self, change: dict[str, str | bool]) -> None:
        ada = admin_ada()
        with pytest.raises(LastAdministrator):
            change_person(ada, by=ada, at=MONDAY_NINE, **change)
        ada.refresh_from_db()
        assert (ada.role, ada.is_active) == (Role.ADMINISTRATOR, True)

    def test_does_not_count_an_administrator_whose_account_is_closed(self) -> None:
        ada, milo = admin_ada(), manager_milo()
        change_person(milo, by=ada, at=MONDAY_NINE, role=Role.ADMINISTRATOR)
        change_person(milo, by=ada, at=MONDAY_NINE, is_active=False)
        with pytest.raises(LastAdministrator):
            change_person(ada, by=ada, at=MONDAY_NINE, role=Role.AGENT)

    def test_lets_an_administrator_go_when_there_is_another(self) -> None:
        ada, milo = admin_ada(), manager_milo()
        change_person(milo, by=ada, at=MONDAY_NINE, role=Role.ADMINISTRATOR)
        assert change_person(ada, by=milo, at=MONDAY_NINE, is_active=False)

    def test_keeps_somebody_who_leads_a_team(self) -> None:
        service_team()
        with pytest.raises(StillLeads, match="Service"):
            change_person(lead_lena(), by=admin_ada(), at=MONDAY_NINE, is_active=False)
