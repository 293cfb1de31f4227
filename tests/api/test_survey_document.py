"""The published JSON Schema of survey documents."""

import pytest
from django.test import Client

from surveys.document import Document

ADDRESS = "/api/schema/survey-document.json"


@pytest.fixture
def anybody() -> Client:
    return Client()


class TestTheSchema:
    def test_is_open_to_everybody_and_may_be_kept(self, anybody: Client) -> None:
        answer = anybody.get(ADDRESS)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/schema+json"
        assert "public" in answer["Cache-Control"]

    def test_describes_the_document(self, anybody: Client) -> None:
        schema = anybody.get(ADDRESS).json()
        assert schema["$schema"].startswith("https://json-schema.org/")
        assert set(schema["properties"]) == set(Document.model_fields)
        assert set(schema["required"]) == {"title", "pages", "endings"}

    def test_names_every_kind_of_element(self, anybody: Client) -> None:
        kinds = anybody.get(ADDRESS).json()["$defs"]["Page"]["properties"]["elements"]
        mapping = kinds["items"]["discriminator"]["mapping"]
        assert {"nps", "csat", "ces", "matrix", "file", "statement"} <= set(mapping)

    def test_need_not_be_fetched_twice(self, anybody: Client) -> None:
        etag = anybody.get(ADDRESS)["ETag"]
        again = anybody.get(ADDRESS, headers={"If-None-Match": etag})
        assert again.status_code == 304

    def test_is_only_read(self, anybody: Client) -> None:
        assert anybody.post(ADDRESS).status_code == 405
