"""The kiosk's pages, and the answers that come late."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.test import Client

from surveys import form_tokens, kiosk, shown
from surveys.models import Response, Shown
from tests.personas import nps_survey
from tests.respondents import form_of, response_id

PAGE = "/s/support-nps/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _survey() -> None:
    nps_survey()


class TestTheShell:
    def test_shows_the_form_in_a_frame_of_its_own(self, client: Client) -> None:
        shell = client.get(f"{PAGE}?kiosk=1&lang=zh-hans")
        assert shell.status_code == 200
        assert 'src="?kiosk=form&amp;lang=zh-hans"' in shell.content.decode()
        assert "frame-src 'self'" in shell["Content-Security-Policy"]
        assert not shell.cookies

    def test_takes_its_times_from_the_address(self, client: Client) -> None:
        page = client.get(f"{PAGE}?kiosk=1&idle=30&thanks=99999&warn=x").content
        assert b'data-idle="30" data-warn="15" data-thanks="3600"' in page

    @pytest.mark.parametrize("kind", ["kept", "full"])
    def test_has_pages_for_when_it_is_offline(self, client: Client, kind: str) -> None:
        page = client.get(f"{PAGE}?kiosk={kind}&lang=en")
        assert page.status_code == 200
        assert b"<form" not in page.content

    def test_is_a_notice_where_nobody_can_answer(self, client: Client) -> None:
        nps_survey().pause(by=None, at=nps_survey().created_at)
        assert client.get(f"{PAGE}?kiosk=1").status_code == 409
        assert client.get(f"{PAGE}?kiosk=stock").status_code == 409
        assert client.get("/s/nothing/?kiosk=1").status_code == 404

    def test_has_a_worker_beside_the_surveys(self, client: Client) -> None:
        worker = client.get("/s/kiosk-worker.js")
        assert worker["Content-Type"].startswith("text/javascript")
        assert worker["Cache-Control"] == "no-cache"


class TestTheForm:
    def test_may_be_shown_by_ourselves_and_forgets(self, client: Client) -> None:
        page = client.get(f"{PAGE}?kiosk=form")
        assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
        assert b'autocomplete="off"' in page.content
        assert b"kiosk=form&amp;lang=zh-hans" in page.content

    def test_counts_as_shown_when_somebody_touches_it(self, client: Client) -> None:
        client.get(f"{PAGE}?kiosk=form")
        shown.write()
        assert not Shown.objects.exists()
        assert client.get(f"{PAGE}?kiosk=begun").status_code == 204
        shown.write()
        counted = Shown.objects.get()
        assert (counted.channel, counted.count) == ("kiosk", 1)

    def test_never_tells_the_next_customer_that_somebody_has_answered(
        self, client: Client
    ) -> None:
        survey = nps_survey()
        survey.draft = {
            **survey.draft,
            "schema_version": 2,
            "endings": [{"id": "thanks", "text": {"en": "Thank you!"}}],
            "settings": {"once_per": "device"},
        }
        survey.publish(by=None, at=survey.created_at)
        assert b"once." in client.get(PAGE).content
        assert b"once." not in client.get(f"{PAGE}?kiosk=form").content


class TestLateAnswers:
    def test_are_stored_once_under_a_token_of_the_stock(self, client: Client) -> None:
        stock = json.loads(client.get(f"{PAGE}?kiosk=stock").content)["forms"]
        assert len(set(stock)) == kiosk.STOCK
        # A kiosk opens its stock later than the time trap asks.
        fields = form_of(nps_survey(), response_id(), score="3") | {"took": "40"}
        for _time in range(2):
            assert client.post(f"{PAGE}?kiosk=form", fields).status_code == 200
        stored = Response.objects.get()
        assert stored.channel == "kiosk"
        assert stored.started_at is not None
        assert stored.submitted_at - stored.started_at == timedelta(seconds=40)

    def test_of_the_stock_are_signed_for_the_live_version(self, client: Client) -> None:
        stock = json.loads(client.get(f"{PAGE}?kiosk=stock").content)["forms"]
        name, version, signature = stock[0].split(".")
        form_tokens.verify(UUID(name), int(version), signature)
        assert int(version) == nps_survey().version_id

    @pytest.mark.parametrize("took", ["", "-5", "1e9", "９"])
    def test_tell_their_time_or_none(self, client: Client, took: str) -> None:
        response = response_id()
        fields = form_of(nps_survey(), response, score="3") | {"took": took}
        client.post(f"{PAGE}?kiosk=form", fields)
        assert Response.objects.get().started_at == form_tokens.made_at(response)

    def test_do_not_use_up_what_others_may_answer(
        self, client: Client, settings: LazySettings
    ) -> None:
        settings.ANSWERS_PER_MINUTE = 1
        survey = nps_survey()
        for place in ("?kiosk=form", ""):
            fields = form_of(survey, response_id(), score="3")
            assert client.post(f"{PAGE}{place}", fields).status_code == 200
        fields = form_of(survey, response_id(), score="3")
        late = client.post(f"{PAGE}?kiosk=form", fields)
        assert late.status_code == 429
        assert int(late["Retry-After"]) > 0
