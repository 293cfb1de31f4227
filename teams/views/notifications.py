"""The bell and what is under it."""

from datetime import datetime
from typing import cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from teams.access import StaffRequest
from teams.notice_list import entries_of, found_for, lines_of

PAGE = 25


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    me, asked = cast(StaffRequest, request).user, request.GET
    words, only_unread = asked.get("q", "").strip(), asked.get("show") == "unread"
    since, until = _span(asked)
    found = found_for(
        me, words=words, only_unread=only_unread, since=since, until=until
    )
    lines = lines_of(found, grouped=since is None)
    page = Paginator(lines, PAGE).get_page(asked.get("page"))
    context = {
        "page_obj": page,
        "entries": entries_of(page.object_list),
        "q": words,
        "only_unread": only_unread,
        "since": since,
        "until": until,
    }
    return render(request, "teams/notifications.html", context)


@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    unread = cast(StaffRequest, request).user.notifications.unread().count()
    return render(request, "teams/_bell.html", {"unread": unread})


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it points."""
    mine = cast(StaffRequest, request).user.notifications.all()
    notice = get_object_or_404(mine, pk=pk)
    notice.mark_read(at=timezone.now())
    return redirect(notice.url or "teams:notifications")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """All of them, or those of one storm."""
    since, until = _span(request.POST)
    found = found_for(cast(StaffRequest, request).user, since=since, until=until)
    found.unread().update(read_at=timezone.now())
    return redirect("teams:notifications")


def _span(asked: QueryDict) -> tuple[datetime | None, datetime | None]:
    """Both ends of a storm, or neither where one cannot be read."""
    since, until = _instant(asked.get("since", "")), _instant(asked.get("until", ""))
    return (since, until) if since and until else (None, None)


def _instant(text: str) -> datetime | None:
    try:
        instant = parse_datetime(text)
    except ValueError:
        return None
    return instant if instant and timezone.is_aware(instant) else None
