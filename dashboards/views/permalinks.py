"""Numbers that somebody kept."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboards import permalinks
from dashboards.asked_page import asked_page
from dashboards.kept_numbers import as_json, drawable
from dashboards.models import Permalink
from dashboards.registry import METRICS
from dashboards.report import Impossible
from dashboards.shareable import PAGES
from teams.access import StaffRequest, requires
from teams.roles import Ability

PER_PAGE = 50


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def keep(request: StaffRequest) -> HttpResponse:
    asked = asked_page(request)
    try:
        kept = permalinks.keep(request.user, asked.key, asked.query, at=timezone.now())
    except Impossible as problem:
        messages.error(request, str(problem))
        return redirect(asked.url)
    messages.success(request, _("The numbers are kept as they are."))
    return redirect(kept)


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def kept_list(request: StaffRequest) -> HttpResponse:
    mine = Permalink.objects.filter(kept_by=request.user).defer("numbers")
    pages = Paginator(mine.order_by("-kept_at"), PER_PAGE)
    context = {"page_obj": pages.get_page(request.GET.get("page"))}
    return render(request, "dashboards/kept_list.html", context)


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def kept(request: StaffRequest, token: str) -> HttpResponse:
    link = get_object_or_404(Permalink.objects.select_related("kept_by"), token=token)
    again = permalinks.again(request.user, link, at=timezone.now())
    may_see = permalinks.may_see(request.user, link)
    shown = None
    if may_see:
        shown = link.numbers
    elif again.report:
        shown = as_json(again.report)
    context = {
        "link": link,
        "may_see": may_see,
        "again": again,
        "report": shown and {**shown, "sections": drawable(shown)},
        "page_url": _page_url(link),
        "versions": [
            (METRICS[key].label if key in METRICS else key, version)
            for key, version in link.versions.items()
        ],
    }
    return render(request, "dashboards/kept.html", context)


def _page_url(link: Permalink) -> str:
    """The page itself, where it still is one."""
    page = PAGES.get(link.page)
    return page.url(QueryDict(link.query)) if page else ""
