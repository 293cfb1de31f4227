"""Asking one customer: a personal link, copied by hand or sent by e-mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.letter_senders import sender_name
from customers.models import Consent, Customer, Message
from events import outbox
from events.deliveries import queue_delivery
from surveys import personal_links
from surveys.document import Document, read_document
from surveys.elements import LANGUAGES, Language, ScoreElement
from surveys.models import Invitation, Survey
from surveys.pages import in_language
from teams.models import User

SKIPPED: Mapping[str, Promise] = {
    "erased": _("the customer's data was erased"),
    "no_address": _("the customer has no e-mail address"),
    "no_consent": _("the customer does not want to be contacted by e-mail"),
}


@dataclass(frozen=True)
class Letter:
    """How a customer is asked, and for how long the link works."""

    channel: Invitation.Channel
    language: Language
    holds: timedelta


class SurveyNotLive(Exception):
    """Nobody can be asked before the survey is live; a sentence for the user."""


@transaction.atomic
def invite(
    survey: Survey,
    customer: Customer,
    *,
    letter: Letter,
    by: User | None,
    at: datetime,
) -> Invitation:
    """Make a personal link and, for e-mail, queue the letter that carries it.

    A customer who may not be written to is skipped: the invitation then says why, and
    nothing is sent. Raises SurveyNotLive.
    """
    if survey.state != Survey.State.PUBLISHED or survey.version is None:
        raise SurveyNotLive(_("Publish the survey first, then ask customers."))
    invitation = Invitation.objects.create(
        survey=survey,
        customer=customer,
        channel=letter.channel,
        created_at=at,
        expires_at=at + letter.holds,
        skipped_reason=_reason_to_skip(customer, letter.channel),
    )
    if letter.channel == Invitation.Channel.EMAIL and not invitation.skipped_reason:
        document = read_document(survey.version.document)
        words = letter_for(customer, invitation, document, letter.language)
        _send(invitation, words, letter.language, by=by, at=at)
    _record(invitation, by=by, at=at)
    return invitation


def link_of(invitation: Invitation) -> str:
    """The personal link, complete."""
    token = personal_links.token_for(invitation.id, expires_at=invitation.expires_at)
    return f"{settings.SITE_URL}/i/{token}/"


def language_for(customer: Customer) -> Language:
    """The language that we write to this customer in."""
    return LANGUAGES[1] if customer.locale.lower().startswith("zh") else LANGUAGES[0]


def _reason_to_skip(customer: Customer, channel: Invitation.Channel) -> str:
    if customer.erased_at is not None:
        return "erased"
    if channel != Invitation.Channel.EMAIL:
        return ""
    if not customer.email:
        return "no_address"
    refused = Consent.objects.filter(
        customer=customer, channel=channel, is_granted=False
    )
    return "no_consent" if refused.exists() else ""


def _send(
    invitation: Invitation,
    words: dict[str, str],
    language: Language,
    *,
    by: User | None,
    at: datetime,
) -> None:
    customer = invitation.customer
    delivery = queue_delivery(
        key=f"invitation-{invitation.id}",
        channel="email",
        recipient=customer.email,
        content={**words, "sender_name": sender_name(language)},
        at=at,
        subject=("invitation", invitation.id),
    )
    Message.objects.create(
        customer=customer,
        direction=Message.Direction.OUT,
        channel=Message.Channel.EMAIL,
        language=language,
        subject=words["subject"],
        text=words["text"],
        thread=f"survey:{invitation.survey_id}",
        happened_at=at,
        delivery=delivery,
        author=by.name if by else "",
    )
    invitation.sent_at = at
    invitation.save(update_fields=["sent_at"])


def letter_for(
    customer: Customer, invitation: Invitation, document: Document, language: Language
) -> dict[str, str]:
    """Subject, text and HTML. The numbers in it only pre-select: nothing is stored
    before the customer sends the page, so link scanners cannot answer."""
    link, score = link_of(invitation), document.score
    context: dict[str, Any] = {
        "language": language,
        "customer": customer,
        "title": in_language(document.title, language),
        "link": f"{link}?lang={language}",
        "expires_at": invitation.expires_at,
        **_scale_of(score, language),
    }
    with translation.override(language):
        return {
            "subject": context["title"],
            "text": render_to_string("surveys/email/invitation.txt", context).strip(),
            "html": render_to_string("surveys/email/invitation.html", context),
        }


def _scale_of(score: ScoreElement | None, language: Language) -> dict[str, Any]:
    if score is None:
        return {"question": "", "points": ()}
    return {
        "question": in_language(score.text, language),
        "low_label": in_language(score.low_label, language),
        "high_label": in_language(score.high_label, language),
        "points": range(score.lowest, score.scale + 1),
    }


def _record(invitation: Invitation, *, by: User | None, at: datetime) -> None:
    name = "skipped" if invitation.skipped_reason else "made"
    outbox.record(
        f"survey.invitation_{name}",
        subject=("survey", invitation.survey_id),
        at=at,
        actor=by.email if by else "",
        payload={
            "invitation": str(invitation.id),
            "customer": invitation.customer_id,
            "channel": invitation.channel,
            "reason": invitation.skipped_reason,
        },
    )
