"""Where people land, the language they read, and light or dark colours."""

from datetime import timedelta
from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import i18n
from django.views.decorators.http import require_POST

from teams.access import StaffRequest
from teams.models import User
from teams.navigation import home_of
from teams.people import change_person

# Of this browser alone: a screen in a bright room is not the one at home.
LOOK, LOOKS = "look", ("light", "dark")
REMEMBERED = timedelta(days=365)


def home(request: HttpRequest) -> HttpResponse:
    return redirect(home_of(cast(StaffRequest, request).user))


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remembered on the person when signed in, and in the browser's cookie."""
    language = request.POST.get("language", "")
    user = request.user
    if isinstance(user, User) and language in dict(settings.LANGUAGES):
        change_person(user, by=user, at=timezone.now(), language=language)
    return i18n.set_language(request)


@require_POST
def set_look(request: HttpRequest) -> HttpResponse:
    """Light or dark, remembered in the browser's cookie; back to where one was."""
    address = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        address = "/"
    response = redirect(address)
    if (look := request.POST.get("look")) in LOOKS:
        response.set_cookie(
            LOOK,
            look,
            max_age=REMEMBERED,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
