"""A person's own keys to the API."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from teams.access import StaffRequest
from teams.forms.tokens import TokenForm
from teams.models import ApiToken


@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The secret is in the answer to the POST and nowhere else."""
    me = cast(StaffRequest, request).user
    form = TokenForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        token, secret = ApiToken.issue(user=me, at=timezone.now(), **form.cleaned_data)
        context = {"form": TokenForm(), "new_token": token, "secret": secret}
    mine = me.api_tokens.filter(revoked_at=None).order_by("-created_at")
    return render(request, "teams/tokens.html", {**context, "tokens": mine})


@require_POST
def token_revocation(request: HttpRequest, pk: int) -> HttpResponse:
    mine = cast(StaffRequest, request).user.api_tokens.filter(revoked_at=None)
    get_object_or_404(mine, pk=pk).revoke(at=timezone.now())
    messages.success(request, _("Nobody can use this token any more."))
    return redirect("teams:tokens")
