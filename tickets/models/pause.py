"""When and why the promises of a ticket stood still."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Pause(models.Model):
    """One half-open span [started_at, ended_at), with a reason fit for the customer."""

    class Reason(models.TextChoices):
        CUSTOMER = "customer", _("waiting for the customer")
        SUPPLIER = "supplier", _("waiting for a supplier")
        LATER_CALL = "later_call", _("the customer asked for a later call")

    ticket = models.ForeignKey("Ticket", models.CASCADE, related_name="pauses")
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    words = models.CharField(_("details"), max_length=200, blank=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # The clocks go on by themselves then.
    resumes_at = models.DateTimeField(null=True)
    # So do they when the policy's limit on pauses is used up.
    limit_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Empty: by itself, or by the customer's message.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(ended_at__isnull=True),
                name="one_pause_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            # Read by the tick that ends pauses.
            models.Index(
                fields=["resumes_at"],
                condition=Q(ended_at__isnull=True, resumes_at__isnull=False),
                name="pause_resumes",
            ),
            # So is this one.
            models.Index(
                fields=["limit_at"],
                condition=Q(ended_at__isnull=True, limit_at__isnull=False),
                name="pause_limit",
            ),
        ]

    @property
    def ends_at(self) -> datetime | None:
        """When it ends by itself; None: when somebody ends it, or the customer writes."""
        ends = [at for at in (self.resumes_at, self.limit_at) if at is not None]
        return min(ends, default=None)

    @property
    def ends_by_limit(self) -> bool:
        """Whether the policy's limit on pauses ends it, before anything planned."""
        return self.limit_at is not None and self.ends_at != self.resumes_at

    def __str__(self) -> str:
        return f"{self.reason} on {self.ticket_id}"
