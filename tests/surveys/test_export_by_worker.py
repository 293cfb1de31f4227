"""A file asked for at the page and written by a worker in a process of its own."""

import io
import zipfile
from typing import Any

from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from surveys.models import Export
from tests.personas import manager_milo
from tests.processes import Installation
from tests.trips import answered, trip_survey
from tests.waiting import wait_for


class TestAWorker:
    def test_writes_the_file_that_the_page_asked_for(
        self, installation: Installation, client: Client, settings: LazySettings
    ) -> None:
        settings.EXPORTS_DIR = installation.home / "exports"
        survey = trip_survey()
        answered(survey, {"score": 2, "why": "Slow"})
        installation.worker.start()
        client.force_login(manager_milo())
        page = client.post(reverse("surveys:exports", args=[survey.pk]))
        export = Export.objects.get()
        assert page["Location"] == export.get_absolute_url()
        wait_for(
            lambda: Export.objects.get(pk=export.pk).state == "ready",
            seconds=120,
            what="the file",
        )
        address = reverse("surveys:export_file", args=[survey.pk, export.pk])
        file: Any = client.get(address)
        content = io.BytesIO(b"".join(file.streaming_content))
        with zipfile.ZipFile(content) as book:
            assert b"Slow" in book.read("xl/worksheets/sheet1.xml")
