"""Surveys as files: out, and in again after a look at what can be carried over."""

from typing import cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from surveys.definition_file import MOST_BYTES, definition_of, read_definition
from surveys.definitions import Definition, UnusableFile
from surveys.difference_words import told_differences
from surveys.document import read_document
from surveys.forms import BasicsForm
from surveys.imported_surveys import (
    CannotLoad,
    UnusablePicture,
    find_put_aside,
    load_into_draft,
    put_aside,
    survey_from,
)
from surveys.language import choose_language
from surveys.loading import get_survey_for
from surveys.models import Survey
from surveys.studio import StaleDraft
from teams.access import StaffRequest, requires
from teams.roles import Ability

FORM_METHODS = ["GET", "HEAD", "POST"]


class DefinitionForm(forms.Form):
    """A file with a survey in it; `definition` is what was read."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A survey downloaded here, a Formbricks survey (.json) or a LimeSurvey"
            " survey (.lss)."
        ),
        widget=forms.FileInput(attrs={"accept": ".json,.lss,.xml"}),
    )
    definition: Definition

    def clean_file(self) -> "UploadedFile[bytes]":
        file = cast("UploadedFile[bytes]", self.cleaned_data["file"])
        try:
            if (file.size or 0) > MOST_BYTES:
                raise UnusableFile(_("The file is too large."))
            self.definition = read_definition(file.read())
        except UnusableFile as error:
            raise forms.ValidationError(list(error.problems)) from error
        return file


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def definition(request: StaffRequest, pk: int) -> HttpResponse:
    """The draft, or `?version=`, as a file."""
    survey = get_survey_for(request.user, pk)
    number = request.GET.get("version", "")
    draft = survey.draft
    if number:
        is_number = number.isascii() and number.isdigit() and len(number) < 9
        wanted = int(number) if is_number else 0
        draft = get_object_or_404(survey.versions, number=wanted).document
    response = HttpResponse(
        definition_of(survey, read_document(draft)), content_type="application/json"
    )
    tail = f"-v{number}" if number else ""
    name = f"{survey.slug}{tail}.json"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "no-store"
    return response


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def import_survey(request: StaffRequest) -> HttpResponse:
    """Choose a file, see what becomes of it, give it a name: then it is made."""
    key = request.POST.get("key") or request.GET.get("key") or ""
    found = find_put_aside(key, by=request.user)
    if found is None:
        return _upload(request, "surveys:import", None, is_late=bool(key))
    form = BasicsForm(
        request.POST or None, user=request.user, initial={"name": found.name}
    )
    if form.is_valid():
        try:
            survey = survey_from(
                found, basics=form.basics(), by=request.user, at=timezone.now()
            )
        except UnusablePicture as error:
            messages.error(request, str(error))
            return redirect("surveys:import")
        messages.success(request, _("The survey is made. Look it over."))
        return redirect("surveys:edit", survey.pk)
    context = {"form": form, "definition": found, "key": key}
    status = 422 if form.is_bound else 200
    return render(request, "surveys/import_report.html", context, status=status)


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def import_draft(request: StaffRequest, pk: int) -> HttpResponse:
    """The same, into a survey that there is: its draft is replaced."""
    survey = get_survey_for(request.user, pk)
    key = request.POST.get("key") or request.GET.get("key") or ""
    found = find_put_aside(key, by=request.user)
    if found is None:
        return _upload(request, "surveys:import_draft", survey, is_late=bool(key))
    if request.method == "POST" and _load(request, survey, found):
        return redirect("surveys:edit", pk)
    language = choose_language(get_language(), "")
    context = {
        "survey": survey,
        "definition": found,
        "key": key,
        "changes": told_differences(
            read_document(survey.draft), found.document, language
        ),
        "can_edit": True,
    }
    return render(request, "surveys/import_draft.html", context)


def _upload(
    request: StaffRequest, address: str, survey: Survey | None, *, is_late: bool
) -> HttpResponse:
    if is_late:
        messages.error(request, _("That was too long ago. Choose the file again."))
    is_sent = request.method == "POST" and not is_late
    form = DefinitionForm(request.POST, request.FILES) if is_sent else DefinitionForm()
    if form.is_bound and form.is_valid():
        key = put_aside(form.definition, by=request.user)
        back = redirect(address, survey.pk) if survey else redirect(address)
        back["Location"] += f"?key={key}"
        return back
    context = {"form": form, "survey": survey, "can_edit": True}
    page = "surveys/import_into.html" if survey else "surveys/import.html"
    return render(request, page, context, status=422 if form.is_bound else 200)


def _load(request: StaffRequest, survey: Survey, found: Definition) -> bool:
    seen = request.POST.get("revision", "")
    revision = int(seen) if seen.isascii() and seen.isdigit() else -1
    try:
        load_into_draft(
            survey, found, revision=revision, by=request.user, at=timezone.now()
        )
    except StaleDraft:
        words = _("The draft was changed meanwhile. Look at what would be lost.")
        messages.error(request, words)
        return False
    except (CannotLoad, UnusablePicture) as error:
        messages.error(request, str(error))
        return False
    messages.success(request, _("The draft is what the file says."))
    return True
