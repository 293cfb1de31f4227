"""Bringing a survey to customers: link, QR code, test link, personal links."""

import io

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer
from events.models import Delivery
from surveys.forms import InvitationForm
from surveys.invitations import (
    SKIPPED,
    Letter,
    SurveyNotLive,
    invite,
    language_for,
    link_of,
)
from surveys.loading import get_survey_for
from surveys.models import Invitation, Survey
from surveys.open_links import public_link
from surveys.trials import trial_token
from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability

FOUND = 8
SHOWN = 20


@requires(Ability.EDIT_SURVEYS)
@require_safe
def share(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    return _share_page(request, survey, None)


@requires(Ability.EDIT_SURVEYS)
@require_POST
def invitations(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    form = InvitationForm(request.POST, user=request.user)
    if not form.is_valid():
        return _share_page(request, survey, form)
    letter = Letter(
        channel=Invitation.Channel(form.cleaned_data["channel"]),
        language=form.cleaned_data["language"],
        holds=form.holds(),
    )
    customer = form.cleaned_data["customer"]
    try:
        invitation = invite(
            survey, customer, letter=letter, by=request.user, at=timezone.now()
        )
    except SurveyNotLive as error:
        messages.error(request, str(error))
        return redirect("surveys:share", pk)
    _tell(request, invitation)
    return redirect("surveys:share", pk)


@requires(Ability.EDIT_SURVEYS)
@require_POST
def test_link(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_survey_for(request.user, pk)
    trial = survey.freeze_trial(by=request.user, at=timezone.now())
    return redirect(f"/s/{survey.slug}/?test={trial_token(trial)}")


@requires(Ability.SEE_CUSTOMERS)
@require_safe
def qr_code(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    import segno

    survey = get_survey_for(request.user, pk)
    image = io.BytesIO()
    code = segno.make(public_link(survey), error="m", micro=False)
    code.save(image, kind=kind, scale=12 if kind == "png" else 8, border=4)
    types = {"svg": "image/svg+xml", "png": "image/png"}
    response = HttpResponse(image.getvalue(), content_type=types[kind])
    if "download" in request.GET:
        name = f"{survey.slug}-qr.{kind}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _share_page(
    request: StaffRequest, survey: Survey, form: InvitationForm | None
) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:120]
    chosen = _chosen(request)
    context = {
        "survey": survey,
        "link": public_link(survey),
        "words": words,
        "found": _found(request.user, words) if words else [],
        "chosen": chosen,
        "form": form or _form_for(request.user, survey, chosen),
        "invitations": _recent(request.user, survey),
        "can_edit": True,
    }
    status = 422 if form else 200
    return render(request, "surveys/share.html", context, status=status)


def _form_for(
    user: User, survey: Survey, chosen: Customer | None
) -> InvitationForm | None:
    if chosen is None:
        return None
    initial: dict[str, object] = {
        "customer": chosen.pk,
        "language": language_for(chosen),
    }
    if not chosen.email:
        initial["channel"] = Invitation.Channel.LINK
    return InvitationForm(user=user, initial=initial)


def _chosen(request: StaffRequest) -> Customer | None:
    pk = request.POST.get("customer") or request.GET.get("customer") or ""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 18):
        return None
    return Customer.objects.visible_to(request.user).filter(pk=int(pk)).first()


def _found(user: User, words: str) -> list[Customer]:
    customers = Customer.objects.visible_to(user).search(words)
    return list(customers.select_related("account").order_by("name", "pk")[:FOUND])


def _recent(user: User, survey: Survey) -> list[dict[str, object]]:
    invitations = Invitation.objects.visible_to(user).filter(survey=survey)
    newest = list(
        invitations.select_related("customer").order_by("-created_at")[:SHOWN]
    )
    states = dict(
        Delivery.objects.filter(
            subject_type="invitation", subject_id__in=[str(i.id) for i in newest]
        ).values_list("subject_id", "state")
    )
    now = timezone.now()
    return [
        {
            "invitation": invitation,
            "link": "" if invitation.skipped_reason else link_of(invitation),
            "skipped": SKIPPED.get(invitation.skipped_reason, ""),
            "delivery": states.get(str(invitation.id), ""),
            "is_expired": invitation.expires_at <= now,
        }
        for invitation in newest
    ]


def _tell(request: StaffRequest, invitation: Invitation) -> None:
    if invitation.skipped_reason:
        reason = SKIPPED[invitation.skipped_reason]
        messages.warning(
            request, _("Nothing was sent: %(reason)s.") % {"reason": reason}
        )
    elif invitation.channel == Invitation.Channel.EMAIL:
        messages.success(request, _("The e-mail is on its way."))
    else:
        messages.success(
            request, _("The personal link is made. Copy it from the list.")
        )
