"""What the lint says of a draft, its logic in sentences, and the picture of its way."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from surveys.document import Document, read_document
from surveys.elements import Language
from surveys.flow_picture import picture_of
from surveys.flow_words import stops_of, way_sentences
from surveys.language import choose_language
from surveys.lint_words import grouped
from surveys.loading import get_survey_for
from surveys.logic_words import logic_sentences
from surveys.readiness import findings_for
from teams.access import StaffRequest, can, requires
from teams.roles import Ability


@requires(Ability.EDIT_SURVEYS)
@require_safe
def lint(request: StaffRequest, pk: int) -> HttpResponse:
    """The findings alone, for the studio to put beside the draft."""
    survey = get_survey_for(request.user, pk)
    document = read_document(survey.draft)
    found = findings_for(survey, document)
    groups = grouped(found, document, _language(document))
    context = {"survey": survey, "groups": groups, "can_edit": True}
    return render(request, "surveys/_lint.html", context)


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def logic(request: StaffRequest, pk: int) -> HttpResponse:
    """The draft's way as a picture and in words."""
    survey = get_survey_for(request.user, pk)
    document = read_document(survey.draft)
    stops = stops_of(document, _language(document))
    context = {
        "survey": survey,
        "picture": picture_of(stops),
        "ways": way_sentences(stops),
        "sentences": logic_sentences(document, _language(document)),
        "can_edit": can(request.user, Ability.EDIT_SURVEYS),
    }
    return render(request, "surveys/logic.html", context)


def _language(document: Document) -> Language:
    return choose_language(get_language(), "", document.languages)
