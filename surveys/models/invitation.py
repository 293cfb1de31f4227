"""One customer asked to answer one survey; the personal link points here."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from surveys.models.campaign import Campaign
from surveys.models.survey import Survey
from teams.access import ScopedQuerySet


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    SCOPE_FIELDS = {
        "region": "customer__region",
        "product_line": "customer__product_line",
        "tier": "customer__tier",
        "team": "survey__touchpoint__team",
    }


class Invitation(models.Model):
    """`surveys.personal_links` signs the id into a token. Answered at most once."""

    class Channel(models.TextChoices):
        LINK = "link", _("Copied link")
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="invitations")
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, related_name="invitations"
    )
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="invitations")
    channel = models.CharField(
        max_length=20, choices=Channel.choices, default=Channel.LINK
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    skipped_reason = models.CharField(max_length=120, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["survey", "-created_at"], name="invitation_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} to {self.customer_id}"
