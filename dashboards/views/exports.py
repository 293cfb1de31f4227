"""Files of a page or of one part of it."""

from django.http import Http404, HttpResponse
from django.http.response import FileResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from dashboards import chromium, report_files
from dashboards.asked_page import AskedPage, asked_page
from dashboards.models import ReportFile, WorkState
from dashboards.report import Impossible
from dashboards.report_parts import only, parts_of
from dashboards.spreadsheets import CSV, XLSX, csv_of, xlsx_of
from dashboards.views.reports import refused
from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability

DRAWN = ("pdf", "png")


@requires(Ability.SEE_DASHBOARDS)
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: StaffRequest) -> HttpResponse:
    """What to take, and as what; a POST takes it."""
    now, asked = timezone.now(), asked_page(request)
    try:
        if request.method == "POST":
            return _taken(request, asked)
        report = asked.report(request.user, at=now)
    except Impossible as problem:
        return refused(request, str(problem))
    context = {
        "asked": asked,
        "report": report,
        "parts": parts_of(report),
        "part": request.GET.get("part", ""),
        "has_pictures": chromium.find_program() is not None,
    }
    return render(request, "dashboards/reports/export.html", context)


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def report_file(request: StaffRequest, pk: int) -> HttpResponse:
    order = file_for(request.user, pk)
    is_outdated = order.state == WorkState.DONE and report_files.is_outdated(order)
    context = {"order": order, "is_outdated": is_outdated}
    # Asked again and again by the page itself, which needs no more than the card.
    part = "_file.html" if request.htmx else "file.html"  # type: ignore[attr-defined]
    return render(request, f"dashboards/reports/{part}", context)


@requires(Ability.SEE_DASHBOARDS)
@require_POST
def report_file_again(request: StaffRequest, pk: int) -> HttpResponse:
    order = file_for(request.user, pk)
    report_files.start_again(order, at=timezone.now())
    return redirect("dashboards:report_file", order.pk)


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def report_file_download(request: StaffRequest, pk: int) -> HttpResponseBase:
    order = file_for(request.user, pk)
    if order.state != WorkState.DONE or report_files.is_outdated(order):
        return redirect("dashboards:report_file", order.pk)
    try:
        file = report_files.path_of(order).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        file,
        as_attachment=True,
        filename=_name(order.title, order.kind),
        content_type=report_files.CONTENT_TYPES[order.kind],
    )
    response["Cache-Control"] = "no-store"
    return response


def file_for(user: User, pk: int) -> ReportFile:
    """The person's own, while it is kept."""
    mine = ReportFile.objects.select_related("asked_by")
    return get_object_or_404(mine, pk=pk, asked_by=user, expires_at__gt=timezone.now())


def _taken(request: StaffRequest, asked: AskedPage) -> HttpResponse:
    now, user = timezone.now(), request.user
    kind, part = request.POST.get("kind", ""), request.POST.get("part", "")
    if kind in DRAWN:
        order = report_files.ask_for(
            user,
            asked.key,
            asked.query,
            part=part,
            kind=kind,
            at=now,
            language=get_language() or "en",
        )
        return redirect("dashboards:report_file", order.pk)
    if kind not in ("csv", "xlsx"):
        raise Http404
    report = asked.report(user, at=now)
    report = only(report, part) if part else report
    report_files.note_export(user, asked.key, asked.encoded, kind, at=now)
    if kind == "csv":
        return _download(csv_of(report), _name(report.title, kind), CSV)
    return _download(xlsx_of(report, at=now), _name(report.title, kind), XLSX)


def _download(held: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(held, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "no-store"
    return response


def _name(title: str, kind: str) -> str:
    return f"{slugify(title, allow_unicode=True)[:80] or 'report'}.{kind}"
