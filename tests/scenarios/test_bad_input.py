"""Whatever is sent to a real web server: a clear sentence, the right status, no trace.

Each case in both languages: bad input is where a translation is most easily forgotten.
"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from django.utils import timezone

from cem.local.ports import LOOPBACK
from events.models import Event
from surveys import field
from surveys.invitations import Letter, invite, link_of
from surveys.models import Invitation, Response, Survey
from tests.personas import manager_milo, mara_detractor, nps_survey
from tests.processes import Installation
from tests.respondents import form_of, response_id
from tests.visitor import Seen, Visitor

PAGE = "/s/support-nps/"
LANGUAGES = ("en", "zh-hans")
BOTH = pytest.mark.parametrize("language", LANGUAGES)


@dataclass
class Field:
    """A web server with a live, a paused and a closed survey."""

    installation: Installation
    survey: Survey

    def visitor(self, language: str) -> Visitor:
        return Visitor(self.installation.address, language=language)

    def send(self, language: str, path: str = PAGE, **given: str) -> Seen:
        """A fresh form with these answers."""
        form = form_of(self.survey, response_id(), language=language, **given)
        return self.visitor(language).send(path, form)


@pytest.fixture(scope="module")
def asked(installation: Installation) -> Iterator[Field]:
    survey = nps_survey()
    for slug, act in (("paused", field.pause), ("closed", field.close)):
        act(nps_survey(slug), by=None, at=timezone.now())
    installation.web.start()
    yield Field(installation, survey)
    assert "Traceback" not in installation.web.log.read_text()


@pytest.fixture(autouse=True)
def _nothing_is_half_stored(asked: Field) -> Iterator[None]:
    """Every response has its one event, and the other way round."""
    yield
    told = Event.objects.filter(name="survey.response_submitted")
    stored = Response.objects.values_list("pk", flat=True)
    assert sorted(told.values_list("subject_id", flat=True)) == sorted(map(str, stored))


def check(seen: Seen, status: int, language: str, sentences: tuple[str, str]) -> None:
    assert (seen.status, seen.language) == (status, language)
    assert sentences[LANGUAGES.index(language)] in seen.text


def personal_path(survey: Survey, *, holds: timedelta = timedelta(days=1)) -> str:
    letter = Letter(Invitation.Channel.LINK, "en", holds)
    invitation = invite(
        survey, mara_detractor(), letter=letter, by=manager_milo(), at=timezone.now()
    )
    return urlsplit(link_of(invitation)).path


@BOTH
class TestALinkThatLeadsNowhere:
    @pytest.mark.parametrize(
        ("path", "status", "sentences"),
        [
            ("/s/unknown/", 404, ("We cannot find this survey", "找不到这份问卷")),
            ("/s/%00/", 404, ("We cannot find this survey", "找不到这份问卷")),
            ("/i/AAAA/", 404, ("We cannot find this survey", "找不到这份问卷")),
            ("/s/paused/", 409, ("This survey is paused", "问卷已暂停")),
            ("/s/closed/", 410, ("This survey is closed", "问卷已关闭")),
        ],
    )
    def test_says_why(
        self,
        asked: Field,
        language: str,
        path: str,
        status: int,
        sentences: tuple[str, str],
    ) -> None:
        check(asked.visitor(language).get(path), status, language, sentences)

    @pytest.mark.parametrize(
        ("slug", "status", "sentences"),
        [
            ("paused", 409, ("This survey is paused", "问卷已暂停")),
            ("closed", 410, ("This survey is closed", "问卷已关闭")),
        ],
    )
    def test_takes_no_answer(
        self,
        asked: Field,
        language: str,
        slug: str,
        status: int,
        sentences: tuple[str, str],
    ) -> None:
        form = form_of(nps_survey(slug), response_id(), language=language, score="3")
        seen = asked.visitor(language).send(f"/s/{slug}/", form)
        check(seen, status, language, sentences)

    def test_says_that_a_personal_link_has_expired(
        self, asked: Field, language: str
    ) -> None:
        path = personal_path(asked.survey, holds=timedelta(seconds=-1))
        seen = asked.send(language, path, score="3")
        check(seen, 410, language, ("This link has expired", "链接已过期"))

    def test_says_that_a_personal_link_was_used(
        self, asked: Field, language: str
    ) -> None:
        path = personal_path(asked.survey)
        assert asked.send(language, path, score="3").status == 200
        seen = asked.send(language, path, score="9")
        check(seen, 409, language, ("You have already answered", "您已经回答过了"))


@BOTH
class TestAnAnswerThatCannotBe:
    @pytest.mark.parametrize(
        ("given", "sentences"),
        [
            ({}, ("Please answer this question.", "请回答这个问题。")),
            (
                {"score": "11"},
                ("choose a whole number from 0 to 10.", "请选择 0 到 10 之间的整数。"),
            ),
            (
                {"score": "-1"},
                ("choose a whole number from 0 to 10.", "请选择 0 到 10 之间的整数。"),
            ),
            (
                {"score": "7.5"},
                ("choose a whole number from 0 to 10.", "请选择 0 到 10 之间的整数。"),
            ),
            (
                {"score": "٧"},
                ("choose a whole number from 0 to 10.", "请选择 0 到 10 之间的整数。"),
            ),
            (
                {"score": "5", "comment": "x" * 1_000_000},
                ("keep it under 5000 characters.", "请控制在 5000 个字以内。"),
            ),
        ],
        ids=["missing", "too high", "too low", "not whole", "other digits", "1 MB"],
    )
    def test_is_shown_again_with_the_reason(
        self,
        asked: Field,
        language: str,
        given: dict[str, str],
        sentences: tuple[str, str],
    ) -> None:
        check(asked.send(language, **given), 422, language, sentences)

    @pytest.mark.parametrize("size", [2_200_000, 20_000_000])
    def test_is_refused_where_it_is_larger_than_any_form(
        self, asked: Field, language: str, size: int
    ) -> None:
        seen = asked.send(language, score="5", comment="x" * size)
        check(seen, 413, language, ("These answers are too long", "回答的内容太长"))

    def test_is_refused_where_the_form_was_changed(
        self, asked: Field, language: str
    ) -> None:
        form = form_of(asked.survey, response_id(), language=language, score="3")
        form["form"] = f"{uuid4()}{form['form'][36:]}"
        seen = asked.visitor(language).send(PAGE, form)
        check(
            seen, 400, language, ("These answers could not be read", "无法读取这些回答")
        )


@BOTH
class TestAnAnswerThatIsOnlyUnusual:
    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("a\x00b\x07c", "abc"),
            ("😀👩‍👩‍👧 很好", "😀👩‍👩‍👧 很好"),
            ("שלום مرحبا", "שלום مرحبا"),
            ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ],
        ids=["control characters", "emoji", "right to left", "formula"],
    )
    def test_is_stored(self, asked: Field, language: str, sent: str, kept: str) -> None:
        seen = asked.send(language, score="2", comment=sent)
        check(seen, 200, language, ("We are sorry.", "非常抱歉。"))
        assert Response.objects.latest("submitted_at").comment == kept

    def test_is_stored_once_though_sent_twice(
        self, asked: Field, language: str
    ) -> None:
        before = Response.objects.count()
        form = form_of(asked.survey, response_id(), language=language, score="9")
        answers = [asked.visitor(language).send(PAGE, form) for _ in range(2)]
        assert answers[0].text == answers[1].text
        check(answers[1], 200, language, ("Wonderful, thank you!", "太好了，谢谢！"))
        assert Response.objects.count() == before + 1

    def test_counts_for_the_version_that_was_shown(
        self, asked: Field, language: str
    ) -> None:
        survey = nps_survey(f"replaced-{language}")
        shown, form = (
            survey.version,
            form_of(survey, response_id(), language=language, score="2"),
        )
        field.publish(survey, by=None, at=timezone.now())
        seen = asked.visitor(language).send(f"/s/{survey.slug}/", form)
        check(seen, 200, language, ("We are sorry.", "非常抱歉。"))
        stored = Response.objects.latest("submitted_at")
        assert stored.version == shown != survey.version


class TestWhatIsNotEvenARequest:
    @pytest.mark.parametrize(
        "sent",
        [
            b"GET /s/support-nps/\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"POST /s/support-nps/ HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
            b"POST /s/support-nps/ HTTP/1.1\r\nHost: x\r\nContent-Length: a\r\n\r\n",
            b"GET /" + b"s" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        ],
        ids=["NUL", "negative length", "no length", "long address", "TLS"],
    )
    def test_is_turned_away(self, asked: Field, sent: bytes) -> None:
        port = asked.installation.port
        with socket.create_connection((LOOPBACK, port), timeout=10) as connection:
            connection.sendall(sent)
            answer = connection.recv(65_536)
        assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
        assert b"Traceback" not in answer

    def test_is_not_stored_where_the_connection_broke_off(self, asked: Field) -> None:
        made = response_id()
        form = form_of(asked.survey, made, score="3", comment="I waited for an hour.")
        body = urlencode(form).encode()
        head = (
            f"POST {PAGE} HTTP/1.1\r\nHost: {LOOPBACK}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        address = (LOOPBACK, asked.installation.port)
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(head.encode() + body[:-5])
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 400")
        assert asked.visitor("en").send(PAGE, form).status == 200
        assert Response.objects.get(pk=made).comment == "I waited for an hour."
