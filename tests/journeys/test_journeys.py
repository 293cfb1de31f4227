"""Journeys, their stages, notes and touchpoints."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from events.models import Event
from journeys.maps import map_of
from journeys.models import Journey, MapNote, Stage, Touchpoint
from journeys.models.touchpoint import TouchpointInUse
from teams.models import User
from tests.personas import (
    MONDAY_NINE,
    admin_ada,
    agent_ana,
    executive_eva,
    lead_lena,
    manager_milo,
    nps_survey,
    service_team,
    support_call,
)

pytestmark = pytest.mark.django_db


def flying() -> Journey:
    """A new journey with the six usual stages."""
    journey = Journey(name="Flying with us")
    journey.begin(by=manager_milo(), at=MONDAY_NINE)
    return journey


def stage_of(journey: Journey, kind: str) -> Stage:
    return journey.stages.get(kind=kind)


def checkout(stage: Stage, name: str = "Checkout") -> Touchpoint:
    touchpoint = Touchpoint(stage=stage, name=name, channel="web", team=service_team())
    touchpoint.enter(by=manager_milo(), at=MONDAY_NINE)
    return touchpoint


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def kinds(journey: Journey) -> list[str]:
    return list(journey.stages.order_by("position").values_list("kind", flat=True))


USUAL = ["awareness", "consideration", "purchase", "use", "service", "loyalty"]


class TestJourney:
    def test_begins_with_the_six_usual_stages(self) -> None:
        assert kinds(flying()) == USUAL

    def test_is_archived_and_restored_without_loss(self) -> None:
        journey = flying()
        journey.archive(by=manager_milo(), at=MONDAY_NINE)
        assert not Journey.objects.active().exists()
        assert list(Journey.objects.archived()) == [journey]
        journey.restore(by=manager_milo(), at=MONDAY_NINE)
        assert list(Journey.objects.active()) == [journey]
        assert kinds(journey) == USUAL

    def test_records_every_change(self) -> None:
        journey, milo = flying(), manager_milo()
        journey.change({"name": "Flying"}, by=milo, at=MONDAY_NINE)
        journey.change({"name": "Flying"}, by=milo, at=MONDAY_NINE)
        journey.archive(by=milo, at=MONDAY_NINE)
        journey.archive(by=milo, at=MONDAY_NINE)
        events = Event.objects.filter(name="journey.changed").order_by("id")
        assert [e.payload["what"] for e in events] == ["created", "changed", "archived"]

    def test_hides_the_touchpoints_of_an_archived_one(self) -> None:
        journey = flying()
        checkout(stage_of(journey, "purchase"))
        journey.archive(by=manager_milo(), at=MONDAY_NINE)
        assert not Touchpoint.objects.active().exists()


class TestStage:
    def test_is_added_at_the_end(self) -> None:
        journey = flying()
        journey.add_stage(
            name="Return", kind="service", by=manager_milo(), at=MONDAY_NINE
        )
        assert kinds(journey) == [*USUAL, "service"]

    @pytest.mark.parametrize(
        ("kind", "step", "expected"),
        [
            ("use", -1, ["awareness", "consideration", "use", "purchase"]),
            ("awareness", 1, ["consideration", "awareness", "purchase", "use"]),
            ("awareness", -1, ["awareness", "consideration", "purchase", "use"]),
        ],
    )
    def test_moves(self, kind: str, step: int, expected: list[str]) -> None:
        journey = flying()
        stage_of(journey, kind).move(step, by=manager_milo(), at=MONDAY_NINE)
        # Places are checked at the end of the transaction; this is that end.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert kinds(journey)[:4] == expected

    def test_moves_in_a_journey_that_lost_a_stage(self) -> None:
        journey, milo = flying(), manager_milo()
        stage_of(journey, "consideration").remove(by=milo, at=MONDAY_NINE)
        stage_of(journey, "purchase").move(-1, by=milo, at=MONDAY_NINE)
        assert kinds(journey) == ["purchase", "awareness", "use", "service", "loyalty"]

    def test_writes_changes_and_clears_notes(self) -> None:
        stage, milo = stage_of(flying(), "use"), manager_milo()
        stage.write_notes(
            {"pains": "Late\nLoud", "actions": ""}, by=milo, at=MONDAY_NINE
        )
        stage.write_notes({"pains": "Late", "emotion": "Calm"}, by=milo, at=MONDAY_NINE)
        stage.write_notes({"emotion": ""}, by=milo, at=MONDAY_NINE)
        assert dict(stage.notes.values_list("lane", "text")) == {"pains": "Late"}

    def test_stays_while_a_touchpoint_of_it_is_used(self) -> None:
        nps_survey()
        with pytest.raises(TouchpointInUse, match="Support call"):
            support_call().stage.remove(by=manager_milo(), at=MONDAY_NINE)
        assert Touchpoint.objects.filter(key="support-call").exists()


class TestTouchpoint:
    def test_gets_a_key_of_its_own(self) -> None:
        stage = stage_of(flying(), "purchase")
        keys = [
            checkout(stage, name).key for name in ("Pay now", "Pay now", "付款", "结账")
        ]
        assert keys == ["pay-now", "pay-now-2", "touchpoint", "touchpoint-2"]

    def test_keeps_its_place_in_the_stage(self) -> None:
        stage = stage_of(flying(), "purchase")
        assert [checkout(stage, name).position for name in "AB"] == [0, 1]

    def test_is_deleted_while_nobody_uses_it(self) -> None:
        checkout(stage_of(flying(), "purchase")).remove(
            by=manager_milo(), at=MONDAY_NINE
        )
        assert not Touchpoint.objects.exists()
        what = Event.objects.filter(name="touchpoint.changed").latest("id").payload
        assert what["what"] == "removed"

    def test_names_who_uses_it(self) -> None:
        nps_survey()
        with pytest.raises(TouchpointInUse) as refusal:
            support_call().remove(by=manager_milo(), at=MONDAY_NINE)
        assert str(refusal.value) == (
            "“Support call” is used by surveys, so it cannot be deleted."
        )


class TestMap:
    def test_has_a_cell_for_every_lane_and_stage(self) -> None:
        journey = flying()
        use = stage_of(journey, "use")
        use.write_notes({"pains": "Late"}, by=manager_milo(), at=MONDAY_NINE)
        checkout(use)
        drawn = map_of(journey)
        assert [lane.key for lane in drawn.lanes] == MapNote.Lane.values
        pains = next(lane for lane in drawn.lanes if lane.key == "pains")
        assert [text for _stage, text in pains.cells] == ["", "", "", "Late", "", ""]
        assert [len(found) for _stage, found in drawn.touchpoints] == [0, 0, 0, 1, 0, 0]


class TestPages:
    def test_let_a_manager_draw_a_journey(self) -> None:
        milo = signed_in(manager_milo())
        page = milo.post(reverse("journeys:new"), {"name": "Buying"}, follow=True)
        journey = Journey.objects.get(name="Buying")
        assert "six usual stages" in page.content.decode()
        stage = stage_of(journey, "purchase")
        milo.post(
            reverse("journeys:stage", args=[stage.pk]),
            {"name": "Paying", "kind": "purchase", "pains": "Too many fields"},
        )
        milo.post(
            reverse("journeys:touchpoint_new", args=[stage.pk]),
            {
                "name": "Checkout",
                "stage": stage.pk,
                "channel": "web",
                "team": service_team().pk,
                "is_moment_of_truth": "on",
            },
        )
        text = milo.get(journey.get_absolute_url()).content.decode()
        for words in ("Paying", "Too many fields", "Checkout", "Moment of truth"):
            assert words in text

    def test_open_a_stage_at_the_lane_that_was_clicked(self) -> None:
        stage = stage_of(flying(), "use")
        address = reverse("journeys:stage", args=[stage.pk])
        page = signed_in(manager_milo()).get(address, {"lane": "pains"})
        assert "autofocus" in str(page.context["form"]["pains"])
        assert signed_in(manager_milo()).get(address, {"lane": "?"}).status_code == 200

    def test_refuse_to_delete_what_is_used(self) -> None:
        nps_survey()
        touchpoint = support_call()
        address = reverse("journeys:touchpoint_delete", args=[touchpoint.pk])
        page = signed_in(manager_milo()).post(address, follow=True)
        assert "is used by surveys, so it cannot be deleted" in page.content.decode()
        assert Touchpoint.objects.filter(pk=touchpoint.pk).exists()

    def test_ask_before_archiving_and_offer_to_undo(self) -> None:
        milo, journey = signed_in(manager_milo()), flying()
        address = reverse("journeys:archive", args=[journey.pk])
        assert "Archive “Flying with us”?" in milo.get(address).content.decode()
        page = milo.post(address, follow=True)
        assert "Undo: restore it" in page.content.decode()
        milo.post(reverse("journeys:restore", args=[journey.pk]))
        journey.refresh_from_db()
        assert journey.archived_at is None

    def test_keep_an_archived_journey_as_it_is(self) -> None:
        journey = flying()
        stage = stage_of(journey, "use")
        journey.archive(by=manager_milo(), at=MONDAY_NINE)
        milo = signed_in(manager_milo())
        for address in (
            reverse("journeys:stage", args=[stage.pk]),
            reverse("journeys:touchpoint_new", args=[stage.pk]),
            reverse("journeys:stage_new", args=[journey.pk]),
        ):
            assert milo.get(address).status_code == 404

    def test_refuse_a_stage_of_another_journey(self) -> None:
        touchpoint = checkout(stage_of(flying(), "purchase"))
        other = Journey(name="Other")
        other.begin(by=manager_milo(), at=MONDAY_NINE)
        answer = signed_in(manager_milo()).post(
            reverse("journeys:touchpoint", args=[touchpoint.pk]),
            {
                "name": "X",
                "stage": stage_of(other, "use").pk,
                "channel": "web",
                "team": touchpoint.team_id,
            },
        )
        assert answer.status_code == 422


class TestPermission:
    @pytest.mark.parametrize(
        "person", [admin_ada, manager_milo, lead_lena, agent_ana, executive_eva]
    )
    def test_lets_every_role_read(self, person: object) -> None:
        assert callable(person)
        journey, client = flying(), signed_in(person())
        for name in ("list", "persona_list", "vision_list"):
            assert client.get(reverse(f"journeys:{name}")).status_code == 200
        assert client.get(journey.get_absolute_url()).status_code == 200

    @pytest.mark.parametrize("person", [lead_lena, agent_ana, executive_eva])
    def test_lets_only_editors_edit(self, person: object) -> None:
        assert callable(person)
        journey, client = flying(), signed_in(person())
        stage = stage_of(journey, "use")
        touchpoint = checkout(stage)
        for name, pk in (
            ("edit", journey.pk),
            ("archive", journey.pk),
            ("restore", journey.pk),
            ("stage_new", journey.pk),
            ("stage", stage.pk),
            ("stage_move", stage.pk),
            ("stage_delete", stage.pk),
            ("touchpoint_new", stage.pk),
            ("touchpoint", touchpoint.pk),
            ("touchpoint_delete", touchpoint.pk),
        ):
            address = reverse(f"journeys:{name}", args=[pk])
            assert client.post(address).status_code == 403, name
        for name in ("new", "persona_new", "vision_new"):
            assert client.post(reverse(f"journeys:{name}")).status_code == 403
        text = client.get(journey.get_absolute_url()).content.decode()
        assert reverse("journeys:stage", args=[stage.pk]) not in text
