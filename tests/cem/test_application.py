"""The application as a server asks it."""

import io
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started

from cem.application import Application
from tests.personas import nps_survey

pytestmark = pytest.mark.django_db


def ask(path: str, method: str = "GET") -> tuple[str, dict[str, str], bytes]:
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.partition("?")[0],
        "QUERY_STRING": path.partition("?")[2],
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_ACCEPT_LANGUAGE": "zh-CN",
        "CONTENT_LENGTH": "0",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    heads: list[tuple[str, list[tuple[str, str]]]] = []
    answer = Application(WSGIHandler())(environ, lambda *head: heads.append(head))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return heads[0][0], dict(heads[0][1]), body


@pytest.fixture
def looked_after() -> Iterator[list[str]]:
    """What is done before and after a request, in order; not the real thing, which
    would close the test's own connection."""
    found: list[str] = []

    def started(**_more: Any) -> None:
        found.append("before")

    def finished(**_more: Any) -> None:
        found.append("after")

    kept = request_started.receivers, request_finished.receivers
    request_started.receivers, request_finished.receivers = [], []
    request_started.connect(started)
    request_finished.connect(finished)
    yield found
    request_started.receivers, request_finished.receivers = kept


class TestAnOpenSurvey:
    def test_is_shown_without_looking_after_connections(
        self, looked_after: list[str]
    ) -> None:
        nps_survey()
        status, headers, body = ask("/s/support-nps/")
        assert (status, looked_after) == ("200 OK", [])
        assert headers["Content-Length"] == str(len(body))
        assert "default-src" in headers["Content-Security-Policy"]
        assert b'<html lang="zh-hans">' in body

    def test_is_refused_in_the_same_way(self, looked_after: list[str]) -> None:
        status, headers, body = ask("/s/nothing-like-it/")
        assert (status, looked_after) == ("404 Not Found", [])
        assert headers["Content-Length"] == str(len(body))

    def test_is_answered_with_connections_looked_after(
        self, looked_after: list[str]
    ) -> None:
        nps_survey()
        assert ask("/s/support-nps/", "POST")[0] != "200 OK"
        assert ask("/s/support-nps/?score=9")[0] == "200 OK"
        assert looked_after == ["before", "after"] * 2
