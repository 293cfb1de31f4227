"""Answers that look odd: flagged, kept, and at most held back until somebody looks."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from events.models import Event
from surveys import (
    call_requests,
    clearing,
    rate_limit,
    stamps,
    suspicion,
    timeline,
)
from surveys.document import plain, read_document
from surveys.models import Response, Survey
from surveys.suspicion import Watch, is_gibberish
from surveys.trials import trial_token
from surveys.views import respond
from tests.personas import manager_milo, mara_detractor, nps_survey

PAGE = "/s/support-nps/"
TOKEN = re.compile(r'name="form" value="([^"]+)"')
ROWS = [{"id": f"row{n}", "text": {"en": f"Part {n}"}} for n in range(1, 6)]


def document(*elements: dict[str, Any]) -> Any:
    return read_document(
        {
            "schema_version": 2,
            "title": {"en": "Shop"},
            "languages": ["en"],
            "pages": [{"id": "p1", "elements": list(elements)}],
            "endings": [{"id": "end"}],
        }
    )


SHOP = document(
    {"id": "score", "type": "nps", "scale": 10, "text": {"en": "Recommend?"}},
    {"id": "parts", "type": "matrix", "text": {"en": "Rate"}, "rows": ROWS},
    {"id": "why", "type": "long_text", "text": {"en": "Why?"}},
)


def flags(answers: dict[str, Any], seconds: float | None = None) -> list[str]:
    return Watch(SHOP).flags_of(answers, language="en", seconds=seconds)


def rated(*points: int) -> dict[str, int]:
    return {f"row{n}": point for n, point in enumerate(points, 1)}


class TestHaste:
    # 5 s for the score, 4 s for each of five rows, 25 s for the words, and the reading:
    # 50 s and a little; a third is some 17 s.
    ALL = {"score": 9, "parts": rated(1, 2, 3, 4, 5), "why": "Friendly people"}

    def test_a_third_of_the_usual_time_is_too_fast(self) -> None:
        assert flags(self.ALL, 10) == [suspicion.TOO_FAST]

    def test_half_of_the_usual_time_is_not(self) -> None:
        assert flags(self.ALL, 26) == []

    def test_only_what_was_answered_takes_time(self) -> None:
        assert flags({"score": 9, "why": "Friendly people"}, 1) == []

    def test_nobody_is_hasty_whose_time_is_unknown(self) -> None:
        assert flags(self.ALL) == []


class TestOneLine:
    def test_the_same_point_in_every_row_stands_out(self) -> None:
        assert flags({"parts": rated(3, 3, 3, 3, 3)}) == [suspicion.STRAIGHT_LINE]

    def test_one_other_point_is_an_opinion(self) -> None:
        assert flags({"parts": rated(3, 3, 4, 3, 3)}) == []

    def test_few_rated_rows_say_nothing(self) -> None:
        assert flags({"parts": rated(3, 3, 3, 3)}) == []


class TestWords:
    @pytest.mark.parametrize(
        "text",
        [
            "asdfghjkl",
            "qwertz",
            "aaaaaaaaaa",
            "啊啊啊啊啊啊",
            "xkcdbrtzpl",
            "ffffff!!",
        ],
    )
    def test_struck_at_random_are_gibberish(self, text: str) -> None:
        assert is_gibberish(text)

    @pytest.mark.parametrize(
        "text",
        [
            "Friendly people",
            "Nothing.",
            "OK",
            "",
            "No!!!!!!",
            "......",
            "100000",
            "太慢了",
            "哈哈哈哈 太好了",
            "Strč prst skrz krk",
            "My order is XKCDBRT, where is it?",
            "👍👍👍👍👍👍",
        ],
    )
    def test_that_somebody_may_mean_are_not(self, text: str) -> None:
        assert not is_gibberish(text)

    @pytest.mark.parametrize(
        "text", ["see HTTPS://pills.test", "www.pills.test", "[url=x]y", "<a href=x>"]
    )
    def test_with_a_link_are_flagged(self, text: str) -> None:
        assert flags({"why": text}) == [suspicion.LINKS]


@pytest.fixture
def survey(monkeypatch: pytest.MonkeyPatch) -> Survey:
    monkeypatch.setattr(respond, "FASTEST", timedelta(0))
    survey = nps_survey()
    survey.draft = plain(read_document(survey.draft))
    return survey


def send(client: Client, address: str = PAGE, **given: str) -> Any:
    found = TOKEN.search(client.get(address).content.decode())
    assert found
    form = {"form": found[1], "lang": "en", "confirm-code": "", "a-score": "2"}
    return client.post(address, {**form, **given})


@pytest.mark.django_db
@pytest.mark.usefixtures("survey")
class TestAFlaggedAnswer:
    def test_is_stored_counted_and_acted_on(self, client: Client) -> None:
        send(client, **{"a-comment": "asdfghjkl"})
        assert Response.objects.counted().get().flags == [suspicion.GIBBERISH]
        assert Event.objects.filter(name="survey.response_submitted").exists()

    def test_has_as_many_flags_as_reasons(self, client: Client) -> None:
        send(
            client,
            **{"a-comment": "aaaaaa https://x.test asdfgh", "a-contact": "on"},
        )
        assert Response.objects.get().flags == [
            suspicion.TOO_FAST,
            suspicion.LINKS,
            suspicion.GIBBERISH,
        ]

    def test_an_ordinary_one_has_none(self, client: Client) -> None:
        send(client, **{"a-comment": "The line was busy."})
        assert Response.objects.get().flags == []

    def test_many_from_one_address_stand_out(
        self, client: Client, settings: LazySettings
    ) -> None:
        settings.ANSWERS_PER_MINUTE = 8
        rate_limit._counts.clear()
        for _time in range(3):
            send(client)
        flagged = Response.objects.order_by("submitted_at").values_list("flags")
        assert [flags for (flags,) in flagged] == [[], [], [suspicion.MANY]]

    def test_a_test_answer_may_be_odd(self, client: Client, survey: Survey) -> None:
        trial = survey.freeze_trial(by=None, at=timezone.now())
        link = f"{PAGE}?test={trial_token(trial)}"
        send(client, link, **{"confirm-code": "pills", "a-comment": "asdfghjkl"})
        answer = Response.objects.get()
        assert (answer.state, answer.flags) == (Response.State.COMPLETE, [])


@pytest.mark.django_db
@pytest.mark.usefixtures("survey")
class TestAnAnswerThatIsHeldBack:
    @pytest.fixture
    def held(self, client: Client) -> Response:
        assert send(client, **{"confirm-code": "pills"}).status_code == 200
        return Response.objects.get()

    def test_is_kept_and_not_counted(self, held: Response) -> None:
        assert held.state == Response.State.HELD
        assert held.flags == [suspicion.HONEYPOT]
        assert held.answers == {"score": 2}
        assert not Response.objects.counted().exists()

    def test_is_news_to_nobody(self, held: Response) -> None:
        assert Event.objects.filter(name="survey.response_held").count() == 1
        assert not Event.objects.filter(name="survey.response_submitted").exists()

    def test_counts_once_somebody_lets_it_stand(self, held: Response) -> None:
        clearing.clear_flags(held, by=manager_milo(), at=timezone.now())
        answer = Response.objects.counted().get()
        assert answer.flags == []
        told = Event.objects.get(name="survey.response_submitted")
        assert told.payload == {
            "survey": answer.survey_id,
            "nps": 2,
            "csat": None,
            "ces": None,
            "wants_contact": False,
            "customer": None,
            "touchpoint": answer.touchpoint_id,
            "day": answer.day.isoformat(),
        }

    def test_is_released_once(self, held: Response) -> None:
        for _time in range(2):
            clearing.clear_flags(held, by=manager_milo(), at=timezone.now())
        assert Event.objects.filter(name="survey.response_submitted").count() == 1
        assert Event.objects.filter(name="survey.flags_cleared").count() == 1

    def test_takes_no_place_of_a_quota(self, client: Client, survey: Survey) -> None:
        survey.draft["endings"].append({"id": "full", "text": {"en": "Full"}})
        survey.draft["quotas"] = [
            {"id": "one", "name": "One", "limit": 1, "ending": "full"}
        ]
        survey.save()
        survey.publish(by=None, at=timezone.now())
        stamps.renew(survey.slug)
        send(client, **{"confirm-code": "pills"})
        send(client)
        send(client)
        states = Response.objects.order_by("submitted_at").values_list("state")
        assert [state for (state,) in states] == ["held", "complete", "over_quota"]

    def test_that_asks_for_a_call_says_so_when_it_is_released(
        self, held: Response
    ) -> None:
        call_requests.request_call(
            response_id=held.pk,
            survey_id=held.survey_id,
            phone="+49 30 123456",
            at=timezone.now(),
        )
        assert not Event.objects.filter(name="survey.contact_requested").exists()
        clearing.clear_flags(held, by=manager_milo(), at=timezone.now())
        told = Event.objects.get(name="survey.response_submitted")
        assert told.payload["wants_contact"] is True

    def test_is_not_on_the_customers_timeline(
        self, client: Client, survey: Survey
    ) -> None:
        mara = mara_detractor()
        send(client, **{"confirm-code": "pills"})
        Response.objects.update(customer=mara)
        boss = manager_milo()
        assert timeline.answers(mara, boss, before=None, limit=9) == []
        clearing.clear_flags(Response.objects.get(), by=boss, at=timezone.now())
        assert len(timeline.answers(mara, boss, before=None, limit=9)) == 1
