"""The sum that a browser works out, and what the server believes of it."""

import html
import json
import re
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from events.ids import uuid7
from surveys import proof_of_work, stamps, suspicion
from surveys.document import plain, read_document
from surveys.models import Response, Survey
from surveys.views import respond
from tests.personas import nps_survey

PAGE = "/s/support-nps/"
TOKEN = re.compile(r'name="form" value="([^"]+)"')
PROOF = re.compile(r'data-proof="([^"]+)"')


def solved(challenge: dict[str, Any]) -> dict[str, Any]:
    """As a browser does it: number by number."""
    for number in range(challenge["maxnumber"] + 1):
        words = f"{challenge['salt']}{number}".encode()
        if sha256(words).hexdigest() == challenge["challenge"]:
            kept = ("algorithm", "challenge", "salt", "signature")
            return {name: challenge[name] for name in kept} | {"number": number}
    raise AssertionError("no number fits")


def payload(solution: dict[str, Any]) -> str:
    return b64encode(json.dumps(solution).encode()).decode()


class TestASolution:
    NOW = timezone.now()
    ID = uuid7(NOW)

    def test_that_fits_is_believed(self) -> None:
        solution = solved(proof_of_work.challenge_for(self.ID))
        assert proof_of_work.is_solved(payload(solution), self.ID, at=self.NOW)

    def test_is_good_for_one_response_only(self) -> None:
        solution = solved(proof_of_work.challenge_for(self.ID))
        other = uuid7(self.NOW)
        assert not proof_of_work.is_solved(payload(solution), other, at=self.NOW)

    def test_does_not_hold_for_ever(self) -> None:
        solution = solved(proof_of_work.challenge_for(self.ID))
        later = self.NOW + proof_of_work.HOLDS_FOR + timedelta(minutes=1)
        assert not proof_of_work.is_solved(payload(solution), self.ID, at=later)

    @pytest.mark.parametrize(
        "change",
        [
            {"number": -1},
            {"number": "1"},
            {"signature": "0" * 64},
            {"salt": "x"},
            {"algorithm": "MD5"},
            {"challenge": "0" * 64},
        ],
    )
    def test_that_was_changed_is_not_believed(self, change: dict[str, Any]) -> None:
        solution = solved(proof_of_work.challenge_for(self.ID)) | change
        assert not proof_of_work.is_solved(payload(solution), self.ID, at=self.NOW)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "x",
            "====",
            "bnVsbA==",
            "W10=",
            b64encode(b"[" * 900).decode(),
            "A" * 2000,
        ],
    )
    def test_that_cannot_be_read_is_not_believed(self, text: str) -> None:
        assert not proof_of_work.is_solved(text, self.ID, at=self.NOW)


@pytest.mark.django_db
class TestASurveyThatAsksForIt:
    @pytest.fixture(autouse=True)
    def survey(self, monkeypatch: pytest.MonkeyPatch) -> Survey:
        monkeypatch.setattr(respond, "FASTEST", timedelta(0))
        survey = nps_survey()
        survey.draft = plain(read_document(survey.draft))
        survey.draft |= {"settings": {"asks_proof_of_work": True}}
        survey.save()
        survey.publish(by=None, at=timezone.now())
        stamps.renew(survey.slug)
        return survey

    def opened(self, client: Client) -> tuple[dict[str, str], dict[str, Any]]:
        """The form, and the page's challenge."""
        page = client.get(PAGE, headers={"Accept-Encoding": "identity"})
        words = page.content.decode()
        token, proof = TOKEN.search(words), PROOF.search(words)
        assert token
        assert proof
        form = {"form": token[1], "lang": "en", "confirm-code": "", "a-score": "9"}
        return form, json.loads(html.unescape(proof[1]))

    def test_takes_a_solved_form_as_it_is(self, client: Client) -> None:
        form, challenge = self.opened(client)
        form[proof_of_work.FIELD] = payload(solved(challenge))
        assert client.post(PAGE, form).status_code == 200
        assert Response.objects.get().flags == []

    def test_takes_a_form_without_a_script_and_flags_it(self, client: Client) -> None:
        form, _challenge = self.opened(client)
        assert client.post(PAGE, form).status_code == 200
        assert Response.objects.counted().get().flags == [suspicion.NO_PROOF]

    def test_asks_anew_when_an_answer_has_to_be_mended(self, client: Client) -> None:
        form, challenge = self.opened(client)
        again = client.post(PAGE, form | {"a-score": "99"})
        assert again.status_code == 422
        proof = PROOF.search(again.content.decode())
        assert proof
        assert json.loads(html.unescape(proof[1])) == challenge

    def test_gives_every_copy_a_sum_of_its_own(self, client: Client) -> None:
        assert self.opened(client)[1] != self.opened(client)[1]

    def test_shows_it_to_nobody(self, client: Client) -> None:
        page = client.get(PAGE).content.decode()
        assert 'type="hidden" name="altcha"' in page

    def test_other_surveys_carry_none(self, client: Client, survey: Survey) -> None:
        survey.draft["settings"] = {}
        survey.save()
        survey.publish(by=None, at=timezone.now())
        stamps.renew(survey.slug)
        assert "altcha" not in client.get(PAGE).content.decode()
