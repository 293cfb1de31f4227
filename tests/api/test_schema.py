"""The API's description: valid, complete, and readable in the browser."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client

from cem.api.urls import resources

pytestmark = pytest.mark.django_db


class TestTheSchema:
    def test_is_valid_and_raises_no_warning(self, tmp_path: Path) -> None:
        target = tmp_path / "schema.yml"
        call_command("spectacular", validate=True, fail_on_warn=True, file=str(target))
        assert "openapi: 3" in target.read_text()

    def test_names_every_resource(self) -> None:
        schema = Client().get("/api/schema/?format=json").json()
        assert len(schema["paths"]) == len(resources)
        for calls in schema["paths"].values():
            for call in calls.values():
                assert "default" in call["responses"]


class TestTheDocumentation:
    def test_is_open_and_loads_nothing_from_elsewhere(self) -> None:
        page = Client().get("/api/docs/").content.decode()
        assert "http://" not in page
        assert "https://" not in page
        assert "/api/schema/" in page

    @pytest.mark.parametrize(
        "name",
        [
            "drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js",
            "drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css",
            "js/behaviours/api_docs.js",
            "css/api_docs.css",
        ],
    )
    def test_has_its_files(self, name: str) -> None:
        assert finders.find(name)

    def test_is_where_the_bare_address_leads(self) -> None:
        assert Client().get("/api/")["location"] == "/api/docs/"
