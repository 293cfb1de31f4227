"""The studio: the list of surveys, wording a draft, looking at it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from surveys import pages, studio
from surveys.answers import InvalidAnswers
from surveys.branching import Route
from surveys.document import Document, read_document
from surveys.drafts import values_of
from surveys.elements import Language
from surveys.forms import NewSurveyForm, SurveyFilters, WordingForm
from surveys.language import choose_language
from surveys.loading import get_survey_for
from surveys.models import Survey
from surveys.notices import page
from surveys.results import answer_counts
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

PER_PAGE = 25
FORM_METHODS = ["GET", "HEAD", "POST"]


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def survey_list(request: StaffRequest) -> HttpResponse:
    filters = SurveyFilters(request.GET)
    surveys = filters.surveys(request.user).select_related("touchpoint", "version")
    page_obj = Paginator(surveys, PER_PAGE).get_page(request.GET.get("page"))
    counts = answer_counts(request.user, [s.pk for s in page_obj.object_list])
    context = {
        "filters": filters,
        "page_obj": page_obj,
        "rows": [(s, *counts.get(s.pk, (0, None))) for s in page_obj.object_list],
        "can_edit": can(request.user, Ability.EDIT_SURVEYS),
    }
    return render(request, "surveys/list.html", context)


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def create(request: StaffRequest) -> HttpResponse:
    asked = {"touchpoint": request.GET.get("touchpoint")}
    form = NewSurveyForm(request.POST or None, user=request.user, initial=asked)
    if form.is_valid():
        survey = studio.create_survey(
            basics=form.basics(),
            kind=form.cleaned_data["kind"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("The draft is made. Change any wording you like."))
        return redirect("surveys:edit", survey.pk)
    return render(request, "surveys/create.html", {"form": form}, status=_status(form))


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    shown = {
        "name": survey.name,
        "slug": survey.slug,
        "touchpoint": survey.touchpoint_id,
        **values_of(read_document(survey.draft)),
    }
    form = WordingForm(
        request.POST or None, user=request.user, survey=survey, initial=shown
    )
    if form.is_valid():
        studio.save_draft(
            survey,
            basics=form.basics(),
            values=form.cleaned_data,
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("The draft is saved."))
        return redirect(
            "surveys:preview" if "preview" in request.POST else "surveys:edit", pk
        )
    context = {"survey": survey, "form": form, "can_edit": True}
    return render(request, "surveys/edit.html", context, status=_status(form))


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


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    if request.method != "POST":
        return render(request, "surveys/discard.html", {"survey": survey})
    try:
        studio.discard_draft(survey, by=request.user, at=timezone.now())
    except studio.CannotDiscard as error:
        messages.error(request, str(error))
        return redirect("surveys:detail", pk)
    messages.success(request, _("The draft was deleted."))
    return redirect("surveys:list")


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


def _status(form: NewSurveyForm | WordingForm) -> int:
    return 422 if form.is_bound else 200
