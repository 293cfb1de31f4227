"""Translations side by side, saved line by line, and as files for translators."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from customers.spreadsheets import csv_response
from surveys.difference_words import LANGUAGE_NAMES
from surveys.document import Document, read_document
from surveys.draft_problems import REFUSALS, problem_of
from surveys.elements import WORDS, Language
from surveys.loading import get_survey_for
from surveys.models import Survey
from surveys.saved_translations import Conflicts, save_translations
from surveys.translation_csv import NoTable, read_table, table_of
from surveys.translation_places import place_in_section, place_of, section_of
from surveys.translations import (
    Given,
    Line,
    Refused,
    as_typed,
    check_file,
    lines_of,
)
from surveys.xliff import CODES, NoXliff, read_xliff, write_xliff
from teams.access import StaffRequest, requires
from teams.roles import Ability

PER_PAGE = 100
MOST_BYTES = 4 * 1024 * 1024
SHOWN_PROBLEMS = 50
NEW, WAS = "t:", "w:"
FORM_METHODS = ["GET", "HEAD", "POST"]
WHY: Mapping[str, Promise] = {
    "unknown": gettext_lazy("There is no such text in this survey."),
    "changed": gettext_lazy(
        "The original was changed since the file was made. Download a new one."
    ),
    "twice": gettext_lazy("The same text comes twice."),
    "too_long": gettext_lazy("This is too long."),
}


class LineFilters(forms.Form):
    """Which lines to look at, and into which language they are translated."""

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=120)
    to = forms.ChoiceField(
        label=gettext_lazy("Into"),
        required=False,
        choices=[(code, LANGUAGE_NAMES[code]) for code in ("zh-hans", "en")],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    missing = forms.BooleanField(
        label=gettext_lazy("Missing only"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def target(self) -> Language:
        self.full_clean()
        return "en" if self.cleaned_data.get("to") == "en" else "zh-hans"

    def kept(self, lines: list[Line]) -> list[Line]:
        self.full_clean()
        words = (self.cleaned_data.get("q") or "").casefold()
        only_missing = self.cleaned_data.get("missing")
        return [
            line
            for line in lines
            if (not only_missing or line.is_missing)
            and (not words or words in f"{line.source}\n{line.target}".casefold())
        ]


@dataclass(frozen=True)
class ShownLine:
    """One row; `typed` is what was sent and could not be saved over `line.target`."""

    line: Line
    place: str
    typed: str
    is_conflict: bool = False

    @property
    def lost(self) -> list[str]:
        """As they have to be typed."""
        return [f"{{{{ {name} }}}}" for name in self.line.lost_pipes]

    @property
    def row_count(self) -> int:
        longest = max(len(self.line.source), len(self.typed))
        return min(max(1, longest // 40 + 1, self.typed.count("\n") + 1), 8)


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def translate(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    if request.method != "POST":
        return _page(request, survey)
    target = LineFilters(request.GET).target()
    news = _posted(request)
    try:
        saved = save_translations(
            survey, news, target=target, by=request.user, at=timezone.now()
        )
    except Conflicts as error:
        return _refused(request, survey, news, error)
    except REFUSALS as error:
        return _not_possible(request, survey, news, problem_of(error)["sentence"])
    if _wants_json(request):
        return JsonResponse({"saved": saved})
    sentence = ngettext("%(n)s text is saved.", "%(n)s texts are saved.", len(saved))
    messages.success(request, sentence % {"n": len(saved)})
    return redirect(request.get_full_path())


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def translation_file(request: StaffRequest, pk: int, kind: str) -> HttpResponseBase:
    """Every text of the draft, `?to=` one of the languages: a CSV or an XLIFF file."""
    survey = get_survey_for(request.user, pk)
    target = LineFilters(request.GET).target()
    source = _other(target)
    lines = lines_of(read_document(survey.draft), source, target)
    placed = [(line, place_of(line.path)) for line in lines]
    name = f"{survey.slug}-{target}"
    if kind == "csv":
        return csv_response(f"{name}.csv", table_of(placed, source, target))
    content = write_xliff(placed, source=source, target=target, original=survey.slug)
    response = HttpResponse(content, content_type="application/xliff+xml")
    disposition = content_disposition_header(True, f"{name}.xlf")
    response["Content-Disposition"] = disposition or ""
    response["Cache-Control"] = "no-store"
    return response


@requires(Ability.EDIT_SURVEYS)
@require_POST
def translations_in(request: StaffRequest, pk: int) -> HttpResponse:
    """A translator's file: all of it is put in, or nothing and the reasons are shown."""
    survey = get_survey_for(request.user, pk)
    target = LineFilters(request.GET).target()
    back = f"{request.path.removesuffix('file/')}?to={target}"
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        messages.error(request, _("Choose a file."))
        return redirect(back)
    lines = lines_of(read_document(survey.draft), _other(target), target)
    try:
        words, refused = check_file(_given(file, target), lines)
    except NoTable as error:
        messages.error(request, str(error))
        return redirect(back)
    if refused:
        return _not_put_in(request, survey, refused)
    was = {line.key: line.target for line in lines}
    news = {key: (was[key], said) for key, said in words.items()}
    try:
        saved = save_translations(
            survey, news, target=target, by=request.user, at=timezone.now()
        )
    except Conflicts:
        messages.error(request, _("The draft was changed meanwhile. Try once more."))
        return redirect(back)
    sentence = ngettext("%(n)s text is new.", "%(n)s texts are new.", len(saved))
    messages.success(request, sentence % {"n": len(saved)})
    return redirect(back)


def _page(
    request: StaffRequest,
    survey: Survey,
    typed: Mapping[str, str] | None = None,
    conflicts: Mapping[str, str] | None = None,
) -> HttpResponse:
    filters = LineFilters(request.GET)
    target = filters.target()
    document = read_document(survey.draft)
    lines = lines_of(document, _other(target), target)
    page_obj = Paginator(filters.kept(lines), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "survey": survey,
        "filters": filters,
        "page_obj": page_obj,
        "sections": _sections(page_obj, typed or {}, conflicts or {}),
        "source": _other(target),
        "target": target,
        "source_name": LANGUAGE_NAMES[_other(target)],
        "target_name": LANGUAGE_NAMES[target],
        "missing": sum(line.is_missing for line in lines),
        "total": sum(bool(line.source) for line in lines),
        "is_offered": _is_offered(document, target),
        "most": WORDS,
        "can_edit": True,
    }
    status = 409 if conflicts else 200
    return render(request, "surveys/translate.html", context, status=status)


def _sections(
    page_obj: Page[Line], typed: Mapping[str, str], conflicts: Mapping[str, str]
) -> list[tuple[str, list[ShownLine]]]:
    shown = groupby(page_obj.object_list, key=lambda line: section_of(line.path))
    return [
        (
            section,
            [
                ShownLine(
                    line,
                    place_in_section(line.path),
                    typed.get(line.key, line.target),
                    line.key in conflicts,
                )
                for line in lines
            ],
        )
        for section, lines in shown
    ]


def _refused(
    request: StaffRequest,
    survey: Survey,
    news: Mapping[str, tuple[str, str]],
    error: Conflicts,
) -> HttpResponse:
    """Somebody else has worded the same texts: theirs stay, ours are shown beside."""
    if _wants_json(request):
        return JsonResponse({"conflicts": error.now}, status=409)
    messages.error(
        request,
        _("Nothing was saved: somebody else has changed these texts meanwhile."),
    )
    typed = {key: said for key, (_was, said) in news.items()}
    return _page(request, survey, typed, error.now)


def _not_possible(
    request: StaffRequest,
    survey: Survey,
    news: Mapping[str, tuple[str, str]],
    sentence: str,
) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"sentence": sentence}, status=422)
    messages.error(request, sentence)
    return _page(request, survey, {key: said for key, (_was, said) in news.items()})


def _not_put_in(
    request: StaffRequest, survey: Survey, refused: list[Refused]
) -> HttpResponse:
    context = {
        "survey": survey,
        "problems": [
            (one.at, one.key[:200], WHY[one.code]) for one in refused[:SHOWN_PROBLEMS]
        ],
        "more": max(0, len(refused) - SHOWN_PROBLEMS),
        "can_edit": True,
    }
    return render(request, "surveys/translate_refused.html", context, status=422)


def _posted(request: StaffRequest) -> dict[str, tuple[str, str]]:
    """By key: what the text was when it was shown, and what it is to be."""
    return {
        name.removeprefix(NEW): (
            as_typed(str(request.POST.get(WAS + name.removeprefix(NEW), ""))),
            as_typed(str(said)),
        )
        for name, said in request.POST.items()
        if name.startswith(NEW)
    }


def _given(file: "UploadedFile[bytes]", target: Language) -> list[Given]:
    if (file.size or 0) > MOST_BYTES:
        raise NoTable(_("The file is too large."))
    content = file.read()
    if not content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return read_table(content, _other(target), target)
    try:
        found = read_xliff(content)
    except NoXliff as error:
        raise NoTable(_("This is no XLIFF 1.2 file.")) from error
    if found.target.lower()[:2] != target[:2]:
        names = {"target": LANGUAGE_NAMES[target], "code": CODES[target]}
        raise NoTable(
            _("This file is not a translation into %(target)s (%(code)s).") % names
        )
    return list(found.given)


def _is_offered(document: Document, target: Language) -> bool:
    return target in document.languages


def _other(language: Language) -> Language:
    return "zh-hans" if language == "en" else "en"


def _wants_json(request: StaffRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
