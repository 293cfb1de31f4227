"""Pages of the dashboards for people without a sign-in."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dashboards import sharing
from dashboards.definitions import definitions_in
from dashboards.models import ShareLink
from dashboards.opening_limit import seconds_to_wait
from dashboards.report import Impossible, Report
from surveys.addresses import address_of

_ASK = _("Ask whoever gave you the link for a new one.")
CLOSED: dict[type[Exception], tuple[str | Promise, str | Promise]] = {
    sharing.Revoked: (_("This link was taken back"), _ASK),
    sharing.Expired: (_("This link has expired"), _ASK),
    sharing.OwnerGone: (
        _("This link is closed"),
        _("Whoever shared this page may not share it any more."),
    ),
}
_GONE = (_("There is nothing to show here any more"), _ASK)


@login_not_required
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """`/d/<token>/`"""
    now = timezone.now()
    wait = seconds_to_wait(address_of(request))
    if wait:
        answer = _notice(
            request,
            (_("Too many openings"), _("Please try again in a minute.")),
            status=429,
        )
        answer["Retry-After"] = str(wait)
        return answer
    link = sharing.find_link(token)
    if link is None:
        words = (
            _("We cannot find this page"),
            _("The link may be incomplete. Please copy all of it."),
        )
        return _notice(request, words, status=404)
    try:
        report = sharing.open_link(link, at=now)
    except sharing.Closed as closed:
        return _notice(request, CLOSED[type(closed)], status=410)
    except (Impossible, Http404, PermissionDenied):
        return _notice(request, _GONE, status=410)
    if request.method == "GET":
        sharing.note_opening(link, at=now)
    return _page(request, report, link)


def _page(request: HttpRequest, report: Report, link: ShareLink) -> HttpResponse:
    context = {
        "report": report,
        "link": link,
        "definitions": definitions_in(report),
        "has_figures": any(section.figures for section in report.sections),
    }
    return _unlisted(render(request, "dashboards/shared/report.html", context))


def _notice(
    request: HttpRequest, words: tuple[str | Promise, str | Promise], *, status: int
) -> HttpResponse:
    title, text = words
    context = {"title": title, "text": text}
    return _unlisted(
        render(request, "dashboards/shared/notice.html", context, status=status)
    )


def _unlisted(response: HttpResponse) -> HttpResponse:
    """In no search engine, no cache, and the address in nobody's log of referrers."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    add_never_cache_headers(response)
    return response
