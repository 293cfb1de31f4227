"""Django, as a server asks it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponse

# An open survey: what customers ask for most, and what asks the database nothing.
OPEN = "/s/"


class Application:
    """Django; but nobody looks after connections for a page that uses none.

    Django's signals do, before and after each request: a third of what such a page
    takes. One that does ask, as the first of a new version does, replaces a lost
    connection by itself.
    """

    def __init__(self, django: WSGIHandler) -> None:
        self.django = django

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if not _asks_nothing(environ):
            return self.django(environ, start_response)
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
