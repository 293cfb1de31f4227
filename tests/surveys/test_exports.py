"""Excel files that a worker writes: who gets them, what is in them, what goes wrong."""

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from surveys import exports, results, tasks, workbook
from surveys.models import Export, Response, Survey
from surveys.models.export import STALLED
from surveys.views import results as results_view
from teams.models import DataScope, Notification, User
from tests.personas import agent_ana, manager_milo
from tests.trips import answered, trip_survey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.EXPORTS_DIR = tmp_path / "exports"
    return tmp_path / "exports"


@pytest.fixture
def milo(client: Client) -> Client:
    client.force_login(manager_milo())
    return client


@pytest.fixture
def survey() -> Survey:
    survey = trip_survey()
    answered(survey, {"score": 2, "why": "=HYPERLINK(1)"}, region="North")
    answered(survey, {"score": 9, "why": "Quick"}, region="South")
    return survey


def asked_for(survey: Survey, by: User | None = None, **given: str) -> Export:
    return exports.ask_for(
        survey, given, by=by or manager_milo(), at=timezone.now(), language="en"
    )


def written(export: Export) -> Export:
    tasks.write_export(export_id=export.pk)
    export.refresh_from_db()
    return export


def sheet_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def sheet_in(export: Export) -> str:
    return sheet_of(exports.path_of(export).read_bytes())


def gone(export: Export) -> None:
    """As if its worker had been killed in the middle of it."""
    Export.objects.filter(pk=export.pk).update(
        state="running", attempts=1, worked_at=timezone.now() - STALLED * 2
    )


class TestAskingFor:
    def address(self, survey: Survey, query: str = "") -> str:
        return reverse("surveys:exports", args=[survey.pk]) + query

    def test_leads_to_the_file_in_the_end(self, milo: Client, survey: Survey) -> None:
        answer = milo.post(self.address(survey, "?group=promoter&page=3"))
        export = Export.objects.get()
        assert answer["Location"] == export.get_absolute_url()
        assert (export.rows, export.filters) == (1, {"group": "promoter"})
        assert "in a moment" in milo.get(answer["Location"]).content.decode()
        written(export)
        page = milo.get(answer["Location"]).content.decode()
        assert "Download the file" in page
        assert "High" in page or "Promoters" in page
        fetched: Any = milo.get(
            reverse("surveys:export_file", args=[survey.pk, export.pk])
        )
        sheet = sheet_of(b"".join(fetched.streaming_content))
        assert "Quick" in sheet
        assert "HYPERLINK" not in sheet

    def test_twice_is_one_file(self, survey: Survey) -> None:
        assert asked_for(survey) == asked_for(survey)
        assert asked_for(survey) != asked_for(survey, group="promoter")

    def test_is_refused_where_no_sheet_holds_so_many(
        self, milo: Client, survey: Survey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exports, "MOST_ROWS", 1)
        page = milo.post(self.address(survey), follow=True).content.decode()
        assert "take the CSV file" in page
        assert not Export.objects.exists()

    def test_is_what_the_page_offers_above_what_a_request_may_take(
        self, milo: Client, survey: Survey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = reverse("surveys:detail", args=[survey.pk])
        direct = reverse("surveys:workbook", args=[survey.pk])
        assert direct in milo.get(address).content.decode()
        monkeypatch.setattr(results_view, "MOST_AT_ONCE", 1)
        monkeypatch.setattr(workbook, "MOST_AT_ONCE", 1)
        page = milo.get(address).content.decode()
        assert direct not in page
        assert f'action="{self.address(survey)}' in page
        answer = milo.get(f"{direct}?group=promoter&flagged=on")
        assert answer.status_code == 200  # one answer or none
        answer = milo.get(f"{direct}?period=7")
        assert answer["Location"] == self.address(survey, "?period=7")
        assert "Last 7 days" in milo.get(answer["Location"]).content.decode()

    def test_offers_directly_what_the_list_can_count(self) -> None:
        assert workbook.MOST_AT_ONCE <= results.MOST_LISTED


class TestTheFile:
    def test_is_on_record_and_told_to_who_asked(self, survey: Survey) -> None:
        export = written(asked_for(survey, group="promoter"))
        event = Event.objects.get(name="survey.answers_exported")
        assert event.actor == manager_milo().email
        assert event.payload == {
            "format": "xlsx",
            "answers": 1,
            "filters": "group=promoter",
        }
        notice = Notification.objects.get(user=manager_milo())
        assert (notice.kind, notice.url) == ("export_ready", export.get_absolute_url())

    def test_holds_what_a_customer_wrote_as_text(self, survey: Survey) -> None:
        sheet = sheet_in(written(asked_for(survey)))
        assert "<f>" not in sheet
        assert "=HYPERLINK(1)" in sheet

    def test_speaks_the_language_it_was_asked_for_in(self, survey: Survey) -> None:
        export = exports.ask_for(
            survey, {}, by=manager_milo(), at=timezone.now(), language="zh-hans"
        )
        assert "Score？" in sheet_in(written(export))

    def test_is_nobody_elses_on_the_disk(self, survey: Survey, folder: Path) -> None:
        export = written(asked_for(survey))
        [file] = folder.iterdir()
        assert file == exports.path_of(export)
        assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (
            0o700,
            0o600,
        )

    def test_holds_12_000_answers(self, survey: Survey) -> None:
        one = survey.responses.first()
        assert one
        sample = {
            field.attname: getattr(one, field.attname)
            for field in Response._meta.concrete_fields
            if field.attname != "id"
        }
        Response.objects.bulk_create(
            [
                Response(
                    id=uuid4(), **{**sample, "answers": {"score": 2, "trips": number}}
                )
                for number in range(12_000)
            ],
            batch_size=5_000,
        )
        export = written(asked_for(survey))
        assert (export.rows, export.done_rows) == (12_002, 12_002)
        sheet = sheet_in(export)
        assert sheet.count("<row ") == 12_003
        trips = {int(value) for value in re.findall(r"<v>(\d+)</v>", sheet)}
        assert trips >= set(range(12_000))

    def test_says_how_far_it_is(
        self, milo: Client, survey: Survey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workbook, "CHUNK", 1)
        seen = []
        tell = exports._tell

        def look(export: Export, n: int) -> None:
            tell(export, n)
            seen.append(milo.get(export.get_absolute_url()).content.decode())

        monkeypatch.setattr(exports, "_tell", look)
        written(asked_for(survey))
        assert "1 of 2 answers" in seen[0]
        assert 'http-equiv="refresh"' in seen[0]
        assert "hx-trigger" in seen[0]


class TestPermission:
    def test_leaves_the_file_to_who_asked(self, milo: Client, survey: Survey) -> None:
        export = written(asked_for(survey, by=agent_ana()))
        for name in ("export_detail", "export_file"):
            address = reverse(f"surveys:{name}", args=[survey.pk, export.pk])
            assert milo.get(address).status_code == 404
        again = reverse("surveys:export_again", args=[survey.pk, export.pk])
        assert milo.post(again).status_code == 404
        page = milo.get(reverse("surveys:exports", args=[survey.pk])).content.decode()
        assert export.get_absolute_url() not in page

    def test_is_that_of_the_moment_of_writing(self, survey: Survey) -> None:
        export = asked_for(survey)
        DataScope.objects.create(
            user=manager_milo(), effect="allow", dimension="region", value="South"
        )
        sheet = sheet_in(written(export))
        assert "Quick" in sheet
        assert "HYPERLINK" not in sheet

    def test_that_changes_afterwards_closes_the_file(
        self, milo: Client, survey: Survey
    ) -> None:
        export = written(asked_for(survey))
        DataScope.objects.create(
            user=manager_milo(), effect="allow", dimension="region", value="South"
        )
        file = reverse("surveys:export_file", args=[survey.pk, export.pk])
        page = milo.get(file, follow=True).content.decode()
        assert "permissions have changed" in page
        milo.post(reverse("surveys:export_again", args=[survey.pk, export.pk]))
        assert "HYPERLINK" not in sheet_in(written(export))

    def test_to_see_the_survey_is_asked_for_again(
        self, milo: Client, survey: Survey
    ) -> None:
        export = asked_for(survey)
        DataScope.objects.create(
            user=manager_milo(), effect="allow", dimension="team", value="0"
        )
        assert written(export).state == "failed"
        assert milo.get(export.get_absolute_url()).status_code == 404


class TestAWorkerThatDies:
    def test_has_its_file_written_by_the_next_round(
        self, survey: Survey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        export = asked_for(survey)
        gone(export)
        asked: list[int] = []
        monkeypatch.setattr(tasks, "ask_for_export", asked.append)
        tasks.resume_exports()
        assert asked == [export.pk]
        assert written(export).state == "ready"
        tasks.resume_exports()
        assert asked == [export.pk]

    def test_is_shown_with_a_button(self, milo: Client, survey: Survey) -> None:
        export = asked_for(survey)
        gone(export)
        page = milo.get(export.get_absolute_url()).content.decode()
        assert "is gone" in page
        again = reverse("surveys:export_again", args=[survey.pk, export.pk])
        assert again in page
        milo.post(again)
        export.refresh_from_db()
        assert (export.state, export.attempts) == ("waiting", 0)

    def test_is_not_followed_for_ever(self, survey: Survey) -> None:
        export = asked_for(survey)
        gone(export)
        Export.objects.update(attempts=exports.MOST_ATTEMPTS)
        assert written(export).state == "failed"
        assert Notification.objects.get().kind == "export_failed"

    def test_and_comes_back_finds_the_work_done(
        self, survey: Survey, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        export = asked_for(survey)
        slow = exports._write_file

        def overtaken(mine: Export) -> int:
            monkeypatch.setattr(exports, "_write_file", slow)
            gone(export)
            written(export)
            return slow(mine)

        monkeypatch.setattr(exports, "_write_file", overtaken)
        tasks.write_export(export_id=export.pk)
        export.refresh_from_db()
        assert [path.name for path in folder.iterdir()] == [export.file_name]
        assert Notification.objects.count() == 1

    def test_leaves_a_running_file_to_the_one_that_writes_it(
        self, survey: Survey, folder: Path
    ) -> None:
        export = asked_for(survey)
        Export.objects.update(state="running", worked_at=timezone.now())
        assert written(export).state == "running"
        assert not folder.exists()


class TestTrouble:
    def test_of_the_file_is_told(
        self, milo: Client, survey: Survey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_args: object, **_kwargs: object) -> int:
            raise OSError("no space left")

        export = asked_for(survey)
        monkeypatch.setattr(exports, "write_workbook", full)
        with pytest.raises(OSError, match="no space"):
            tasks.write_export(export_id=export.pk)
        page = milo.get(export.get_absolute_url()).content.decode()
        assert "Try again" in page
        assert Notification.objects.get().kind == "export_failed"

    def test_of_the_server_is_left_to_the_next_round(
        self, survey: Survey, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def down(*_args: object, **_kwargs: object) -> int:
            raise OperationalError("gone away")

        export = asked_for(survey)
        monkeypatch.setattr(exports, "write_workbook", down)
        with pytest.raises(OperationalError):
            tasks.write_export(export_id=export.pk)
        export.refresh_from_db()
        assert export.state == "running"
        assert list(folder.iterdir()) == []


class TestSweep:
    def test_deletes_a_file_after_a_week(
        self, milo: Client, survey: Survey, folder: Path
    ) -> None:
        export = written(asked_for(survey))
        kept = written(asked_for(survey, group="promoter"))
        Export.objects.filter(pk=export.pk).update(expires_at=timezone.now())
        assert milo.get(export.get_absolute_url()).status_code == 404
        exports.sweep(at=timezone.now() + exports.STRAY * 2)
        assert list(Export.objects.all()) == [kept]
        assert [path.name for path in folder.iterdir()] == [kept.file_name]

    def test_leaves_what_may_be_in_the_making(
        self, survey: Survey, folder: Path
    ) -> None:
        folder.mkdir()
        (folder / "begun").mkdir()
        (folder / "begun.xlsx").touch()
        exports.sweep(at=timezone.now() + timedelta(hours=1))
        assert len(list(folder.iterdir())) == 2
        exports.sweep(at=timezone.now() + exports.STRAY * 2)
        assert list(folder.iterdir()) == []
