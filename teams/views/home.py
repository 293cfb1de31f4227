"""Where people land, and the language they read."""

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views import i18n
from django.views.decorators.http import require_POST

from teams.access import StaffRequest
from teams.models import User
from teams.navigation import home_of
from teams.people import change_person


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
