"""Respondents' files: what is taken, what is refused, and who may have them."""

import copy
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse
from django.test import Client, TestCase
from django.test.client import encode_multipart
from django.urls import reverse
from django.utils import timezone

from events.models import Event
from surveys import stamps, uploads
from surveys.file_kinds import kind_of
from surveys.models import Partial, Response, Survey, Upload
from surveys.studio import discard_draft
from surveys.views import respond
from teams.models import DataScope
from tests.personas import agent_ana, manager_milo, nps_survey

pytestmark = pytest.mark.django_db

PAGE = "/s/support-nps/"
TOKEN = re.compile(r'name="form" value="([^"]+)"')
MULTIPART = "multipart/form-data"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
PDF = b"%PDF-1.7\n1 0 obj\n%%EOF"


@pytest.fixture(autouse=True)
def _readers_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(respond, "FASTEST", timedelta(0))


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture(autouse=True)
def survey() -> Survey:
    """Asks for a score, and for a picture or a PDF of at most 1 MB."""
    survey = nps_survey()
    survey.draft = copy.deepcopy(survey.draft)
    survey.draft["pages"][0]["elements"].append(
        {
            "id": "proof",
            "type": "file",
            "text": {"en": "Show us", "zh-hans": "给我们看看"},
            "accepts": ["image", "pdf"],
            "most_mb": 1,
        }
    )
    survey.save()
    survey.publish(by=None, at=timezone.now())
    stamps.renew(survey.slug)
    return survey


def opened(client: Client) -> str:
    found = TOKEN.search(client.get(PAGE).content.decode())
    assert found
    return found[1]


def file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(client: Client, token: str = "", **given: Any) -> Any:
    fields = {"form": token or opened(client), "lang": "en", "confirm-code": ""}
    answers = {f"a-{name}": value for name, value in given.items()}
    return client.post(PAGE, {**fields, "a-score": "3", **answers})


def archive(*names: str, mimetype: str = "") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as into:
        if mimetype:
            into.writestr("mimetype", mimetype)
        for name in names:
            into.writestr(name, "<x/>")
    return made.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
OOXML = "[Content_Types].xml"


class TestWhatAFileIs:
    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (PNG, "image"),
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image"),
            (b"GIF89a\x01\x00", "image"),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image"),
            (b"\x00\x00\x00\x18ftypheic\x00", "image"),
            (PDF, "pdf"),
            (b"plain words\r\n", "text"),
            ("谢谢".encode("gb18030"), "text"),
            ("谢谢".encode("utf-16"), "text"),
            (DOCX, "document"),
            (archive(OOXML, "xl/workbook.xml"), "spreadsheet"),
            (
                archive(mimetype="application/vnd.oasis.opendocument.text"),
                "document",
            ),
        ],
    )
    def test_is_seen_by_its_bytes(self, content: bytes, expected: str) -> None:
        found = kind_of(io.BytesIO(content))
        assert found
        assert found.type == expected

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"MZ\x90\x00\x03",
            b"\x7fELF\x02\x01\x01\x00",
            archive("anything.txt"),
            archive(OOXML, "word/document.xml", "word/vbaProject.bin"),
            b"\xff\xfe\x00",
        ],
        ids=["nothing", "windows", "linux", "zip", "macros", "broken text"],
    )
    def test_other_bytes_are_no_kind_of_file(self, content: bytes) -> None:
        assert kind_of(io.BytesIO(content)) is None

    def test_a_picture_may_be_called_like_another_picture(self) -> None:
        found = kind_of(io.BytesIO(PNG))
        assert found
        assert found.is_called("jpg")
        assert not found.is_called("pdf")


class TestAFileThatIsTaken:
    def test_lies_outside_the_web_root_under_its_id_alone(
        self, client: Client, folder: Path
    ) -> None:
        response = send(client, proof=file("broken tap.png", PNG))
        assert response.status_code == 200
        upload = Upload.objects.get()
        assert [path.name for path in folder.iterdir()] == [str(upload.pk)]
        assert (folder / str(upload.pk)).read_bytes() == PNG
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / str(upload.pk)).stat().st_mode & 0o777 == 0o600

    def test_is_part_of_the_answer(self, client: Client) -> None:
        send(client, proof=file("tap.png", PNG))
        answer, upload = Response.objects.get(), Upload.objects.get()
        assert answer.answers["proof"] == str(upload.pk)
        assert (upload.response_id, upload.size) == (answer.pk, len(PNG))
        assert upload.content_type == "image/png"

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ("../../etc/passwd.png", "passwd.png"),
            ("C:\\Users\\me\\tap.PNG", "tap.png"),
            ('ta"p\u202egnp.png', "tapgnp.png"),
            ("photo.jpeg", "photo.png"),
            (f"{'x' * 200}.png", f"{'x' * 116}.png"),
            (".png", "png.png"),
        ],
    )
    def test_has_a_name_that_is_short_and_harmless(
        self, client: Client, given: str, expected: str
    ) -> None:
        send(client, proof=file(given, PNG))
        name = Upload.objects.get().name
        assert name == expected
        assert len(name) <= 120

    def test_is_not_asked_for_again_when_another_answer_is_wrong(
        self, client: Client
    ) -> None:
        token = opened(client)
        page = send(client, token, score="99", proof=file("tap.png", PNG))
        assert page.status_code == 422
        kept = str(Upload.objects.get().pk)
        assert f'name="a-proof" value="{kept}"' in page.content.decode()
        send(client, token, score="9", proof=kept)
        assert Response.objects.get().answers["proof"] == kept

    def test_stays_when_the_field_for_another_is_left_empty(
        self, client: Client
    ) -> None:
        token = opened(client)
        send(client, token, score="99", proof=file("tap.png", PNG))
        kept = str(Upload.objects.get().pk)
        send(client, token, score="9", proof=[kept, ""])
        assert Response.objects.get().answers["proof"] == kept

    def test_is_not_kept_twice_when_the_form_is_sent_twice(
        self, client: Client
    ) -> None:
        token = opened(client)
        send(client, token, proof=file("tap.png", PNG))
        again = send(client, token, proof=file("tap.png", PNG))
        assert again.status_code == 200
        assert Upload.objects.count() == Response.objects.count() == 1


class TestAFileThatIsRefused:
    @pytest.mark.parametrize(
        ("name", "content", "sentence"),
        [
            ("tap.png", PDF, "This file is not what its name says"),
            ("tap.png", b"MZ\x90\x00", "Files of this kind cannot be taken"),
            ("tap.exe", PNG, "This file is not what its name says"),
            ("words.txt", b"words", "Files of this kind cannot be taken"),
            ("page.html", b"<script>1</script>", "Files of this kind"),
            ("tap.svg", b"<svg onload='x()'/>", "Files of this kind"),
            ("tap.png", b"", "This file is empty"),
            ("tap.png", PNG + b"0" * 1_048_576, "a file of at most 1 MB"),
        ],
    )
    def test_is_told_why_and_nothing_is_stored(
        self, client: Client, folder: Path, name: str, content: bytes, sentence: str
    ) -> None:
        response = send(client, proof=file(name, content))
        assert response.status_code == 422
        assert sentence in response.content.decode()
        assert not Response.objects.exists()
        assert not Upload.objects.exists()
        assert not folder.exists()

    def test_is_told_so_in_chinese(self, client: Client) -> None:
        fields = {"form": opened(client), "lang": "zh-hans", "a-score": "3"}
        page = client.post(PAGE, {**fields, "a-proof": file("a.png", PDF)})
        assert page.status_code == 422
        assert 'lang="zh-hans"' in page.content.decode()

    def test_a_form_beyond_all_measure_is_not_read(self, client: Client) -> None:
        response = send(client, proof=file("tap.png", b"0" * 4_000_000))
        assert response.status_code == 413
        assert "too large" in response.content.decode()

    def test_a_form_that_broke_off_on_its_way_is_not_stored(
        self, client: Client
    ) -> None:
        whole = encode_multipart(
            "BB", {"a-score": "3", "a-proof": file("a.png", PNG), "form": "late"}
        )
        cut = whole[: whole.index(b"PNG") + 10]
        response = client.post(PAGE, cut, content_type=f"{MULTIPART}; boundary=BB")
        assert response.status_code == 400
        assert "Something went wrong on their way" in response.content.decode()
        assert not Upload.objects.exists()

    def test_a_full_disk_loses_nothing_that_was_written(
        self, client: Client, folder: Path
    ) -> None:
        # A file stands where the folder should be: nothing can be kept.
        folder.write_text("")
        response = send(client, comment="Much work", proof=file("tap.png", PNG))
        assert response.status_code == 503
        assert "Much work" in response.content.decode()
        assert not Upload.objects.exists()

    def test_the_file_of_somebody_else_cannot_be_claimed(self, client: Client) -> None:
        send(client, proof=file("tap.png", PNG))
        theirs = str(Upload.objects.get().pk)
        assert send(client, proof=theirs).status_code == 200
        assert sorted("proof" in r.answers for r in Response.objects.all()) == [
            False,
            True,
        ]

    def test_a_survey_that_asks_for_no_file_takes_none(
        self, client: Client, survey: Survey
    ) -> None:
        survey.draft["pages"][0]["elements"].pop()
        survey.save()
        survey.publish(by=None, at=timezone.now())
        stamps.renew(survey.slug)
        assert send(client, proof=file("tap.png", PNG)).status_code == 200
        assert not Upload.objects.exists()


class TestDownloading:
    @pytest.fixture
    def address(self, client: Client) -> str:
        send(client, proof=file("水龙头.png", PNG))
        upload = Upload.objects.get()
        return reverse("surveys:upload", args=[upload.response_id, upload.pk])

    def test_gives_the_file_as_a_file_and_never_as_a_page(
        self, client: Client, address: str
    ) -> None:
        client.force_login(manager_milo())
        response = client.get(address)
        assert isinstance(response, FileResponse)
        assert b"".join(_streamed(response)) == PNG
        assert response["Content-Disposition"].startswith("attachment;")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]

    def test_is_written_into_the_log(self, client: Client, address: str) -> None:
        client.force_login(manager_milo())
        client.get(address)
        event = Event.objects.get(name="survey.file_downloaded")
        assert event.actor == manager_milo().email

    def test_needs_a_sign_in(self, client: Client, address: str) -> None:
        assert client.get(address).status_code == 302

    def test_finds_nothing_outside_ones_scope(
        self, client: Client, address: str
    ) -> None:
        DataScope.objects.create(
            user=agent_ana(), dimension="region", value="Far away", effect="allow"
        )
        client.force_login(agent_ana())
        assert client.get(address).status_code == 404

    def test_finds_nothing_under_another_answer(
        self, client: Client, address: str
    ) -> None:
        send(client)
        other = Response.objects.exclude(answers__has_key="proof").get()
        client.force_login(manager_milo())
        wrong = reverse("surveys:upload", args=[other.pk, Upload.objects.get().pk])
        assert client.get(wrong).status_code == 404


class TestTheSweep:
    def test_deletes_what_no_answer_came_to_need(
        self, client: Client, folder: Path
    ) -> None:
        send(client, score="99", proof=file("tap.png", PNG))
        assert uploads.sweep(at=timezone.now() + timedelta(days=6)) == 0
        with TestCase.captureOnCommitCallbacks(execute=True):
            assert uploads.sweep(at=timezone.now() + timedelta(days=8)) == 1
        assert not Upload.objects.exists()
        assert not list(folder.iterdir())

    def test_leaves_the_files_of_answers(self, client: Client) -> None:
        send(client, proof=file("tap.png", PNG))
        assert uploads.sweep(at=timezone.now() + timedelta(days=400)) == 0

    def test_deletes_a_file_that_was_replaced_before_sending(
        self, client: Client
    ) -> None:
        token = opened(client)
        send(client, token, score="99", proof=file("first.png", PNG))
        send(client, token, score="9", proof=file("second.png", PNG))
        with TestCase.captureOnCommitCallbacks(execute=True):
            assert uploads.sweep(at=timezone.now() + timedelta(days=8)) == 1
        assert Upload.objects.get().name == "second.png"

    def test_leaves_the_files_of_answers_that_are_being_given(
        self, client: Client, survey: Survey
    ) -> None:
        send(client, score="99", proof=file("tap.png", PNG))
        later = timezone.now() + timedelta(days=8)
        assert survey.version
        Partial.objects.create(
            id=Upload.objects.get().response_id,
            survey=survey,
            version=survey.version,
            channel="link",
            locale="en",
            page="page1",
            answers={},
            started_at=later,
            saved_at=later,
        )
        assert uploads.sweep(at=later) == 0

    def test_deletes_old_files_that_nobody_knows(self, folder: Path) -> None:
        folder.mkdir()
        stray = folder / str(uuid4())
        stray.write_bytes(PNG)
        assert uploads.sweep(at=timezone.now() + timedelta(days=8)) == 1
        assert not stray.exists()


class TestErasing:
    def test_deletes_the_files_with_their_rows(
        self, client: Client, folder: Path
    ) -> None:
        send(client, proof=file("tap.png", PNG))
        ids: list[UUID] = [Response.objects.get().pk]
        with TestCase.captureOnCommitCallbacks(execute=True):
            assert uploads.erase(ids) == 1
        assert not Upload.objects.exists()
        assert not list(folder.iterdir())


class TestDiscardingASurvey:
    def test_deletes_the_files_of_its_test_answers(self) -> None:
        draft = _never_published(nps_survey())
        trial = draft.freeze_trial(by=None, at=timezone.now())
        Upload.objects.create(
            survey=draft,
            element="proof",
            response_id=uuid4(),
            name="tap.png",
            content_type="image/png",
            size=1,
            created_at=trial.created_at,
        )
        with TestCase.captureOnCommitCallbacks(execute=True):
            discard_draft(draft, by=None, at=timezone.now())
        assert not Upload.objects.exists()


def _never_published(like: Survey) -> Survey:
    return Survey.objects.create(
        slug="never-published",
        name="Never published",
        touchpoint=like.touchpoint,
        draft=like.draft,
        created_at=timezone.now(),
    )


def _streamed(response: FileResponse) -> Iterator[bytes]:
    assert isinstance(response.streaming_content, Iterator)
    yield from response.streaming_content
