"""A person's choice: what is counted under the bell, what comes by mail, and when."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from teams import notice_choices as choices
from teams.access import StaffRequest
from teams.forms.notices import NoticeForm
from teams.notice_hours import hours_of
from teams.time_zones import zone_of


@require_http_methods(["GET", "POST"])
def notice_choices(request: HttpRequest) -> HttpResponse:
    me = cast(StaffRequest, request).user
    form = NoticeForm(
        request.POST or None,
        kinds=choices.kinds_for(me),
        wishes=choices.wishes_of(me),
        initial={"quiet_from": me.quiet_from, "quiet_until": me.quiet_until},
    )
    if form.is_valid():
        quiet = form.cleaned_data["quiet_from"], form.cleaned_data["quiet_until"]
        choices.choose(me, form.wishes(), quiet=quiet, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("teams:notice_choices")
    context = {"form": form, "zone": zone_of(me), "has_hours": bool(hours_of(me))}
    status = 422 if form.is_bound else 200
    return render(request, "teams/notice_choices.html", context, status=status)
