"""Exports: the same answers as the list, safe to open, and on record."""

import csv
import io
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from surveys.document import HiddenField, Variable
from surveys.models import Survey, Upload
from tests.personas import manager_milo, mara_detractor
from tests.trips import answered, document, element, republished, trip_survey

pytestmark = pytest.mark.django_db

FULL = {
    "score": 2,
    "why": "Slow, “very”\nslow",
    "reason": "other",
    "reason.other": "=1+1",
    "used": ["app", "desk"],
    "order": ["time", "price"],
    "parts": {"seat": 4},
    "trips": 1.5,
    "day": "2026-01-31",
    "quote": True,
}


@pytest.fixture
def milo(client: Client) -> Client:
    client.force_login(manager_milo())
    return client


def fetched(client: Client, survey: Survey, name: str, query: str = "") -> bytes:
    address = reverse(f"surveys:{name}", args=[survey.pk])
    response: Any = client.get(address + query)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def lines(client: Client, survey: Survey, query: str = "") -> list[dict[str, str]]:
    text = fetched(client, survey, "export", query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


class TestCsv:
    def test_holds_every_answer_under_its_id(self, milo: Client) -> None:
        survey = trip_survey()
        answered(survey, FULL, customer=mara_detractor(), seconds=90, region="North")
        [line] = lines(milo, survey)
        assert line["answer:why"] == FULL["why"] == line["comment"]
        assert line["answer:reason"] == "other"
        assert line["answer:used"] == "app,desk"
        assert line["answer:order"] == "time,price"
        assert (line["answer:parts.seat"], line["answer:parts.crew"]) == ("4", "")
        assert (line["answer:trips"], line["answer:day"]) == ("1.5", "2026-01-31")
        assert line["answer:quote"] == "true"
        assert (line["customer"], line["region"]) == ("mara_detractor", "North")
        assert (line["seconds"], line["nps"], line["is_test"]) == ("90", "2", "false")
        assert line["submitted_at"].endswith("+00:00")

    def test_holds_what_was_known_and_worked_out(self, milo: Client) -> None:
        noted = document([element("score", "nps", scale=10)]).model_copy(
            update={
                "hidden_fields": (HiddenField(id="order"), HiddenField(id="region")),
                "variables": (Variable(id="points", initial=0.0),),
            }
        )
        survey = trip_survey(noted)
        known: dict[str, Any] = {"attributes": {"order": "=A17"}}
        answered(survey, {"score": 9}, variables={"points": 3}, **known)
        [line] = lines(milo, survey)
        assert (line["hidden:order"], line["var:points"]) == ("'=A17", "3")
        assert "hidden:region" not in line
        book = zipfile.ZipFile(io.BytesIO(fetched(milo, survey, "workbook")))
        assert "=A17" in book.read("xl/worksheets/sheet1.xml").decode()

    def test_defuses_the_words_beside_other(self, milo: Client) -> None:
        survey = trip_survey()
        answered(survey, FULL)
        assert lines(milo, survey)[0]["answer:reason.other"] == "'=1+1"

    def test_keeps_the_columns_of_earlier_versions(self, milo: Client) -> None:
        survey = trip_survey()
        answered(survey, {"score": 2, "trips": 3})
        republished(survey, document([element("score", "nps", scale=10)]))
        answered(survey, {"score": 9})
        found = lines(milo, survey)
        assert [(one["version"], one["answer:trips"]) for one in found] == [
            ("2", ""),
            ("1", "3"),
        ]

    def test_is_on_record_with_its_size_and_filters(self, milo: Client) -> None:
        survey = trip_survey()
        answered(survey, {"score": 2})
        answered(survey, {"score": 9})
        fetched(milo, survey, "export", "?group=promoter")
        event = Event.objects.get(name="survey.answers_exported")
        assert event.actor == manager_milo().email
        assert event.payload == {
            "format": "csv",
            "answers": 1,
            "filters": "group=promoter",
        }


class TestWorkbook:
    def sheet(self, content: bytes) -> str:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return book.read("xl/worksheets/sheet1.xml").decode()

    def test_says_questions_and_options_in_words(self, milo: Client) -> None:
        survey = trip_survey()
        answered(survey, FULL)
        sheet = self.sheet(fetched(milo, survey, "workbook"))
        for words in ("Reason", "App\nDesk", "Seat: 4 of 5", "Yes"):
            assert words in sheet

    def test_names_the_files(self, milo: Client) -> None:
        survey = trip_survey(document([element("photo", "file")]))
        key = uuid4()
        answer = answered(survey, {"photo": str(key)})
        Upload.objects.create(
            id=key,
            survey=survey,
            element="photo",
            response_id=answer.pk,
            name="seat.png",
            content_type="image/png",
            size=3,
            created_at=survey.created_at,
        )
        assert "seat.png" in self.sheet(fetched(milo, survey, "workbook"))

    def test_holds_no_formula_of_a_customer(self, milo: Client) -> None:
        survey = trip_survey()
        answered(survey, {"score": 2, "why": "=HYPERLINK(1)"})
        sheet = self.sheet(fetched(milo, survey, "workbook"))
        assert "<f>" not in sheet
        assert "=HYPERLINK(1)" in sheet
