"""A survey's results: its numbers, the list of answers, and both as a file."""

from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from surveys import results, tasks, triage
from surveys.document import Document, group_of
from surveys.export import export_answers
from surveys.funnel import partials_in
from surveys.intake import local_day
from surveys.language import choose_language
from surveys.loading import get_survey_for
from surveys.models import Export, Response, Survey
from surveys.models.response import ResponseQuerySet
from surveys.result_filters import answers_for, filters_for
from surveys.tallies import Asked
from surveys.workbook import MOST_AT_ONCE, TooManyRows, export_workbook
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

PER_PAGE = 20
# A worker is told once that there is something to count, not at every look.
TOLD_FOR = 60  # seconds


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    now = timezone.now()
    today = local_day(now)
    filters = filters_for(survey, request.GET)
    asked = filters.asked(survey, request.user, today)
    found = results.results_of(survey, asked, at=now, today=today)
    if found.waiting:
        _have_counted(asked)
    narrowed = filters.narrowed()
    answers = results.listed(asked, found.document, narrowed)
    listing = results.Listing(answers.select_related("customer"), PER_PAGE)
    if not narrowed:
        listing.found = found.n + found.waiting
    page_obj = listing.get_page(request.GET.get("page"))
    may_triage = triage.may_triage(request.user)
    context = {
        "survey": survey,
        "filters": filters,
        "asked": asked,
        "found": found,
        "listing": listing,
        "is_large": listing.found > MOST_AT_ONCE,
        "has_exports": Export.objects.filter(
            survey=survey, asked_by=request.user, expires_at__gt=now
        ).exists(),
        "page_obj": page_obj,
        "rows": [(r, _score_of(r, found.document)) for r in page_obj.object_list],
        "narrowed": narrowed,
        "held": results.held_count(asked),
        "begun": partials_in(asked).count(),
        "may_triage": may_triage and not asked.is_test,
        "list_query": _list_query(request),
        "moved": "moved" in request.GET and triage.remembered(request.session),
        "can_edit": can(request.user, Ability.EDIT_SURVEYS),
    }
    return render(request, "surveys/detail.html", context)


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def export(request: StaffRequest, pk: int) -> HttpResponseBase:
    survey = get_survey_for(request.user, pk)
    return export_answers(
        survey,
        _chosen(request, survey),
        by=request.user,
        at=timezone.now(),
        filters=request.GET.urlencode(),
    )


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def workbook(request: StaffRequest, pk: int) -> HttpResponseBase:
    survey = get_survey_for(request.user, pk)
    try:
        return export_workbook(
            survey,
            _chosen(request, survey),
            by=request.user,
            at=timezone.now(),
            language=choose_language(get_language(), ""),
            filters=request.GET.urlencode(),
        )
    except TooManyRows:
        address = reverse("surveys:exports", args=[pk])
        return redirect(f"{address}?{request.GET.urlencode()}")


def _list_query(request: StaffRequest) -> str:
    """The filters and the page, to come back to the same list."""
    query = request.GET.copy()
    query.pop("moved", None)
    return query.urlencode()


def _chosen(request: StaffRequest, survey: Survey) -> ResponseQuerySet:
    """The answers that the page's filters leave."""
    today = local_day(timezone.now())
    return answers_for(survey, request.GET, user=request.user, today=today)


def _have_counted(asked: Asked) -> None:
    words: dict[str, Any] = {
        "survey_id": asked.survey_id,
        "user_id": asked.user.pk,
        "is_test": asked.is_test,
        "since": asked.since.isoformat() if asked.since else None,
        "until": asked.until.isoformat() if asked.until else None,
        "version_id": asked.version_id,
    }
    if cache.add(f"surveys:counting:{sorted(words.items())}", 1, TOLD_FOR):
        tasks.count_answers.delay(**words)


def _score_of(answer: Response, document: Document) -> tuple[int | None, int, str]:
    """The leading score, the end of its scale, and the group it lies in."""
    element = document.score
    if element is None:
        return None, 0, "passive"
    value: int | None = getattr(answer, element.type)
    return value, element.scale, group_of(element.type, value, element.scale)
