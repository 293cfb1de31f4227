"""A draft, or a version that was in the field, as a customer meets it."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from surveys.document import Document, read_document
from surveys.elements import Language
from surveys.language import choose_language
from surveys.loading import get_survey_for
from surveys.look import style_of
from surveys.models import Survey
from surveys.notices import page
from surveys.pages import NAMES
from surveys.promises import NAME, promise_for
from surveys.try_out import TryOut
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

FORM_METHODS = ["GET", "HEAD", "POST"]
TAGS: Mapping[Language, str] = {"en": "en", "zh-hans": "zh-Hans"}


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """The draft on a phone and on a desk, or a version that was in the field."""
    survey = get_survey_for(request.user, pk)
    offered = _document(request, survey).languages
    asked, preferred = request.GET.get("lang"), get_language() or ""
    context = {
        "survey": survey,
        "language": choose_language(asked, preferred, offered),
        "languages": [(code, NAMES[code], TAGS[code]) for code in offered],
        "version": request.GET.get("version", ""),
        "can_edit": can(request.user, Ability.EDIT_SURVEYS),
    }
    return render(request, "surveys/preview.html", context)


# Nothing is stored and nothing changed, so a forged post achieves nothing; the page
# inside is the respondents' own, which has no cookie to check it by.
@csrf_exempt
@xframe_options_sameorigin
@requires(Ability.SEE_CUSTOMERS)
@require_http_methods(FORM_METHODS)
def preview_page(request: StaffRequest, pk: int) -> HttpResponse:
    """The respondents' page itself, for the frames of the preview.

    `at` opens a page of the survey, `ending` shows one of its endings.
    """
    survey = get_survey_for(request.user, pk)
    document = _document(request, survey)
    asked = request.POST.get("lang") or request.GET.get("lang")
    language = choose_language(asked, "", document.languages)
    if request.POST.get("act") == "save":
        return HttpResponse(status=204)
    with translation.override(language):
        body, status = _body(request, TryOut(document, language, _known(survey)))
    style = style_of(document.theme).source
    return page(body, language, status=status, ancestors="'self'", style=style)


def _body(request: HttpRequest, tried: TryOut) -> tuple[bytes, int]:
    if request.method == "POST":
        return tried.turned(request.POST)
    ending = request.GET.get("ending", "")
    if any(ending == known.id for known in tried.document.endings):
        return tried.ending(ending), 200
    return tried.page(request.GET.get("at", "")), 200


def _known(survey: Survey) -> dict[str, str]:
    """As of a customer of whom only the promise is known."""
    promise = promise_for(survey.pk)
    return {NAME: promise} if promise else {}


def _document(request: HttpRequest, survey: Survey) -> Document:
    number = request.GET.get("version", "")
    if not number:
        return read_document(survey.draft)
    wanted = int(number[:9]) if number.isascii() and number.isdigit() else 0
    version = get_object_or_404(survey.versions, number=wanted)
    return read_document(version.document)
