"""Answers that were begun and not (yet) sent: kept, and counted apart."""

from typing import ClassVar

from django.db import models

from customers.models import Customer
from surveys.models.invitation import Invitation
from surveys.models.survey import Survey, SurveyVersion
from teams.access import ScopedQuerySet


class PartialQuerySet(ScopedQuerySet["Partial"]):
    SCOPE_FIELDS = {
        "region": "customer__region",
        "product_line": "customer__product_line",
        "tier": "customer__tier",
        "team": "survey__touchpoint__team",
    }


class Partial(models.Model):
    """What a respondent has saved page by page; deleted when the answers are sent.

    `is_intent`: nothing but the score that was clicked in an e-mail, seen by a person
    but not confirmed by one.
    """

    # The response's id, which was made with the page.
    id = models.UUIDField(primary_key=True, editable=False)
    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="partials", db_index=False
    )
    version = models.ForeignKey(SurveyVersion, models.CASCADE, related_name="+")
    # One per personal link, so that another device goes on where the first left off.
    invitation = models.OneToOneField(
        Invitation, models.CASCADE, null=True, related_name="partial"
    )
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="+")
    channel = models.CharField(max_length=20)
    locale = models.CharField(max_length=10)
    is_test = models.BooleanField(default=False)
    is_intent = models.BooleanField(default=False)
    # The page that was shown last.
    page = models.CharField(max_length=40)
    # As they were given, not yet checked.
    answers = models.JSONField()
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    objects = PartialQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            # Read by the funnel of a survey.
            models.Index(fields=["survey", "-saved_at"], name="partial_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.id} at {self.page}"
