"""Pages of what customers write, and of what readers teach about it."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboards.comment_form import (
    LABELS,
    CommentForm,
    CorrectionForm,
    form_of,
    topic_name,
)
from dashboards.quotes import quotes
from dashboards.registry import METRICS
from dashboards.series import filled_to
from dashboards.theme_words import effect_figure, line_of_all, lines_of
from dashboards.themes import themes
from surveys import taxonomy
from surveys.comments import OwnWords, words_of
from surveys.comments.own_words import spoken_form
from surveys.models import Response, TopicRule
from surveys.tasks import ask_for_reading
from surveys.taxonomy import CannotTeach
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

PER_PAGE = 20
PAGE = "dashboards/comments/page.html"


@requires(Ability.SEE_DASHBOARDS)
@require_safe
def comments(request: StaffRequest) -> HttpResponse:
    form = form_of(request.user, request.GET, at=timezone.now())
    if not form.is_valid():
        return render(request, PAGE, {"form": form}, status=400)
    found = themes(
        request.user, form.span, form.filters, metric=form.cleaned_data["score"]
    )
    context = {
        "form": form,
        "themes": found,
        "lines": lines_of(found, request.GET),
        "all": line_of_all(found),
        "score_label": METRICS[found.metric].label if found.metric else "",
        "figure": effect_figure(found),
        "span": form.span,
        "filled_to": filled_to(),
        "time_zone": settings.TIME_ZONE,
        "may_read": can(request.user, Ability.SEE_CUSTOMERS),
        "may_teach": can(request.user, Ability.EDIT_DASHBOARDS),
    }
    if context["may_read"]:
        context |= _quotes(request, form)
    return render(request, PAGE, context)


@requires(Ability.EDIT_DASHBOARDS)
@require_safe
def corrections(request: StaffRequest) -> HttpResponse:
    """What was taught, by whom and when; and how far old comments are read again."""
    rules = TopicRule.objects.select_related("made_by", "undone_by").order_by("-pk")
    pages = Paginator(rules, 50)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "lines": [(r, spoken_form(r.word), topic_name(r.topic)) for r in page],
        "reading": taxonomy.latest_reading(),
    }
    is_part = request.htmx  # type: ignore[attr-defined]
    part = "_reading.html" if is_part else "corrections.html"
    return render(request, f"dashboards/comments/{part}", context)


@requires(Ability.EDIT_DASHBOARDS)
def correction(request: StaffRequest) -> HttpResponse:
    """Looked at first (GET), then taught (POST)."""
    given = request.POST if request.method == "POST" else request.GET
    is_asked = "word" in given and "act" in given
    form = CorrectionForm(given) if is_asked else CorrectionForm(initial=given.dict())
    context: dict[str, Any] = {"form": form}
    if is_asked and form.is_valid():
        if request.method == "POST":
            return _taught(request, form)
        context |= _preview(request, form)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "dashboards/comments/correction.html", context, status=status
    )


@requires(Ability.EDIT_DASHBOARDS)
@require_POST
def correction_undoing(request: StaffRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(TopicRule, pk=pk)
    taxonomy.undo(rule, by=request.user, at=timezone.now())
    _read_again()
    messages.success(request, _("Undone. Comments are being read again."))
    return redirect("dashboards:corrections")


def _taught(request: StaffRequest, form: CorrectionForm) -> HttpResponse:
    try:
        taxonomy.teach(form.correction, by=request.user, at=timezone.now())
    except CannotTeach as problem:
        messages.error(request, str(problem))
        return redirect("dashboards:corrections")
    _read_again()
    messages.success(
        request,
        _("Learned. New comments follow it; the old ones are being read again."),
    )
    return redirect("dashboards:corrections")


def _read_again() -> None:
    if reading := taxonomy.latest_reading():
        transaction.on_commit(partial(ask_for_reading, reading.pk))


def _preview(request: StaffRequest, form: CorrectionForm) -> dict[str, Any]:
    user = request.user
    found = taxonomy.preview(form.correction, user=user, at=timezone.now())
    examples = Response.objects.visible_to(user).filter(pk__in=found.examples)
    return {
        "preview": found,
        "examples": examples.order_by("-submitted_at"),
        "word": spoken_form(form.correction.word),
        "topic": topic_name(form.correction.topic),
    }


def _quotes(request: StaffRequest, form: CommentForm) -> dict[str, Any]:
    asked = form.cleaned_data
    found = quotes(
        request.user,
        form.span,
        form.filters,
        topic=asked["topic"],
        sentiment=asked["sentiment"],
        words=asked["q"],
    )
    page = Paginator(found.select_related("touchpoint"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    own = taxonomy.own_words() if can(request.user, Ability.EDIT_DASHBOARDS) else ()
    return {"page_obj": page, "quotes": [_quote(one, own) for one in page]}


def _quote(response: Response, own: OwnWords) -> dict[str, Any]:
    words = words_of(response.comment, language=response.language, own=own)
    return {
        "response": response,
        "sentiment": LABELS.get(response.sentiment_label, LABELS["unread"]),
        "topics": [
            (key, topic_name(key), [spoken_form(word) for word in words.get(key, ())])
            for key in response.topics
        ],
    }
