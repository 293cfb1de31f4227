"""The bell and what is under it."""

from typing import cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from teams.access import StaffRequest
from teams.notices import sentence_for

PAGE = 25


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    mine = cast(StaffRequest, request).user.notifications.order_by("-created_at", "-id")
    page = Paginator(mine, PAGE).get_page(request.GET.get("page"))
    notices = [(notice, sentence_for(notice)) for notice in page]
    return render(
        request, "teams/notifications.html", {"page_obj": page, "notices": notices}
    )


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
    unread = cast(StaffRequest, request).user.notifications.unread()
    unread.update(read_at=timezone.now())
    return redirect("teams:notifications")
