"""What an open page asks every two seconds."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import condition, require_safe

from dashboards import fresh
from surveys.intake import local_day
from teams.access import StaffRequest, requires
from teams.roles import Ability

LARGEST = 2**31


def _stamp(request: HttpRequest) -> str:
    asked = request.GET.get("board", "")
    board = int(asked) if asked.isascii() and asked.isdigit() else LARGEST
    today = local_day(timezone.now())
    return fresh.stamp(today=today, board=min(board, LARGEST))


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def stamp(request: StaffRequest) -> HttpResponse:
    """304 while nothing has changed since the stamp that the page knows."""
    return _told(request)


@condition(etag_func=_stamp)
def _told(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=200, headers={"Cache-Control": "private, no-cache"})
