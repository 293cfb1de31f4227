"""What people set for themselves."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from teams.access import StaffRequest
from teams.forms.profile import ProfileForm
from teams.people import change_person


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    me = cast(StaffRequest, request).user
    form = ProfileForm(request.POST or None, initial=ProfileForm.values_of(me))
    if form.is_valid():
        change_person(me, by=me, at=timezone.now(), **form.cleaned_data)
        translation.activate(me.language or translation.get_language())
        messages.success(request, _("Saved."))
        return redirect("teams:settings")
    return render(request, "teams/profile.html", {"form": form})


@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """Present people get new tickets; people who are away keep what they have."""
    me = cast(StaffRequest, request).user
    is_present = request.POST.get("is_present") == "true"
    change_person(me, by=me, at=timezone.now(), is_present=is_present)
    messages.success(
        request,
        _("You are at work: new tickets can come to you.")
        if is_present
        else _("You are away: new tickets go to others."),
    )
    return redirect(_back_to(request))


def _back_to(request: HttpRequest) -> str:
    here = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(here, {request.get_host()})
    return here if is_ours else "/"
