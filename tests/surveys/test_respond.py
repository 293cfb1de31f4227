"""The respondents' pages: what a customer sees, and every kind of bad input."""

import copy
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.models import Event
from surveys import pages, personal_links, stamps
from surveys.models import Invitation, Response, Survey
from surveys.trials import trial_token
from surveys.views import respond
from tests.personas import manager_milo, mara_detractor, nps_survey, support_call

pytestmark = pytest.mark.django_db

PAGE = "/s/support-nps/"
TOKEN = re.compile(r'name="form" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _readers_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests answer in no time; the time trap has its own test."""
    monkeypatch.setattr(respond, "FASTEST", timedelta(0))


@pytest.fixture(autouse=True)
def survey() -> Survey:
    survey = nps_survey()
    survey.draft = copy.deepcopy(survey.draft)
    return survey


@pytest.fixture
def browser() -> Client:
    """A browser whose cross-site check is on, as everywhere outside the tests."""
    return Client(enforce_csrf_checks=True)


def words(response: HttpResponse) -> str:
    return response.content.decode()


def token_on(browser: Client, address: str = PAGE) -> str:
    found = TOKEN.search(words(browser.get(address)))
    assert found
    return found[1]


def answers(token: str, **given: str) -> dict[str, str]:
    named = {f"a-{name}": value for name, value in given.items()}
    return {"form": token, "lang": "en", "confirm-code": "", **named}


def send(browser: Client, address: str = PAGE, **given: str) -> HttpResponse:
    return browser.post(address, answers(token_on(browser, address), **given))


def republish(survey: Survey) -> None:
    survey.save()
    survey.publish(by=None, at=timezone.now())
    stamps.renew(survey.slug)


def invitation(survey: Survey, *, holds: timedelta = timedelta(days=1)) -> str:
    """Mara's personal link."""
    now = timezone.now()
    asked = Invitation.objects.create(
        survey=survey,
        customer=mara_detractor(),
        created_at=now,
        expires_at=now + holds,
    )
    return f"/i/{personal_links.token_for(asked.id, expires_at=asked.expires_at)}/"


class TestThePage:
    def test_shows_every_question_with_a_label(self, browser: Client) -> None:
        page = words(browser.get(PAGE))
        assert "How likely are you to recommend us?" in page
        assert page.count('type="radio"') == 11
        assert '<label for="a-comment">Why?' in page
        assert "Please contact me" in page

    def test_sets_no_cookie_and_forbids_everything_foreign(
        self, browser: Client
    ) -> None:
        response = browser.get(PAGE)
        assert not response.cookies
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert response["Cache-Control"] == "no-store"

    def test_needs_no_query_once_it_is_known(
        self,
        browser: Client,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        browser.get(PAGE)
        with django_assert_num_queries(0):
            browser.get(PAGE)

    def test_gives_every_copy_its_own_id(self, browser: Client) -> None:
        assert token_on(browser) != token_on(browser)

    def test_is_in_the_browsers_language(self, browser: Client) -> None:
        response = browser.get(PAGE, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
        assert "您有多大可能推荐我们？" in words(response)
        assert response["Content-Language"] == "zh-hans"

    def test_is_in_the_language_asked_for(self, browser: Client) -> None:
        page = browser.get(PAGE + "?lang=zh-hans", headers={"Accept-Language": "en"})
        assert '<html lang="zh-hans">' in words(page)

    def test_falls_back_to_the_words_there_are(
        self, browser: Client, survey: Survey
    ) -> None:
        del survey.draft["pages"][0]["elements"][1]["text"]["zh-hans"]
        republish(survey)
        assert "Why?" in words(browser.get(PAGE + "?lang=zh-hans"))

    def test_preselects_a_score_from_the_address_and_stores_nothing(
        self, browser: Client
    ) -> None:
        page = words(browser.get(PAGE + "?score=9"))
        assert re.search(r'id="a-score-9" checked', page)
        assert page.count(" checked") == 1
        assert not Response.objects.exists()

    @pytest.mark.parametrize("score", ["11", "-1", "9.5", "abc", "<b>", "٩", "9" * 400])
    def test_ignores_a_score_that_is_none(self, browser: Client, score: str) -> None:
        response = browser.get(PAGE, {"score": score})
        assert response.status_code == 200
        assert " checked" not in words(response)

    def test_escapes_what_the_survey_says(
        self, browser: Client, survey: Survey
    ) -> None:
        survey.draft["title"]["en"] = "<script>alert(1)</script>"
        republish(survey)
        assert "<script>alert" not in words(browser.get(PAGE))

    def test_is_light(self, browser: Client) -> None:
        response = browser.get(PAGE, headers={"Accept-Encoding": "gzip"})
        assert response["Content-Encoding"] == "gzip"
        assert len(response.content) < 4_000

    def test_adds_the_missing_slash(self, browser: Client) -> None:
        response = browser.get("/s/support-nps?score=3")
        assert response.status_code == 301
        assert response["Location"] == "/s/support-nps/?score=3"


class TestAnswering:
    def test_stores_the_answer_and_thanks(self, browser: Client) -> None:
        response = send(browser, score="9", comment="Quick", contact="1")
        stored = Response.objects.get()
        assert response.status_code == 200
        assert "Wonderful, thank you!" in words(response)
        assert (stored.nps, stored.comment, stored.wants_contact) == (9, "Quick", True)
        assert stored.channel == Response.Channel.LINK
        assert stored.started_at
        assert Event.objects.filter(name="survey.response_submitted").count() == 1

    def test_thanks_a_detractor_in_other_words(self, browser: Client) -> None:
        assert "We are sorry." in words(send(browser, score="2"))

    def test_thanks_in_the_language_of_the_page(self, browser: Client) -> None:
        token = token_on(browser)
        sent = answers(token, score="2") | {"lang": "zh-hans"}
        response = browser.post(PAGE, sent)
        assert "非常抱歉。" in words(response)
        assert Response.objects.get().locale == "zh-hans"

    def test_answers_a_replay_the_same_and_stores_once(self, browser: Client) -> None:
        sent = answers(token_on(browser), score="9")
        first, second = browser.post(PAGE, sent), browser.post(PAGE, sent)
        assert (first.status_code, second.status_code) == (200, 200)
        assert words(first) == words(second)
        assert Response.objects.count() == 1

    @pytest.mark.parametrize("text", ["😀 مرحبا שלום", "=HYPERLINK(1)", "a\r\nb"])
    def test_takes_any_words(self, browser: Client, text: str) -> None:
        assert send(browser, score="7", comment=text).status_code == 200
        assert Response.objects.get().comment == text.replace("\r\n", "\n")

    def test_leaves_out_nul_and_control_characters(self, browser: Client) -> None:
        send(browser, score="7", comment="a\x00b\x07c\u2028d")
        assert Response.objects.get().comment == "abcd"

    def test_accepts_answers_to_the_version_that_was_shown(
        self, browser: Client, survey: Survey
    ) -> None:
        token = token_on(browser)
        shown = survey.version
        survey.draft["pages"][0]["elements"] = survey.draft["pages"][0]["elements"][:1]
        republish(survey)
        response = browser.post(PAGE, answers(token, score="3", comment="Old page"))
        assert response.status_code == 200
        assert Response.objects.get().version == shown


class TestWrongAnswers:
    @pytest.mark.parametrize(
        ("score", "sentence"),
        [
            ("", "Please answer this question."),
            ("11", "Please choose a whole number from 0 to 10."),
            ("-1", "Please choose a whole number from 0 to 10."),
            ("7.5", "Please choose a whole number from 0 to 10."),
            ("seven", "Please choose a whole number from 0 to 10."),
        ],
    )
    def test_says_what_is_wrong_and_where(
        self, browser: Client, score: str, sentence: str
    ) -> None:
        response = send(browser, score=score, comment="Kept <words>")
        page = words(response)
        assert response.status_code == 422
        assert sentence in page
        assert 'href="#a-score-field"' in page
        assert "Kept &lt;words&gt;" in page
        assert not Response.objects.exists()
        assert not Event.objects.filter(name="survey.response_submitted").exists()

    def test_says_so_in_chinese(self, browser: Client) -> None:
        sent = answers(token_on(browser)) | {"lang": "zh-hans"}
        assert "请回答这个问题" in words(browser.post(PAGE, sent))

    def test_keeps_the_id_so_that_mending_stores_once(self, browser: Client) -> None:
        wrong = send(browser, comment="No score yet")
        found = TOKEN.search(words(wrong))
        assert found
        assert browser.post(PAGE, answers(found[1], score="5")).status_code == 200
        assert Response.objects.count() == 1

    def test_refuses_a_megabyte_of_text_kindly(self, browser: Client) -> None:
        response = send(browser, score="5", comment="x" * 1_000_000)
        assert response.status_code == 422
        assert "Please keep it under 5000 characters." in words(response)
        assert not Response.objects.exists()

    def test_refuses_more_than_two_megabytes(self, browser: Client) -> None:
        response = send(browser, score="5", comment="x" * 2_200_000)
        assert response.status_code == 413
        assert not Response.objects.exists()


class TestTamperedForms:
    @pytest.mark.parametrize(
        "token",
        [
            "",
            "nonsense",
            f"{uuid4()}.1.AAAAAAAAAAAAAAAAAAAA",
            f"{uuid4()}.999999999999999.AAAA",
            "------------------------------------.1.AAAA",
        ],
    )
    def test_are_refused(self, browser: Client, token: str) -> None:
        response = browser.post(PAGE, answers(token, score="5"))
        assert response.status_code == 400
        assert "Traceback" not in words(response)

    def test_of_another_survey_are_refused(self, browser: Client) -> None:
        other = nps_survey("other-nps")
        token = token_on(browser, f"/s/{other.slug}/")
        assert browser.post(PAGE, answers(token, score="5")).status_code == 400

    def test_with_another_id_are_refused(self, browser: Client) -> None:
        _id, version, signature = token_on(browser).split(".")
        changed = f"{uuid4()}.{version}.{signature}"
        assert browser.post(PAGE, answers(changed, score="5")).status_code == 400
        assert not Response.objects.exists()

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
            (b"--x", "multipart/form-data; boundary=y"),
            (b"", "multipart/form-data"),
            (b"a=1", "application/x-www-form-urlencoded; charset=utf-16"),
            (b"{}", "application/json"),
            (
                b"&".join(b"f%d=1" % n for n in range(1_500)),
                "application/x-www-form-urlencoded",
            ),
        ],
    )
    def test_that_are_no_forms_are_refused(
        self, browser: Client, body: bytes, kind: str
    ) -> None:
        assert browser.post(PAGE, body, content_type=kind).status_code == 400


class TestSurveysThatDoNotTakeAnswers:
    @pytest.mark.parametrize(
        "address",
        ["/s/nobody-knows/", "/s/%00/", "/s/a/b/", "/s/", "/s//", "/i/", "/s/问卷/"],
    )
    def test_unknown_ones_are_not_found(self, browser: Client, address: str) -> None:
        response = browser.get(address)
        assert response.status_code == 404
        assert "We cannot find this survey" in words(response)

    def test_one_never_published_is_not_found(self, browser: Client) -> None:
        Survey.objects.create(
            slug="draft",
            name="Draft",
            touchpoint=support_call(),
            draft={},
            created_at=timezone.now(),
        )
        assert browser.get("/s/draft/").status_code == 404

    @pytest.mark.parametrize(
        ("act", "status", "sentence"),
        [
            ("pause", 409, "This survey is paused"),
            ("close", 410, "This survey is closed"),
        ],
    )
    def test_paused_and_closed_ones_say_so(
        self, browser: Client, survey: Survey, act: str, status: int, sentence: str
    ) -> None:
        sent = answers(token_on(browser), score="5")
        getattr(survey, act)(by=None, at=timezone.now())
        pages_seen = [
            browser.post(PAGE, sent),
            browser.post(PAGE, sent | {"a-score": ""}),
        ]
        stamps.renew(survey.slug)
        pages_seen += [browser.get(PAGE), browser.post(PAGE, sent | {"a-score": ""})]
        assert {page.status_code for page in pages_seen} <= {status, 422}
        assert pages_seen[0].status_code == pages_seen[2].status_code == status
        assert pages_seen[3].status_code == status
        assert sentence in words(pages_seen[2])
        assert not Response.objects.exists()

    def test_other_methods_are_not_allowed(self, browser: Client) -> None:
        response = browser.put(PAGE)
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD, POST"

    def test_a_database_that_is_down_is_not_the_customers_fault(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent = answers(token_on(browser), score="5", comment="Do not lose me")

        def fail(**_: object) -> None:
            raise OperationalError("server closed the connection")

        monkeypatch.setattr(respond.intake, "submit_response", fail)
        response = browser.post(PAGE, sent)
        assert response.status_code == 503
        assert response["Retry-After"]
        assert "Do not lose me" in words(response)


class TestPersonalLinks:
    def test_store_whose_answer_it_is(self, browser: Client, survey: Survey) -> None:
        response = send(browser, invitation(survey), score="3")
        stored = Response.objects.get()
        assert response.status_code == 200
        assert stored.customer == mara_detractor()
        assert stored.channel == Response.Channel.PERSONAL
        assert stored.region == "North"

    def test_note_when_they_were_opened(self, browser: Client, survey: Survey) -> None:
        browser.get(invitation(survey))
        assert Invitation.objects.get().opened_at

    def test_work_once(self, browser: Client, survey: Survey) -> None:
        link = invitation(survey)
        late = answers(token_on(browser, link), score="10")
        send(browser, link, score="3")
        assert browser.get(link).status_code == 409
        assert browser.post(link, late).status_code == 409
        assert Response.objects.get().nps == 3

    def test_answer_a_replay_the_same(self, browser: Client, survey: Survey) -> None:
        link = invitation(survey)
        sent = answers(token_on(browser, link), score="3")
        assert words(browser.post(link, sent)) == words(browser.post(link, sent))

    def test_expire(self, browser: Client, survey: Survey) -> None:
        link = invitation(survey, holds=timedelta(seconds=-1))
        assert browser.get(link).status_code == 410
        assert browser.post(link, {}).status_code == 410

    def test_that_were_changed_are_not_found(
        self, browser: Client, survey: Survey
    ) -> None:
        link = invitation(survey)
        changed = link[:10] + ("A" if link[10] != "A" else "B") + link[11:]
        assert browser.get(changed).status_code == 404
        assert browser.get(link[:-5] + "/").status_code == 404

    def test_whose_invitation_is_gone_are_not_found(
        self, browser: Client, survey: Survey
    ) -> None:
        link = invitation(survey)
        Invitation.objects.all().delete()
        assert browser.get(link).status_code == 404


class TestTestLinks:
    @pytest.fixture
    def link(self, survey: Survey) -> str:
        trial = survey.freeze_trial(by=manager_milo(), at=timezone.now())
        return f"{PAGE}?test={trial_token(trial)}"

    def test_say_that_it_is_a_test(self, browser: Client, link: str) -> None:
        page = words(browser.get(link))
        assert 'class="banner"' in page
        assert "&amp;lang=zh-hans" in page

    def test_keep_their_answers_apart(self, browser: Client, link: str) -> None:
        response = send(browser, link, score="1")
        assert response.status_code == 200
        assert 'class="banner"' in words(response)
        assert Response.objects.get().is_test
        assert not Response.objects.counted().exists()

    def test_work_before_publication(self, browser: Client, survey: Survey) -> None:
        draft = Survey.objects.create(
            slug="draft",
            name="Draft",
            touchpoint=support_call(),
            draft=survey.draft,
            created_at=timezone.now(),
        )
        token = trial_token(draft.freeze_trial(by=None, at=timezone.now()))
        assert browser.get(f"/s/draft/?test={token}").status_code == 200

    def test_that_were_changed_are_not_found(self, browser: Client, link: str) -> None:
        assert browser.get(link[:-2]).status_code == 404
        assert browser.get(PAGE + "?test=1").status_code == 404

    def test_cannot_turn_real_answers_into_tests(
        self, browser: Client, link: str
    ) -> None:
        assert (
            browser.post(link, answers(token_on(browser), score="1")).status_code == 400
        )


class TestPrograms:
    def test_that_fill_the_hidden_field_are_thanked_and_held_back(
        self, browser: Client
    ) -> None:
        sent = answers(token_on(browser), score="1") | {"confirm-code": "cheap pills"}
        assert browser.post(PAGE, sent).status_code == 200
        assert Response.objects.get().flags == ["honeypot"]
        assert not Response.objects.counted().exists()
        assert not Event.objects.filter(name="survey.response_submitted").exists()

    def test_that_are_too_quick_are_asked_again(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(respond, "FASTEST", timedelta(seconds=60))
        first = send(browser, score="4")
        assert first.status_code == 422
        assert "That was very quick." in words(first)
        assert 'id="a-score-4" name="a-score" value="4" required checked' in words(
            first
        )
        monkeypatch.setattr(respond, "FASTEST", timedelta(0))
        found = TOKEN.search(words(first))
        assert found
        assert browser.post(PAGE, answers(found[1], score="4")).status_code == 200

    def test_that_flood_are_slowed_down(
        self, browser: Client, settings: LazySettings
    ) -> None:
        settings.ANSWERS_PER_MINUTE = 2
        flood = f"10.9.{uuid4().int % 250}.{uuid4().int % 250}"
        browser.defaults["REMOTE_ADDR"] = flood
        statuses = [send(browser, score="1").status_code for _ in range(3)]
        refused = browser.post(PAGE, answers(token_on(browser), score="1"))
        assert statuses == [200, 200, 429]
        assert 0 < int(refused["Retry-After"]) <= 60
        assert Response.objects.count() == 2


class TestFormPage:
    def test_leaves_no_slot_unfilled(self, survey: Survey) -> None:
        assert survey.version
        page = pages.form_page(survey.version.pk, "en", "the-token", "")
        assert not any(mark in page for mark in b"\x02\x03")
        assert b'value="the-token"' in page
