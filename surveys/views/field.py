"""Into the field and out of it: publish, pause, resume, close, and what was published."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
)

from surveys import field
from surveys.difference_words import Told, told_differences
from surveys.document import Document, read_document
from surveys.elements import Language
from surveys.estimate import minutes_to_answer
from surveys.language import choose_language
from surveys.lint_words import grouped
from surveys.loading import get_survey_for
from surveys.models import Survey
from surveys.models.survey import IllegalTransition
from surveys.readiness import NotReady, errors_in, findings_for
from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability

FORM_METHODS = ["GET", "HEAD", "POST"]
STALE = gettext_lazy("The draft has errors that keep it from being published.")


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def publication(request: StaffRequest, pk: int) -> HttpResponse:
    """What would go live, what speaks against it, and the button."""
    survey = get_survey_for(request.user, pk)
    document = read_document(survey.draft)
    found = findings_for(survey, document)
    is_news = survey.version is None or survey.has_unpublished_changes
    has_warnings = any(finding.level == "warning" for finding in found)
    is_unconfirmed = has_warnings and "anyway" not in request.POST
    is_asked = request.method == "POST" and is_news and not errors_in(found)
    if is_asked and not is_unconfirmed:
        return _publish(request, survey)
    language = choose_language(get_language(), "", document.languages)
    context = {
        "survey": survey,
        "can_edit": True,
        "is_news": is_news,
        "groups": grouped(found, document, language),
        "has_errors": bool(errors_in(found)),
        "has_warnings": has_warnings,
        "is_unconfirmed": is_asked and is_unconfirmed,
        "changes": _changes(survey, document, language),
        "minutes": minutes_to_answer(document),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "surveys/publish.html", context, status=status)


@requires(Ability.EDIT_SURVEYS)
@require_POST
def pause(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    return _act(request, survey, field.pause, _("The survey is paused."))


@requires(Ability.EDIT_SURVEYS)
@require_POST
def resumption(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    return _act(request, survey, field.resume, _("The survey is live again."))


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def closure(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    if request.method == "POST":
        return _act(request, survey, field.close, _("The survey is closed."))
    return render(request, "surveys/close.html", {"survey": survey})


type_of_act = Callable[..., object]


def _act(
    request: StaffRequest,
    survey: Survey,
    act: type_of_act,
    done: str,
    then: str = "surveys:detail",
) -> HttpResponse:
    by: User = request.user
    now: datetime = timezone.now()
    try:
        act(survey, by=by, at=now)
    except IllegalTransition as error:
        messages.error(request, str(error))
        return redirect("surveys:detail", survey.pk)
    messages.success(request, done)
    return redirect(then, survey.pk)


def _publish(request: StaffRequest, survey: Survey) -> HttpResponse:
    """The draft that was looked at, or none."""
    given = request.POST.get("revision", "")[:9]
    revision = int(given) if given.isascii() and given.isdigit() else None
    try:
        field.publish(survey, by=request.user, at=timezone.now(), revision=revision)
    except (field.ChangedMeanwhile, NotReady) as error:
        said = error if isinstance(error, field.ChangedMeanwhile) else STALE
        messages.error(request, str(said))
        return redirect("surveys:publish", survey.pk)
    except IllegalTransition as error:
        messages.error(request, str(error))
        return redirect("surveys:detail", survey.pk)
    messages.success(request, _("The survey is live."))
    return redirect("surveys:share", survey.pk)


def _changes(survey: Survey, document: Document, language: Language) -> list[Told]:
    """Against what customers see now; nothing before the first publication."""
    if survey.version is None:
        return []
    return told_differences(read_document(survey.version.document), document, language)
