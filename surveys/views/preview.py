"""A draft, or a version that was in the field, as a customer meets it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from surveys import pages
from surveys.answers import InvalidAnswers
from surveys.branching import Route
from surveys.document import Document, read_document
from surveys.elements import Language
from surveys.language import choose_language
from surveys.loading import get_survey_for
from surveys.models import Survey
from surveys.notices import page
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

FORM_METHODS = ["GET", "HEAD", "POST"]


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """The draft on a phone and on a desk, or a version that was in the field."""
    survey = get_survey_for(request.user, pk)
    context = {
        "survey": survey,
        "language": choose_language(request.GET.get("lang"), get_language() or ""),
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
    """The respondents' page itself, for the frames of the preview."""
    document = _document(request, get_survey_for(request.user, pk))
    asked = request.POST.get("lang") or request.GET.get("lang")
    language = choose_language(asked, "", document.languages)
    body, status = _previewed(request, document, language)
    return page(body, language, status=status, ancestors="'self'")


def _document(request: HttpRequest, survey: Survey) -> Document:
    number = request.GET.get("version", "")
    if not number:
        return read_document(survey.draft)
    wanted = int(number[:9]) if number.isascii() and number.isdigit() else 0
    version = get_object_or_404(survey.versions, number=wanted)
    return read_document(version.document)


def _previewed(
    request: HttpRequest, document: Document, language: Language
) -> tuple[bytes, int]:
    """What a customer would see next, and the status they would get."""
    banner = _("Preview: nothing is stored.")
    answers = {
        element.id: request.POST[pages.FIELD + element.id]
        for element in document.elements
        if pages.FIELD + element.id in request.POST
    }
    filled = pages.Filled(token="preview", banner=banner, answers=answers)  # noqa: S106
    if request.method != "POST":
        return pages.filled_page(document, language, filled), 200
    try:
        checked = Route(document).read(answers)
    except InvalidAnswers as error:
        filled = pages.Filled(
            token="preview",  # noqa: S106
            banner=banner,
            answers=answers,
            problems=error.problems,
        )
        return pages.filled_page(document, language, filled), 422
    return pages.thanks_page(document, language, checked.ending, banner), 200
