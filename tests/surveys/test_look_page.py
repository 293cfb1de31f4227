"""The look page refuses what cannot be read and keeps the rest."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from surveys.document import Theme, read_document
from surveys.models import Asset, Survey
from tests.personas import agent_ana, manager_milo, nps_survey
from tests.surveys import pictures

pytestmark = pytest.mark.django_db


@pytest.fixture
def milo(client: Client) -> Client:
    client.force_login(manager_milo())
    return client


def give(client: Client, survey: Survey, **changes: object) -> HttpResponse:
    asked = {
        "revision": survey.draft_revision,
        "accent": "#1d4ed8",
        "background": "#ffffff",
        "text": "#1f2937",
        "font": "serif",
        "corners": "round",
        "alt_en": "",
        "alt_zh": "",
        **changes,
    }
    return client.post(reverse("surveys:look", args=[survey.pk]), asked)


def theme_of(survey: Survey) -> Theme:
    survey.refresh_from_db()
    return read_document(survey.draft).theme


class TestTheLook:
    def test_is_kept(self, milo: Client) -> None:
        survey = nps_survey()
        assert give(milo, survey, accent="#AA0000").status_code == 302
        assert theme_of(survey) == Theme(
            accent="#aa0000", font="serif", corners="round"
        )
        assert survey.draft_by == manager_milo()

    def test_needs_text_that_can_be_read(self, milo: Client) -> None:
        survey = nps_survey()
        response = give(milo, survey, text="#999999")
        assert response.status_code == 422
        assert "2.8 : 1" in response.content.decode()
        assert theme_of(survey) == Theme()

    def test_needs_buttons_that_can_be_seen(self, milo: Client) -> None:
        assert give(milo, nps_survey(), accent="#dddddd").status_code == 422

    @pytest.mark.parametrize("color", ["red", "#12345", "#1d4ed8;", ""])
    def test_needs_colours(self, milo: Client, color: str) -> None:
        assert give(milo, nps_survey(), background=color).status_code == 422

    def test_keeps_what_was_chosen_when_the_draft_has_moved_on(
        self, milo: Client
    ) -> None:
        survey = nps_survey()
        Survey.objects.update(draft_revision=7)
        response = give(milo, survey, accent="#aa0000")
        assert response.status_code == 422
        words = response.content.decode()
        assert "#aa0000" in words
        assert 'name="revision" value="7"' in words

    def test_shows_itself(self, milo: Client) -> None:
        response = milo.get(reverse("surveys:look", args=[nps_survey().pk]))
        assert response.status_code == 200

    def test_is_not_for_everybody(self, client: Client) -> None:
        client.force_login(agent_ana())
        assert give(client, nps_survey()).status_code == 403


class TestTheLogo:
    def test_needs_words(self, milo: Client) -> None:
        logo = SimpleUploadedFile("logo.png", pictures.png())
        assert give(milo, nps_survey(), logo=logo).status_code == 422

    def test_is_kept_with_its_words(self, milo: Client) -> None:
        survey = nps_survey()
        logo = SimpleUploadedFile("logo.png", pictures.png())
        give(milo, survey, logo=logo, alt_en="Acme")
        kept = theme_of(survey).logo
        assert kept is not None
        assert kept.asset == str(Asset.objects.get().pk)
        assert kept.alt == {"en": "Acme"}
        preview = milo.get(reverse("surveys:preview_page", args=[survey.pk]))
        assert f"/s-assets/{kept.asset}" in preview.content.decode()

    def test_stays_when_only_colours_change(self, milo: Client) -> None:
        survey = nps_survey()
        logo = SimpleUploadedFile("logo.png", pictures.png())
        give(milo, survey, logo=logo, alt_en="Acme")
        survey.refresh_from_db()
        give(milo, survey, accent="#aa0000", alt_en="Acme")
        assert theme_of(survey).logo is not None

    def test_can_be_taken_away(self, milo: Client) -> None:
        survey = nps_survey()
        logo = SimpleUploadedFile("logo.png", pictures.png())
        give(milo, survey, logo=logo, alt_en="Acme")
        survey.refresh_from_db()
        give(milo, survey, no_logo="on", alt_en="Acme")
        assert theme_of(survey).logo is None

    def test_has_to_be_a_picture(self, milo: Client) -> None:
        logo = SimpleUploadedFile("logo.png", b"<svg/>")
        assert give(milo, nps_survey(), logo=logo, alt_en="A").status_code == 422
        assert not Asset.objects.exists()
