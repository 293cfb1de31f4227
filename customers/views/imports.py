"""Pages of imports: upload, say what the columns mean, try, import, see what failed."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers import imports, tasks
from customers.csv_files import UnreadableFile, header_of, records_of
from customers.forms.imports import ColumnsForm, UploadForm
from customers.import_columns import guess_columns
from customers.import_lines import sentence_for
from customers.models import CustomerImport
from customers.models.imports import ImportIsRunning
from customers.spreadsheets import csv_response
from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability

PER_PAGE = 25
PREVIEWED = 3
SHOWN_ERRORS = 50


@requires(Ability.EDIT_CUSTOMERS)
def import_list(request: StaffRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = imports.take_in(
                file.read(imports.MAX_BYTES + 1),
                file_name=file.name,
                by=request.user,
                at=timezone.now(),
            )
        except UnreadableFile as problem:
            form.add_error("file", str(problem))
        else:
            return redirect("customers:import_columns", upload.pk)
    found = CustomerImport.objects.visible_to(request.user).defer("text", "errors")
    newest = found.select_related("created_by").order_by("-pk")
    return render(
        request,
        "customers/import_list.html",
        {
            "form": form,
            "page_obj": Paginator(newest, PER_PAGE).get_page(request.GET.get("page")),
        },
        status=422 if form.is_bound else 200,
    )


@requires(Ability.EDIT_CUSTOMERS)
def import_columns(request: StaffRequest, pk: int) -> HttpResponse:
    upload = import_for(request.user, pk)
    header = header_of(upload.text, upload.delimiter)
    chosen = upload.mapping.get("columns") or guess_columns(header)
    initial = {f"column_{index}": target for index, target in enumerate(chosen)}
    form = ColumnsForm(request.POST or None, header=header, initial=initial)
    if form.is_valid():
        return _start(request, upload, form.columns())
    return render(
        request,
        "customers/import_columns.html",
        {"upload": upload, "form": form, "columns": _preview(upload, form)},
        status=422 if form.is_bound else 200,
    )


@requires(Ability.EDIT_CUSTOMERS)
@require_safe
def import_detail(request: StaffRequest, pk: int) -> HttpResponse:
    upload = import_for(request.user, pk)
    if upload.state == CustomerImport.State.UPLOADED:
        return redirect("customers:import_columns", pk)
    shown = "customers/import.html"
    if request.headers.get("HX-Target") == "import-state":
        shown = "customers/_import_state.html"
    errors = [
        (error["line"], [sentence_for(problem) for problem in error["problems"]])
        for error in upload.errors[:SHOWN_ERRORS]
    ]
    return render(request, shown, {"upload": upload, "errors": errors})


@requires(Ability.EDIT_CUSTOMERS)
@require_POST
def import_run(request: StaffRequest, pk: int) -> HttpResponse:
    """The same columns again: after a dry run, after a failure, or once more."""
    upload = import_for(request.user, pk)
    columns = upload.mapping.get("columns")
    if not columns:
        return redirect("customers:import_columns", pk)
    return _start(request, upload, columns)


@requires(Ability.EDIT_CUSTOMERS)
@require_safe
def import_errors(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The failed lines as they were, with line number and reason in front."""
    upload = import_for(request.user, pk)
    return csv_response(f"errors-{upload.pk}.csv", _failed_lines(upload))


@requires(Ability.EDIT_CUSTOMERS)
@require_POST
def import_delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Forget the file and its report; imported customers stay."""
    upload = import_for(request.user, pk)
    if upload.state == CustomerImport.State.RUNNING:
        messages.error(request, _("A running import cannot be deleted."))
        return redirect(upload)
    upload.delete()
    messages.success(request, _("The file was deleted. Imported customers stay."))
    return redirect("customers:import_list")


def import_for(user: User, pk: int) -> CustomerImport:
    return get_object_or_404(CustomerImport.objects.visible_to(user), pk=pk)


def _start(
    request: StaffRequest, upload: CustomerImport, columns: Sequence[str]
) -> HttpResponse:
    is_dry_run = request.POST.get("act") == "check"
    try:
        with transaction.atomic():
            upload.start(columns=columns, dry_run=is_dry_run, at=timezone.now())
            transaction.on_commit(partial(tasks.ask_for, upload.pk))
    except ImportIsRunning as problem:
        messages.error(request, str(problem))
    return redirect(upload)


def _preview(
    upload: CustomerImport, form: ColumnsForm
) -> list[tuple[str, object, list[str]]]:
    """Each column's name, its select, and its first cells."""
    records = list(islice(records_of(upload.text, upload.delimiter), PREVIEWED))
    return [
        (
            name,
            form[f"column_{index}"],
            [record.cells[index] for record in records if index < len(record.cells)],
        )
        for index, name in enumerate(form.header)
    ]


def _failed_lines(upload: CustomerImport) -> Iterator[Sequence[object]]:
    reasons = {
        error["line"]: " ".join(sentence_for(p) for p in error["problems"])
        for error in upload.errors
    }
    yield [_("Line"), _("Reason"), *header_of(upload.text, upload.delimiter)]
    for record in records_of(upload.text, upload.delimiter):
        if record.line in reasons:
            yield [record.line, reasons[record.line], *record.cells]
