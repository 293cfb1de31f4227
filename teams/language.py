"""A signed-in person's own language wins over the browser's, and their time zone."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from teams.models import User
from teams.time_zones import zone_of


class UserLanguage:
    """Middleware, after authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        if isinstance(request.user, User):
            with timezone.override(zone_of(request.user)):
                return self.get_response(request)
        return self.get_response(request)
