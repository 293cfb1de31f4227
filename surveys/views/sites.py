"""The sites that may show surveys: an administrator's settings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from surveys import sites
from surveys.models import AllowedSite
from surveys.sharing_forms import SiteForm
from teams.access import StaffRequest, requires
from teams.roles import Ability

FORM_METHODS = ["GET", "HEAD", "POST"]


@never_cache
@requires(Ability.MANAGE_SYSTEM)
@require_http_methods(FORM_METHODS)
def site_list(request: StaffRequest) -> HttpResponse:
    form = SiteForm(request.POST or None)
    if not form.is_valid():
        return _page(request, {"form": form}, status=422 if form.is_bound else 200)
    now, origin = timezone.now(), form.cleaned_data["origin"]
    site, is_new = sites.allow(origin, by=request.user, at=now)
    if is_new:
        messages.success(
            request, _("Surveys may be shown on %(site)s.") % {"site": site}
        )
    else:
        messages.info(request, _("This site was allowed already."))
    return redirect("sites:list")


@requires(Ability.MANAGE_SYSTEM)
@require_http_methods(FORM_METHODS)
def removal(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks first; a POST does it."""
    site = get_object_or_404(AllowedSite, pk=pk)
    if request.method != "POST":
        return render(request, "surveys/site_removal.html", {"site": site})
    sites.disallow(site, by=request.user, at=timezone.now())
    messages.success(
        request, _("Surveys are not shown on %(site)s any more.") % {"site": site}
    )
    return redirect("sites:list")


@never_cache
@requires(Ability.MANAGE_SYSTEM)
@require_POST
def key(request: StaffRequest, pk: int) -> HttpResponse:
    """The key is in the answer to the POST and nowhere else."""
    site = get_object_or_404(AllowedSite, pk=pk)
    secret = sites.reveal_key(site, by=request.user, at=timezone.now())
    return _page(request, {"form": SiteForm(), "site": site, "secret": secret})


def _page(
    request: StaffRequest, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    allowed = AllowedSite.objects.select_related("added_by").order_by("origin")
    shown = {**context, "sites": allowed}
    return render(request, "surveys/sites.html", shown, status=status)
