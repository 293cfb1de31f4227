"""Pictures are what their bytes say, and everybody may fetch them for good."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from events.models import Event
from surveys import studio
from surveys.assets import keep_picture
from surveys.document import plain, read_document
from surveys.models import Asset
from surveys.raster import Measured, NoPicture, measured
from tests.personas import (
    MONDAY_NINE,
    agent_ana,
    manager_milo,
    nps_survey,
    support_call,
)
from tests.surveys import pictures


class TestMeasured:
    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (pictures.png(), Measured("image/png", 2, 1)),
            (pictures.jpeg(), Measured("image/jpeg", 3, 2)),
            (pictures.webp_lossless(), Measured("image/webp", 5, 4)),
            (pictures.webp_extended(), Measured("image/webp", 7, 6)),
            (pictures.webp_lossy(), Measured("image/webp", 9, 8)),
        ],
    )
    def test_reads_kind_and_size(self, content: bytes, expected: Measured) -> None:
        assert measured(content) == expected

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"GIF89a" + b"\x00" * 40,
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
            pictures.png(0, 1),
            pictures.jpeg()[:12],
            pictures.webp_lossy()[:20],
            pictures.png() + b"<script>alert(1)</script>",
            b"RIFF\x00\x00\x00\x00WEBPVP9 " + b"\x00" * 40,
        ],
    )
    def test_refuses_what_is_no_picture(self, content: bytes) -> None:
        with pytest.raises(NoPicture):
            measured(content)

    @pytest.mark.parametrize("length", range(1, 70, 3))
    def test_refuses_a_file_that_was_cut_off(self, length: int) -> None:
        with pytest.raises(NoPicture):
            measured(pictures.png()[:length])


@pytest.mark.django_db
class TestUploading:
    def send(self, client: Client, content: bytes, name: str = "logo.png") -> object:
        survey = nps_survey()
        file = SimpleUploadedFile(name, content, content_type="image/png")
        return client.post(
            reverse("surveys:pictures", args=[survey.pk]), {"file": file}
        )

    @pytest.fixture
    def milo(self, client: Client) -> Client:
        client.force_login(manager_milo())
        return client

    def test_keeps_a_picture(self, milo: Client) -> None:
        response = self.send(milo, pictures.png(), "../../logo.png")
        asset = Asset.objects.get()
        assert response.status_code == 201
        assert response.json() == {
            "asset": str(asset.pk),
            "url": f"/s-assets/{asset.pk}",
            "name": "logo.png",
            "width": 2,
            "height": 1,
        }
        assert Event.objects.filter(name="survey.picture_added").exists()

    def test_goes_by_the_bytes_and_not_by_the_name(self, milo: Client) -> None:
        self.send(milo, pictures.webp_lossless())
        assert Asset.objects.get().content_type == "image/webp"

    @pytest.mark.parametrize(
        "content",
        [b"<svg/>", pictures.png(4_001, 1), pictures.png() + b"x", b"\x00" * 400_000],
    )
    def test_refuses_with_a_sentence(self, milo: Client, content: bytes) -> None:
        response = self.send(milo, content)
        assert response.status_code == 422
        assert response.json()["error"]
        assert not Asset.objects.exists()

    def test_lists_them(self, milo: Client) -> None:
        self.send(milo, pictures.png())
        response = milo.get(reverse("surveys:pictures", args=[nps_survey().pk]))
        assert [one["name"] for one in response.json()["pictures"]] == ["logo.png"]

    def test_is_not_for_everybody(self, client: Client) -> None:
        client.force_login(agent_ana())
        assert self.send(client, pictures.png()).status_code == 403


@pytest.mark.django_db
class TestFetching:
    def test_needs_no_sign_in_and_no_cookie(self, client: Client) -> None:
        client.force_login(manager_milo())
        TestUploading().send(client, pictures.png())
        asset = Asset.objects.get()
        response = Client().get(f"/s-assets/{asset.pk}")
        assert response.content == pictures.png()
        assert response["Content-Type"] == "image/png"
        assert "immutable" in response["Cache-Control"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies

    @pytest.mark.parametrize("rest", ["", "x", "00000000-0000-0000-0000-000000000000"])
    def test_finds_nothing_else(self, client: Client, rest: str) -> None:
        assert client.get(f"/s-assets/{rest}").status_code == 404

    def test_takes_nothing(self, client: Client) -> None:
        assert client.post("/s-assets/x").status_code == 405


@pytest.mark.django_db
class TestCopies:
    def test_have_pictures_of_their_own(self) -> None:
        survey = nps_survey()
        file = SimpleUploadedFile("logo.png", pictures.png())
        asset = keep_picture(survey, file, by=manager_milo(), at=MONDAY_NINE)
        theme = {"logo": {"asset": str(asset.pk), "alt": {"en": "Acme"}}}
        document = read_document(plain(read_document(survey.draft)) | {"theme": theme})
        copy = studio.create_survey(
            basics=studio.Basics("Copy", "", support_call()),
            document=document,
            by=manager_milo(),
            at=MONDAY_NINE,
        )
        asset.delete()
        logo = read_document(copy.draft).theme.logo
        assert logo is not None
        assert bytes(copy.assets.get(pk=logo.asset).content) == pictures.png()

    def test_leave_out_pictures_that_are_gone(self) -> None:
        theme = {"logo": {"asset": str(uuid4()), "alt": {"en": "Acme"}}}
        document = read_document(
            plain(read_document(nps_survey().draft)) | {"theme": theme}
        )
        copy = studio.create_survey(
            basics=studio.Basics("Copy", "", support_call()),
            document=document,
            by=manager_milo(),
            at=MONDAY_NINE,
        )
        assert read_document(copy.draft).theme.logo is None
