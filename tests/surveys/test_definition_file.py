"""A survey goes out as a file and comes back the same; what is wrong is told by place."""

import base64
import json
from copy import deepcopy
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings

from events.models import Event
from surveys.assets import keep_picture
from surveys.definition_file import definition_of, read_definition
from surveys.definitions import UnusableFile
from surveys.document import Document, plain, read_document
from surveys.models import Asset, Survey
from surveys.templates import TEMPLATES
from teams.roles import Role
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    manager_milo,
    nps_survey,
    support_call,
    user,
)
from tests.surveys import pictures
from tests.surveys.documents import documents

SUPPORT = plain(TEMPLATES["support"].document)


def file_with(document: Any, **more: object) -> bytes:
    return json.dumps({"format": "cem-survey", "document": document, **more}).encode()


def problems(content: bytes) -> list[str]:
    with pytest.raises(UnusableFile) as refused:
        read_definition(content)
    return list(refused.value.problems)


class TestReading:
    @pytest.mark.parametrize("key", TEMPLATES)
    def test_gives_what_was_written(self, key: str) -> None:
        document = TEMPLATES[key].document
        content = file_with(plain(document), name="Ours")
        assert read_definition(content).document == document
        assert read_definition(content).name == "Ours"

    @settings(max_examples=30, deadline=None)
    @given(documents())
    def test_gives_any_document_that_was_written(self, document: Document) -> None:
        assert read_definition(file_with(plain(document))).document == document

    def test_takes_a_bare_document_too(self) -> None:
        found = read_definition(json.dumps(SUPPORT).encode())
        assert found.name == "Our help"

    def test_cleans_the_texts_and_says_so(self) -> None:
        dirty = deepcopy(SUPPORT)
        dirty["title"]["en"] = "Hello<script>alert(1)</script> <b>you</b>"
        found = read_definition(file_with(dirty))
        assert found.document.title["en"] == "Hello <b>you</b>"
        assert [note.fate for note in found.changed] == ["changed"]

    def test_names_the_place_of_each_problem(self) -> None:
        broken = deepcopy(SUPPORT)
        broken["pages"][1]["elements"][0]["surprise"] = 1
        broken["pages"][2]["elements"][0]["scale"] = 99
        first, second = problems(file_with(broken))
        assert first.startswith("page 2, question 1 (trouble)")
        assert second.startswith("page 3, question 1 (attributes)")

    def test_names_the_place_of_broken_logic(self) -> None:
        broken = deepcopy(SUPPORT)
        broken["pages"][0]["branches"] = [{"to": "nowhere"}]
        [problem] = problems(file_with(broken))
        assert problem.startswith("page 1 (effort)")

    def test_refuses_a_file_of_a_newer_release(self) -> None:
        [problem] = problems(file_with({**SUPPORT, "schema_version": 99}))
        assert "99" in problem

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\xff\xfe\x00",
            b"[]",
            b"null",
            b"{}",
            b'{"document": []}',
            b"[" * 100_000,
            b'{"document": {"pages": 3}}',
            b"a,b\r\n1,2\r\n",
            b'{"document": {"pages": ' + b"[" * 400 + b"]" * 400 + b"}}",
            b'{"name": "\\ud800", "document": {"pages": []}}',
            b'{"name": "\\u0000", "document": {"pages": []}}',
        ],
    )
    def test_refuses_what_is_no_survey(self, content: bytes) -> None:
        assert problems(content)

    def test_refuses_pictures_that_cannot_be_read(self) -> None:
        assert problems(file_with(SUPPORT, pictures={"x": "§§"}))


@pytest.mark.django_db
class TestImporting:
    @pytest.fixture
    def milo(self, client: Client) -> Client:
        client.force_login(manager_milo())
        return client

    def send(
        self, client: Client, content: bytes, survey: Survey | None = None
    ) -> HttpResponse:
        file = SimpleUploadedFile("survey.json", content)
        name = "import_draft" if survey else "import"
        address = reverse(f"surveys:{name}", args=[survey.pk] if survey else [])
        return client.post(address, {"file": file})  # type: ignore[return-value]

    def test_shows_the_report_before_anything_is_made(self, milo: Client) -> None:
        report = self.send(milo, file_with(SUPPORT, name="From a file"))
        page = milo.get(report["Location"]).content.decode()
        assert "From a file" in page
        assert not Survey.objects.exists()

    def test_makes_a_new_survey(self, milo: Client) -> None:
        address = self.send(milo, file_with(SUPPORT, name="From a file"))["Location"]
        key = address.split("key=")[1]
        asked = {"key": key, "name": "From a file", "touchpoint": support_call().pk}
        response = milo.post(reverse("surveys:import"), asked)
        survey = Survey.objects.get()
        assert response["Location"] == reverse("surveys:edit", args=[survey.pk])
        assert read_document(survey.draft) == TEMPLATES["support"].document
        assert Event.objects.filter(name="survey.definition_imported").exists()

    def test_brings_pictures_along(self, milo: Client) -> None:
        survey = nps_survey()
        logo = SimpleUploadedFile("logo.png", pictures.png())
        asset = keep_picture(survey, logo, by=manager_milo(), at=MONDAY_NINE)
        document = read_document(survey.draft)
        theme = {"logo": {"asset": str(asset.pk), "alt": {"en": "Acme"}}}
        raw = {**plain(document), "theme": theme}
        content = definition_of(survey, read_document(raw))
        assert base64.b64encode(pictures.png()).decode() in content.decode()
        Asset.objects.all().delete()
        address = self.send(milo, content)["Location"]
        asked = {"name": "Copy", "touchpoint": support_call().pk}
        asked["key"] = address.split("key=")[1]
        milo.post(reverse("surveys:import"), asked)
        copy = Survey.objects.get(name="Copy")
        kept = read_document(copy.draft).theme.logo
        assert kept is not None
        assert kept.asset == str(copy.assets.get().pk)

    def test_replaces_a_draft_when_asked_to(self, milo: Client) -> None:
        survey = nps_survey()
        content = file_with(plain(TEMPLATES["relationship"].document))
        address = self.send(milo, content, survey)["Location"]
        assert "Replace the draft" in milo.get(address).content.decode()
        asked = {"key": address.split("key=")[1], "revision": survey.draft_revision}
        milo.post(reverse("surveys:import_draft", args=[survey.pk]), asked)
        survey.refresh_from_db()
        assert read_document(survey.draft) == TEMPLATES["relationship"].document

    def test_never_mixes_answers_of_two_kinds(self, milo: Client) -> None:
        survey = nps_survey()
        before = survey.draft
        address = self.send(milo, file_with(SUPPORT), survey)["Location"]
        asked = {"key": address.split("key=")[1], "revision": survey.draft_revision}
        page = milo.post(reverse("surveys:import_draft", args=[survey.pk]), asked)
        assert "“score”" in page.content.decode()
        survey.refresh_from_db()
        assert survey.draft == before

    def test_keeps_what_one_person_put_aside_from_others(
        self, milo: Client, client: Client
    ) -> None:
        address = self.send(milo, file_with(SUPPORT, name="Secret"))["Location"]
        other = Client()
        other.force_login(user("manager_mona", Role.CX_MANAGER))
        assert "Secret" not in other.get(address).content.decode()

    def test_tells_what_is_wrong(self, milo: Client) -> None:
        response = self.send(milo, b"nonsense")
        assert response.status_code == 422

    def test_is_not_for_everybody(self, client: Client) -> None:
        client.force_login(agent_ana())
        assert self.send(client, file_with(SUPPORT)).status_code == 403
