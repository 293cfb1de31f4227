"""Who is away: one's own absences, and those of one's people."""

from datetime import datetime, timedelta
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams import absences
from teams.access import StaffRequest
from teams.forms.absences import AbsenceForm
from teams.models import Absence, User

PAGE = 25


@require_GET
def absence_list(request: HttpRequest) -> HttpResponse:
    me, now = cast(StaffRequest, request).user, timezone.now()
    words = request.GET.get("q", "").strip()
    is_past = request.GET.get("state") == "past"
    found = absences.visible_to(me).select_related("user", "deputy")
    if words:
        found = found.filter(
            Q(user__name__icontains=words) | Q(deputy__name__icontains=words)
        )
    found = (
        found.filter(ends_at__lte=now).order_by("-ends_at", "pk")
        if is_past
        else found.filter(ends_at__gt=now).order_by("starts_at", "pk")
    )
    return render(
        request,
        "teams/absences.html",
        {
            "page_obj": Paginator(found, PAGE).get_page(request.GET.get("page")),
            "q": words,
            "is_past": is_past,
            "has_people": absences.people_of(me).exclude(pk=me.pk).exists(),
            "now": now,
        },
    )


@require_http_methods(["GET", "POST"])
def new_absence(request: HttpRequest) -> HttpResponse:
    me, now = cast(StaffRequest, request).user, timezone.now()
    return _edit(request, _suggested(me, request.GET.get("person", ""), at=now), at=now)


@require_http_methods(["GET", "POST"])
def absence(request: HttpRequest, pk: int) -> HttpResponse:
    me, now = cast(StaffRequest, request).user, timezone.now()
    current = absences.visible_to(me).filter(ends_at__gt=now)
    return _edit(request, get_object_or_404(current, pk=pk), at=now)


@require_POST
def absence_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Back already, or not away after all."""
    me, now = cast(StaffRequest, request).user, timezone.now()
    found = get_object_or_404(absences.visible_to(me), pk=pk)
    try:
        absences.end(found, by=me, at=now)
    except absences.NotAnAbsence as refusal:
        messages.error(request, str(refusal))
    else:
        begun = found.starts_at < now
        messages.success(
            request,
            _("%(name)s is back: new tickets can come again.") % {"name": found.user}
            if begun
            else _("The absence is called off."),
        )
    return redirect("teams:absences")


def _edit(request: HttpRequest, absence: Absence, *, at: datetime) -> HttpResponse:
    me, data = cast(StaffRequest, request).user, request.POST or None
    form = AbsenceForm(data, absence=absence, by=me)
    if form.is_valid():
        try:
            absences.enter(form.filled(), by=me, at=at)
        except absences.NotAnAbsence as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The absence is saved."))
            return redirect("teams:absences")
    status = 422 if form.is_bound else 200
    context = {"form": form, "absence": absence, "is_new": absence.pk is None}
    return render(request, "teams/absence.html", context, status=status)


def _suggested(me: User, person: str, *, at: datetime) -> Absence:
    """From tomorrow's first hour, for a week."""
    start = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    start += timedelta(days=1)
    chosen = int(person) if person.isascii() and person.isdigit() else me.pk
    return Absence(user_id=chosen, starts_at=start, ends_at=start + timedelta(days=7))
