"""Django, as a server asks it."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponse

# An open survey: what customers ask for most, and what asks the database nothing.
OPEN = "/s/"

# What is read of a form that was refused, so that its sender sees why: a video that
# somebody took with a phone, and as long as somebody waits.
MOST_BYTES = 64 * 1024 * 1024
MOST_SECONDS = 20
CHUNK_BYTES = 256 * 1024


class Application:
    """Django; but nobody looks after connections for a page that uses none.

    Django's signals do, before and after each request: a third of what such a page
    takes. One that does ask, as the first of a new version does, replaces a lost
    connection by itself.

    Whoever sends more than we take is heard to the end: a browser that is still
    sending when its connection closes shows that, and not our answer.
    """

    def __init__(self, django: WSGIHandler) -> None:
        self.django = django

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if not _asks_nothing(environ):
            answer = self.django(environ, start_response)
            if isinstance(answer, HttpResponse) and answer.status_code >= 400:
                _read_the_rest(environ)
            return answer
        response = self.django.get_response(WSGIRequest(environ))
        assert isinstance(response, HttpResponse)
        status = f"{response.status_code} {response.reason_phrase}"
        start_response(status, list(response.items()))
        return [response.content]


def _asks_nothing(environ: dict[str, Any]) -> bool:
    return (
        environ["REQUEST_METHOD"] == "GET"
        and environ["PATH_INFO"].startswith(OPEN)
        and not environ.get("QUERY_STRING")
    )


def _read_the_rest(environ: dict[str, Any]) -> None:
    left = MOST_BYTES
    until = time.monotonic() + MOST_SECONDS
    while left > 0 and time.monotonic() < until:
        read = len(environ["wsgi.input"].read(CHUNK_BYTES))
        if not read:
            return
        left -= read
