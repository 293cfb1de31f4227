"""What was shared and is mailed: the list, and new links."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from dashboards import sharing
from dashboards.asked_page import asked_page
from dashboards.models import ReportFile, Schedule, ShareLink
from dashboards.report import Impossible
from dashboards.report_forms import LinkForm
from dashboards.report_rows import link_rows, schedule_rows
from teams.access import StaffRequest, can, requires
from teams.models import User
from teams.roles import Ability

MOST_SHOWN = 200


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def reports(request: StaffRequest) -> HttpResponse:
    """One's own; administrators see everybody's."""
    now = timezone.now()
    files = ReportFile.objects.filter(asked_by=request.user, expires_at__gt=now)
    context = {
        "links": link_rows(links_of(request.user)[:MOST_SHOWN], at=now),
        "schedules": schedule_rows(schedules_of(request.user)[:MOST_SHOWN]),
        "files": files.order_by("-asked_at")[:20],
        "sees_all": sees_all(request.user),
    }
    return render(request, "dashboards/reports/list.html", context)


@never_cache
@requires(Ability.SHARE_DASHBOARDS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_link(request: StaffRequest) -> HttpResponse:
    """The address is in the answer to the POST and nowhere else."""
    now, asked = timezone.now(), asked_page(request)
    try:
        report = asked.report(request.user, at=now)
    except Impossible as problem:
        return refused(request, str(problem))
    form = LinkForm(request.POST or None, initial={"label": report.title})
    context = {"asked": asked, "report": report, "form": form}
    if form.is_valid():
        link, secret = sharing.share(
            request.user, asked.key, asked.query, form.terms(), at=now
        )
        path = reverse("shared_dashboard", args=[secret])
        context |= {"link": link, "address": request.build_absolute_uri(path)}
    return render(request, "dashboards/reports/new_link.html", context)


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def link_revocation(request: StaffRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(links_of(request.user), pk=pk)
    sharing.revoke(link, by=request.user, at=timezone.now())
    messages.success(request, _("The link opens nothing any more."))
    return redirect("dashboards:reports")


def links_of(user: User) -> QuerySet[ShareLink]:
    if not can(user, Ability.SEE_DASHBOARDS):
        raise PermissionDenied
    found = ShareLink.objects.select_related("owner").order_by("-created_at")
    return found if sees_all(user) else found.filter(owner=user)


def schedules_of(user: User) -> QuerySet[Schedule]:
    found = Schedule.objects.select_related("owner").order_by("label", "pk")
    return found if sees_all(user) else found.filter(owner=user)


def sees_all(user: User) -> bool:
    return can(user, Ability.MANAGE_SYSTEM)


def refused(request: StaffRequest, problem: str) -> HttpResponse:
    """The address of the page makes no sense, so there is nothing to share."""
    context = {"problem": problem}
    return render(request, "dashboards/reports/refused.html", context, status=400)
