"""After a ticket: the customer is asked again, and answers again."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from surveys.models import Invitation, Response
from tickets.models.answer import TicketAnswer
from tickets.models.ticket import Ticket


class ReAsk(models.Model):
    """Whether the customer of a resolved ticket was asked again: once per ticket.

    `skipped`: why not, for good. Who may not be asked yet has no row.
    """

    class Skipped(models.TextChoices):
        ERASED = "erased", _("the customer's data was erased")
        NO_ADDRESS = "no_address", _("the customer has no e-mail address")
        NO_CONSENT = (
            "no_consent",
            _("the customer does not want to be contacted by e-mail"),
        )
        ANSWERED = "answered", _("the customer has answered again by themselves")
        ASKED_OFTEN = "quarantine", _("the customer had been asked too often")
        ONCE = "once", _("the survey takes one answer per customer")
        NOT_LIVE = "not_live", _("the survey is not live any more")

    ticket = models.OneToOneField(
        Ticket, models.CASCADE, primary_key=True, related_name="re_ask"
    )
    invitation = models.OneToOneField(
        Invitation, models.SET_NULL, null=True, related_name="re_ask"
    )
    decided_at = models.DateTimeField()
    skipped = models.CharField(max_length=12, choices=Skipped.choices, blank=True)

    def __str__(self) -> str:
        return f"re-ask of {self.ticket_id}"


class NextScore(models.Model):
    """What the customer of a low answer said next, on the same metric and scale.

    Derived: made anew whenever an answer of the customer arrives.
    """

    class Metric(models.TextChoices):
        NPS = "nps", "NPS"
        CSAT = "csat", "CSAT"
        CES = "ces", pgettext_lazy("metric", "CES (scale 1–7)")
        CES5 = "ces5", pgettext_lazy("metric", "CES (scale 1–5)")

    answer = models.OneToOneField(
        TicketAnswer, models.CASCADE, primary_key=True, related_name="next_score"
    )
    response = models.ForeignKey(Response, models.CASCADE, related_name="+")
    metric = models.CharField(max_length=4, choices=Metric.choices)
    before = models.SmallIntegerField()
    after = models.SmallIntegerField()
    # Out of the bottom group.
    is_recovered = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(before__gte=0, after__gte=0), name="next_score_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.before} → {self.after}"
