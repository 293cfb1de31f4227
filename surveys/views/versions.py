"""What was published, what changed from one version to another, and back again."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from surveys import versions
from surveys.difference_words import told_differences
from surveys.document import Document, read_document
from surveys.language import choose_language
from surveys.loading import get_survey_for
from surveys.models import Survey, SurveyVersion
from surveys.studio import StaleDraft
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

FORM_METHODS = ["GET", "HEAD", "POST"]
DRAFT = "draft"


@dataclass(frozen=True)
class _Side:
    """One of the two that are compared; `key` is its number, or "draft"."""

    key: str
    label: str
    document: Document


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def version_list(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    context = {
        "survey": survey,
        "versions": versions.published_versions(survey, request.user),
        "can_edit": can(request.user, Ability.EDIT_SURVEYS),
    }
    return render(request, "surveys/versions.html", context)


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def changes(request: StaffRequest, pk: int) -> HttpResponse:
    """What differs between `from` and `to`, each a version's number or the draft."""
    survey = get_survey_for(request.user, pk)
    old = _side(survey, request.GET.get("from", ""))
    new = _side(survey, request.GET.get("to", DRAFT))
    language = choose_language(get_language(), "")
    context = {
        "survey": survey,
        "old": old,
        "new": new,
        "changes": told_differences(old.document, new.document, language),
        "numbers": _numbers(survey),
        "can_edit": can(request.user, Ability.EDIT_SURVEYS),
    }
    return render(request, "surveys/version_changes.html", context)


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def restoration(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    version = get_object_or_404(survey.versions, number=number)
    if request.method == "POST" and _restore(request, survey, version):
        return redirect("surveys:edit", pk)
    language = choose_language(get_language(), "")
    draft, wanted = read_document(survey.draft), read_document(version.document)
    context = {
        "survey": survey,
        "version": version,
        "changes": told_differences(draft, wanted, language),
        "can_edit": True,
    }
    return render(request, "surveys/version_restore.html", context)


def _restore(request: StaffRequest, survey: Survey, version: SurveyVersion) -> bool:
    seen = request.POST.get("revision", "")
    try:
        versions.restore(
            survey,
            version,
            revision=int(seen) if seen.isascii() and seen.isdigit() else -1,
            by=request.user,
            at=timezone.now(),
        )
    except StaleDraft:
        messages.error(
            request,
            _("The draft was changed meanwhile. Look at what would be lost."),
        )
        return False
    messages.success(
        request,
        _("The draft says what version %(number)s says.") % {"number": version.number},
    )
    return True


def _side(survey: Survey, key: str) -> _Side:
    if key in ("", DRAFT):
        return _Side(DRAFT, _("the draft"), read_document(survey.draft))
    wanted = int(key) if key.isascii() and key.isdigit() and len(key) < 9 else 0
    version = get_object_or_404(survey.versions, number=wanted)
    label = _("version %(number)s") % {"number": version.number}
    return _Side(str(version.number), label, read_document(version.document))


def _numbers(survey: Survey) -> list[str]:
    published = survey.versions.filter(number__isnull=False).order_by("-number")
    return [str(number) for number in published.values_list("number", flat=True)]
