"""The studio: the list of surveys, wording a draft."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from surveys import studio
from surveys.document import read_document
from surveys.drafts import values_of
from surveys.forms import NewSurveyForm, SurveyFilters, WordingForm
from surveys.loading import get_survey_for
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


def _status(form: NewSurveyForm | WordingForm) -> int:
    return 422 if form.is_bound else 200
