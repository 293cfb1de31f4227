"""Middleware, first of all: respondents' pages need no session, cookie or sign-in.

Everything below stands between a customer on slow mobile data and the survey, so it
is left out: the pages carry their own headers and are found by a table of two lines.
"""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict

from surveys import urls
from surveys.zipping import zip_for

NOTHING = QueryDict()


class RespondentPages:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        for prefix, view in urls.respondent_pages:
            if path.startswith(prefix):
                # The view replaces a lost connection by itself: no query to ask.
                connection.health_check_done = True  # type: ignore[attr-defined]
                if not request.META.get("QUERY_STRING"):
                    # To read nothing out of nothing takes as long as to sign the form.
                    request.GET = NOTHING
                return zip_for(request, view(request, path[len(prefix) :]))
        return self.get_response(request)
