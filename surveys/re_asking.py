"""Asking a customer the same survey once more, if they may be asked at all."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from customers.models import Customer
from surveys.document import read_document
from surveys.invitations import Letter, SurveyNotLive, invite, language_for
from surveys.models import Invitation, Response, Survey

LINK_HOLDS = timedelta(days=30)


class NotAgain(Exception):
    """The customer is not asked again; `reason` is a key for the caller's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def asked_lately(customer: str, *, at: datetime) -> Q:
    """As a condition: whoever the field `customer` names was asked or has answered
    anything within the company's quarantine."""
    since = at - timedelta(days=settings.CONTACT_QUARANTINE_DAYS)
    of_them = OuterRef(customer)
    asked = Invitation.objects.filter(customer=of_them, sent_at__gt=since)
    answered = Response.objects.filter(customer=of_them, submitted_at__gt=since)
    return Q(Exists(asked)) | Q(Exists(answered))


def ask_again(
    survey: Survey, customer: Customer, *, since: datetime, at: datetime
) -> Invitation:
    """Write to the customer with a personal link, in the caller's transaction.

    The invitation says why it was not sent where the customer may not be written to.
    Raises NotAgain: `answered` where they have answered this survey since `since`,
    `once` where the survey takes one answer per customer, `not_live`.
    """
    if survey.state != Survey.State.PUBLISHED or survey.version is None:
        raise NotAgain("not_live")
    if read_document(survey.version.document).settings.once_per == "customer":
        raise NotAgain("once")
    answers = Response.objects.counted().filter(survey=survey, customer=customer)
    if answers.filter(submitted_at__gt=since).exists():
        raise NotAgain("answered")
    letter = Letter(Invitation.Channel.EMAIL, language_for(customer), LINK_HOLDS)
    try:
        return invite(survey, customer, letter=letter, by=None, at=at)
    except SurveyNotLive as error:
        raise NotAgain("not_live") from error
