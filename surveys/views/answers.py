"""One answer in full, what was begun and not sent, and the triage of answers."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from events import audit
from surveys import triage
from surveys.answer_words import said, words_in
from surveys.clearing import clear_flags
from surveys.comments import TOPICS
from surveys.document import read_document
from surveys.elements import Language
from surveys.flag_words import flags_in_words
from surveys.funnel import STILL_ANSWERING, partials_in
from surveys.intake import local_day
from surveys.language import choose_language
from surveys.loading import get_response_for, get_survey_for
from surveys.models import Partial, Response, Survey, Upload
from surveys.published import get_version
from surveys.related import related_to
from surveys.result_filters import AnswerFilters
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

PER_PAGE = 20
# No page of answers has more.
MOST_AT_ONCE = 200
_CHANNELS = dict(Response.Channel.choices)


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def response(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Opening an answer is reading it; `?keep` opens it and leaves it as it is."""
    answer = get_response_for(request.user, pk)
    seen = ("response", pk)
    audit.note("response.seen", subject=seen, by=request.user.email, at=timezone.now())
    may_triage = triage.may_triage(request.user) and not answer.is_test
    is_now_read = (
        may_triage
        and answer.triage == Response.Triage.NEW
        and "keep" not in request.GET
    )
    if is_now_read:
        answer.triage = Response.Triage.READ
        _move(request, pk, Response.Triage.READ)
    document = read_document(answer.version.document)
    files = dict(Upload.objects.filter(response_id=pk).values_list("id", "name"))
    spoken = said(
        answer.answers,
        document,
        _language(),
        files={str(key): name for key, name in files.items()},
    )
    took = answer.submitted_at - answer.started_at if answer.started_at else None
    context = {
        "response": answer,
        "survey": answer.survey,
        "answers": list(spoken),
        "seconds": took.total_seconds() if took else None,
        "ending": _title_of_ending(answer),
        "topics": [gettext(TOPICS[key]) for key in answer.topics if key in TOPICS],
        "flags": flags_in_words(answer.flags),
        "related": related_to(answer, request.user),
        "may_triage": may_triage,
        "is_now_read": is_now_read,
    }
    return render(request, "surveys/response.html", context)


@requires(Ability.SEE_CUSTOMERS)
@require_POST
def response_triage(request: StaffRequest, pk: UUID) -> HttpResponse:
    answer = get_response_for(request.user, pk)
    to = request.POST.get("to", "")
    if to in Response.Triage.values and triage.may_triage(request.user):
        _move(request, answer.pk, to)
    return redirect(reverse("surveys:response", args=[pk]) + "?keep=1")


@requires(Ability.SEE_CUSTOMERS)
@require_POST
def response_flags(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Somebody has looked at what seemed odd, and lets the answer stand."""
    answer = get_response_for(request.user, pk)
    if triage.may_triage(request.user):
        clear_flags(answer, by=request.user, at=timezone.now())
    return redirect("surveys:response", pk)


@requires(Ability.SEE_CUSTOMERS)
@require_POST
def triage_many(request: StaffRequest, pk: int) -> HttpResponse:
    """The answers that were ticked in the list; back to the same list."""
    survey = get_survey_for(request.user, pk)
    chosen = _ids(request.POST.getlist("answer"))
    to = request.POST.get("to", "")
    if not chosen or to not in Response.Triage.values:
        messages.error(request, gettext("Tick the answers first."))
        return _back(request, survey)
    if triage.may_triage(request.user):
        visible = Response.objects.visible_to(request.user).filter(survey_id=pk)
        former = triage.move(
            visible.filter(id__in=chosen), to, by=request.user, at=timezone.now()
        )
        triage.remember(request.session, former)
    return _back(request, survey, "moved=1")


@requires(Ability.SEE_CUSTOMERS)
@require_POST
def triage_undo(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    if triage.may_triage(request.user):
        n = triage.undo_last(request.session, by=request.user, at=timezone.now())
        sentence = ngettext(
            "%(n)s answer is back where it was.",
            "%(n)s answers are back where they were.",
            n,
        )
        messages.success(request, sentence % {"n": n})
    return _back(request, survey)


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def begun(request: StaffRequest, pk: int) -> HttpResponse:
    """Answers that were begun and not sent: kept, and never counted among the others."""
    survey = get_survey_for(request.user, pk)
    now = timezone.now()
    document = read_document(
        survey.version.document if survey.version else survey.draft
    )
    filters = AnswerFilters(request.GET, survey=survey, document=document)
    asked = filters.asked(survey, request.user, local_day(now))
    partials = partials_in(asked).select_related("customer").order_by("-saved_at", "id")
    page_obj = Paginator(partials, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "survey": survey,
        "page_obj": page_obj,
        "rows": [
            (
                one,
                _page_title(one),
                one.saved_at >= now - STILL_ANSWERING,
                _CHANNELS.get(one.channel, one.channel),
            )
            for one in page_obj.object_list
        ],
        "can_edit": can(request.user, Ability.EDIT_SURVEYS),
    }
    return render(request, "surveys/begun.html", context)


def _move(request: StaffRequest, pk: UUID, to: str) -> None:
    visible = Response.objects.visible_to(request.user)
    triage.move(visible.filter(pk=pk), to, by=request.user, at=timezone.now())


def _back(request: StaffRequest, survey: Survey, more: str = "") -> HttpResponse:
    query = [request.POST.get("query", ""), more]
    address = reverse("surveys:detail", args=[survey.pk])
    return redirect(f"{address}?{'&'.join(filter(None, query))}#answers")


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[:MOST_AT_ONCE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _page_title(begun: Partial) -> tuple[int, str]:
    """The number of the page that was shown last, and its title; 0 where it is gone."""
    pages = get_version(begun.version_id).document.pages
    for number, page in enumerate(pages, 1):
        if page.id == begun.page:
            return number, words_in(page.title, _language())
    return 0, ""


def _title_of_ending(answer: Response) -> str:
    endings = get_version(answer.version_id).document.endings
    shown = next((one for one in endings if one.id == answer.ending), None)
    if shown is None:
        return ""
    return words_in(shown.title, _language()) or words_in(shown.text, _language())


def _language() -> Language:
    return choose_language(get_language(), "")
