"""Personas and visions: written, read, removed."""

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from journeys.models import ExperienceVision, Journey, Persona
from tests.personas import MONDAY_NINE, manager_milo

pytestmark = pytest.mark.django_db


@pytest.fixture
def milo() -> Client:
    client = Client()
    client.force_login(manager_milo())
    return client


def fiona() -> Persona:
    persona = Persona()
    persona.write(
        {"name": "Fiona", "goals": "Be on time\nNo surprises"},
        by=manager_milo(),
        at=MONDAY_NINE,
    )
    return persona


class TestPersona:
    def test_is_written_and_read(self, milo: Client) -> None:
        page = milo.post(
            reverse("journeys:persona_new"),
            {"name": "Fred", "goals": "Rest"},
            follow=True,
        )
        assert "Fred" in page.content.decode()
        assert "Rest" in page.content.decode()

    def test_has_a_name_of_its_own(self, milo: Client) -> None:
        fiona()
        answer = milo.post(reverse("journeys:persona_new"), {"name": "Fiona"})
        assert answer.status_code == 422

    def test_records_a_change_once(self, milo: Client) -> None:
        persona = fiona()
        address = reverse("journeys:persona_edit", args=[persona.pk])
        for _again in range(2):
            milo.post(address, {"name": "Fiona", "goals": "Sleep"})
        persona.refresh_from_db()
        assert persona.goals == "Sleep"
        assert Event.objects.filter(name="persona.changed").count() == 2

    def test_leaves_its_journeys_when_it_is_removed(self, milo: Client) -> None:
        journey = Journey(name="Flying", persona=fiona())
        journey.begin(by=manager_milo(), at=MONDAY_NINE)
        address = reverse("journeys:persona_delete", args=[journey.persona_id])
        assert milo.get(address).status_code == 200
        assert Persona.objects.exists()
        milo.post(address)
        journey.refresh_from_db()
        assert journey.persona is None


class TestVision:
    def test_is_written_changed_and_removed(self, milo: Client) -> None:
        milo.post(
            reverse("journeys:vision_new"), {"title": "Calm", "statement": "No noise."}
        )
        vision = ExperienceVision.objects.get()
        milo.post(
            reverse("journeys:vision", args=[vision.pk]),
            {"title": "Calm", "statement": "No waiting."},
        )
        text = milo.get(reverse("journeys:vision_list")).content.decode()
        assert "No waiting." in text
        milo.post(reverse("journeys:vision_delete", args=[vision.pk]))
        assert not ExperienceVision.objects.exists()
