"""What is taken from here to other places: code for a site, HTML for a letter, a sheet
of paper."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from surveys.document import Document, read_document
from surveys.email_snippet import email_html
from surveys.embed_snippet import Mode, attributes, snippet
from surveys.language import choose_language
from surveys.loading import get_survey_for
from surveys.models import AllowedSite, Survey
from surveys.open_links import public_link
from surveys.print_sheet import words_in
from surveys.sharing_forms import EmbedForm, SheetForm
from surveys.trials import trial_token
from teams.access import StaffRequest, can, requires
from teams.roles import Ability

# The letter's inline style is what is looked at; nothing else in it may do anything.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " frame-ancestors 'self'; sandbox allow-popups"
)


@requires(Ability.EDIT_SURVEYS)
@require_safe
def website(request: StaffRequest, pk: int) -> HttpResponse:
    """The code for a company's site; the options are in the address."""
    survey = get_survey_for(request.user, pk)
    form = EmbedForm(request.GET if "mode" in request.GET else None)
    chosen = form.cleaned_data if form.is_valid() else {"mode": Mode.POPOVER}
    context = {
        "survey": survey,
        "form": form if form.is_bound else EmbedForm(initial=chosen),
        "code": snippet(survey.slug, chosen),
        "mode": chosen["mode"],
        "query": _query(chosen),
        "sites": AllowedSite.objects.order_by("origin"),
        "can_allow": can(request.user, Ability.MANAGE_SYSTEM),
        "can_edit": True,
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "surveys/embed_website.html", context, status=status)


@requires(Ability.EDIT_SURVEYS)
@require_POST
def website_trial(request: StaffRequest, pk: int) -> HttpResponse:
    """Freeze the draft, so that trying it out on the sample page counts for nothing."""
    survey = get_survey_for(request.user, pk)
    trial = survey.freeze_trial(by=request.user, at=timezone.now())
    query = urlencode({**request.POST.dict(), "test": trial_token(trial)})
    return redirect(f"{reverse('surveys:website_sample', args=[pk])}?{query}")


@requires(Ability.EDIT_SURVEYS)
@require_safe
def website_sample(request: StaffRequest, pk: int) -> HttpResponse:
    """A page as any site might have it, with the survey on it."""
    survey = get_survey_for(request.user, pk)
    form = EmbedForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {"mode": Mode.POPOVER}
    context = {
        "survey": survey,
        "mode": chosen["mode"],
        "attributes": [
            *attributes(survey.slug, chosen),
            ("data-test", request.GET.get("test", "")),
        ],
        "place": f"survey-{survey.slug}",
    }
    return render(request, "surveys/embed_sample.html", context)


@requires(Ability.EDIT_SURVEYS)
@require_safe
def letter(request: StaffRequest, pk: int) -> HttpResponse:
    """HTML with the first question inside, for the company's own letters."""
    survey = get_survey_for(request.user, pk)
    document = _document(survey)
    language = choose_language(
        request.GET.get("lang"), get_language() or "", document.languages
    )
    context = {
        "survey": survey,
        "language": language,
        "languages": document.languages,
        "html": email_html(document, public_link(survey), language),
        "can_edit": True,
    }
    return render(request, "surveys/embed_letter.html", context)


@requires(Ability.EDIT_SURVEYS)
@xframe_options_sameorigin
@require_safe
def letter_preview(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    document = _document(survey)
    language = choose_language(request.GET.get("lang"), "", document.languages)
    html = email_html(document, public_link(survey), language)
    response = render(
        request,
        "surveys/embed_letter_preview.html",
        {"html": html, "language": language},
    )
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    return response


@requires(Ability.EDIT_SURVEYS)
@require_safe
def sheet(request: StaffRequest, pk: int) -> HttpResponse:
    """An A4 sheet with the QR code, to be printed."""
    survey = get_survey_for(request.user, pk)
    form = SheetForm(request.GET)
    chosen = form.chosen()
    offered = _document(survey).languages
    context = {
        "survey": survey,
        "form": form,
        "link": public_link(survey),
        "words": words_in(chosen["lang"] or "both", chosen["call"], offered),
    }
    return render(request, "surveys/print.html", context)


def _document(survey: Survey) -> Document:
    """What customers answer; before the first publication, the draft."""
    return read_document(survey.version.document if survey.version else survey.draft)


def _query(chosen: Mapping[str, object]) -> list[tuple[str, str]]:
    return [
        (name, "on" if given is True else str(given))
        for name, given in chosen.items()
        if given
    ]
