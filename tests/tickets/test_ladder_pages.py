"""A manager edits what happens when time runs out, in sentences."""

from datetime import timedelta

import pytest
from django.test import Client

from events.models import Event
from tests.personas import MONDAY_NINE, agent_ana, manager_milo, mara_detractor
from tests.tickets.answers import ticket_for
from tickets.breaches import breach_overdue
from tickets.ladder import USUAL, Step
from tickets.ladder_changes import remove_level, set_level, steps_of
from tickets.models import Escalation, IllegalAct, SlaPolicy

HOUR = timedelta(hours=1)


def policy() -> SlaPolicy:
    return SlaPolicy.objects.get()


def percents() -> list[int]:
    return [step.percent for step in steps_of(policy())]


@pytest.mark.django_db
class TestEditing:
    def test_keeps_the_usual_levels_beside_a_new_one(self) -> None:
        set_level(
            policy(),
            Step(200, "lead"),
            instead_of=None,
            by=manager_milo(),
            at=MONDAY_NINE,
        )
        assert percents() == [50, 75, 90, 100, 150, 200]
        assert Event.objects.get(name="sla_policy.ladder_changed").payload == {
            "levels": [50, 75, 90, 100, 150, 200]
        }

    def test_moves_a_level(self) -> None:
        set_level(
            policy(), Step(95, "lead"), instead_of=90, by=manager_milo(), at=MONDAY_NINE
        )
        assert percents() == [50, 75, 95, 100, 150]

    def test_never_removes_the_deadline(self) -> None:
        with pytest.raises(IllegalAct):
            remove_level(policy(), 100, by=manager_milo(), at=MONDAY_NINE)
        for step in USUAL:
            if step.percent != 100:
                remove_level(policy(), step.percent, by=manager_milo(), at=MONDAY_NINE)
        assert percents() == [100]

    def test_does_not_fire_a_new_level_for_what_has_passed_it(self) -> None:
        ticket = ticket_for(mara_detractor())
        breach_overdue(at=MONDAY_NINE + 8 * HOUR)
        set_level(
            policy(),
            Step(25, "lead"),
            instead_of=None,
            by=manager_milo(),
            at=MONDAY_NINE + 8 * HOUR,
        )
        set_level(
            policy(),
            Step(40, "lead"),
            instead_of=None,
            by=manager_milo(),
            at=MONDAY_NINE + 8 * HOUR,
        )
        breach_overdue(at=MONDAY_NINE + 10 * HOUR)
        fired = Escalation.objects.filter(clock=ticket.clocks.get(kind="first_contact"))
        assert list(fired.values_list("percent", flat=True)) == [40]


@pytest.mark.django_db
class TestThePages:
    @pytest.fixture
    def url(self, client: Client) -> str:
        client.force_login(manager_milo())
        return f"/tickets/policies/{policy().pk}/levels/"

    def test_say_each_level_as_a_sentence(self, client: Client, url: str) -> None:
        page = client.get(url).content.decode()
        assert "The owner is told." in page
        assert (
            "The owner and the team’s lead are told; the priority rises by one step."
            in page
        )

    def test_add_change_and_remove(self, client: Client, url: str) -> None:
        new = {"percent": "300", "notify": "lead", "reassign": "lead"}
        assert client.post(url, new).status_code == 302
        changed = {"percent": "250", "notify": "assignee"}
        assert client.post(f"{url}300/", changed).status_code == 302
        assert percents() == [50, 75, 90, 100, 150, 250]
        assert client.post(f"{url}250/removal/").status_code == 302
        assert percents() == [50, 75, 90, 100, 150]

    @pytest.mark.parametrize(
        "entered",
        [
            {"percent": "0", "notify": "lead"},
            {"percent": "1001", "notify": "lead"},
            {"percent": "-5", "notify": "lead"},
            {"percent": "75", "notify": "lead"},
            {"percent": "80", "notify": ""},
            {"percent": "80", "notify": "somebody"},
        ],
    )
    def test_refuse_what_makes_no_sense(
        self, client: Client, url: str, entered: dict[str, str]
    ) -> None:
        answer = client.post(url, entered)
        assert answer.status_code == 422
        assert "invalid-feedback" in answer.content.decode() or (
            "alert" in answer.content.decode()
        )
        assert percents() == [50, 75, 90, 100, 150]

    def test_refuse_to_move_the_deadline(self, client: Client, url: str) -> None:
        answer = client.post(f"{url}100/", {"percent": "110", "notify": "lead"})
        assert answer.status_code == 422
        assert "deadline stays" in answer.content.decode()

    def test_are_for_those_who_edit_rules(self, client: Client, url: str) -> None:
        client.force_login(agent_ana())
        assert client.get(url).status_code == 403
        assert client.post(f"{url}75/removal/").status_code == 403

    def test_know_no_other_level(self, client: Client, url: str) -> None:
        assert client.get(f"{url}33/").status_code == 404
