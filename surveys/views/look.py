"""How a survey looks: colours, font, logo, and the pictures beside its questions."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from surveys import studio
from surveys.assets import UnusablePicture, address_of, keep_picture
from surveys.contrast import contrast_ratio, readable_on
from surveys.document import Theme, read_document
from surveys.loading import get_survey_for
from surveys.models import Asset, Survey
from surveys.theme_form import ThemeForm, initial_of
from teams.access import StaffRequest, requires
from teams.roles import Ability

FORM_METHODS = ["GET", "HEAD", "POST"]
FOR_EVER = "public, max-age=31536000, immutable"


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def look(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    theme = read_document(survey.draft).theme
    if request.method != "POST":
        form = ThemeForm(theme=theme, initial=initial_of(theme, survey.draft_revision))
        return _page(request, survey, form)
    form = ThemeForm(request.POST, request.FILES, theme=theme)
    if not form.is_valid():
        return _page(request, survey, form)
    try:
        _save(request, survey, form)
    except UnusablePicture as error:
        form.add_error("logo", str(error))
        return _page(request, survey, form)
    except studio.StaleDraft as error:
        return _page(request, error.survey, _asked_again(request, error.survey))
    messages.success(request, _("The look is saved in the draft."))
    return redirect("surveys:look", pk)


@requires(Ability.EDIT_SURVEYS)
@require_http_methods(FORM_METHODS)
def pictures(request: StaffRequest, pk: int) -> HttpResponse:
    """The survey's pictures as JSON; POST `file` adds one."""
    survey = get_survey_for(request.user, pk)
    if request.method != "POST":
        newest = survey.assets.defer("content").order_by("-created_at", "pk")
        return JsonResponse({"pictures": [_shown(asset) for asset in newest]})
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return JsonResponse({"error": _("Choose a file.")}, status=422)
    try:
        asset = keep_picture(survey, file, by=request.user, at=timezone.now())
    except UnusablePicture as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse(_shown(asset), status=201)


def asset(request: HttpRequest, rest: str) -> HttpResponse:
    """`/s-assets/<id>`: a picture for everybody; what an id shows never changes."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    try:
        picture = Asset.objects.get(pk=UUID(rest))
    except (ValueError, Asset.DoesNotExist):
        return HttpResponse(status=404)
    headers = {
        "Cache-Control": FOR_EVER,
        "X-Content-Type-Options": "nosniff",
        # Opened on its own it is a picture and nothing else.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        # A survey is shown within other sites, which may ask for this.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    content = bytes(picture.content)
    return HttpResponse(content, content_type=picture.content_type, headers=headers)


@transaction.atomic
def _save(request: StaffRequest, survey: Survey, form: ThemeForm) -> None:
    now = timezone.now()
    file = cast("UploadedFile[bytes] | None", form.cleaned_data.get("logo"))
    logo = keep_picture(survey, file, by=request.user, at=now) if file else None
    studio.replace_draft(
        survey,
        revision=form.cleaned_data["revision"],
        document=read_document(survey.draft).model_copy(
            update={"theme": form.theme_with(logo)}
        ),
        by=request.user,
        at=now,
    )


def _asked_again(request: StaffRequest, survey: Survey) -> ThemeForm:
    """What was chosen, to be saved on top of what somebody else has saved."""
    chosen = request.POST.copy()
    chosen["revision"] = str(survey.draft_revision)
    form = ThemeForm(chosen, theme=read_document(survey.draft).theme)
    form.add_error(
        None,
        _(
            "The draft was changed meanwhile. What you chose is still here: save it"
            " again. A new logo has to be chosen again."
        ),
    )
    return form


def _page(request: StaffRequest, survey: Survey, form: ThemeForm) -> HttpResponse:
    theme = form.theme
    context = {
        "survey": survey,
        "form": form,
        "theme": theme,
        "logo": address_of(theme.logo.asset) if theme.logo else "",
        "ratio": contrast_ratio(theme.text, theme.background),
        "on_accent": readable_on(theme.accent),
        "usual": Theme(),
        "can_edit": True,
    }
    status = 422 if form.is_bound else 200
    return render(request, "surveys/look.html", context, status=status)


def _shown(picture: Asset) -> dict[str, object]:
    return {
        "asset": str(picture.pk),
        "url": address_of(picture.pk),
        "name": picture.name,
        "width": picture.width,
        "height": picture.height,
    }
