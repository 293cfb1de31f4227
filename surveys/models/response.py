"""What a customer answered."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from journeys.models import Touchpoint
from surveys.models.invitation import Invitation
from surveys.models.survey import Survey, SurveyVersion
from teams.access import ScopedQuerySet

# Beside the answers: where to call whoever asked for it after sending. No element can
# be called like this.
PHONE_KEY = "call.phone"


class ResponseQuerySet(ScopedQuerySet["Response"]):
    SCOPE_FIELDS = {
        "region": "region",
        "product_line": "product_line",
        "tier": "tier",
        "team": "touchpoint__team",
    }

    def counted(self) -> Self:
        """Those that numbers are made of: complete, and no tests."""
        return self.filter(state=Response.State.COMPLETE, is_test=False)


class Response(models.Model):
    """One submitted survey. Region, product line and tier are as at answer time."""

    class State(models.TextChoices):
        COMPLETE = "complete", _("complete")
        # Turned away by a full quota: kept, never counted.
        OVER_QUOTA = "over_quota", _("over quota")
        # Most likely sent by a program: kept apart until somebody has looked at it.
        HELD = "held", _("held back")

    class Triage(models.TextChoices):
        NEW = "new", _("new")
        READ = "read", pgettext_lazy("answer", "read")
        ARCHIVED = "archived", _("archived")

    class Channel(models.TextChoices):
        LINK = "link", _("Open link")
        PERSONAL = "personal", _("Personal link")
        EMBED = "embed", _("Website")
        KIOSK = "kiosk", _("Kiosk")
        API = "api", _("API")
        IMPORT = "import", _("Import")

    # Made with the page, so that a double click, a retry and a replay store once.
    id = models.UUIDField(primary_key=True, editable=False)
    # What stores a response sees that the version is one of the survey's, and nothing
    # that has answers is deleted. To have the database check survey, version and
    # touchpoint of each row again takes as long as storing it, and locks one and the
    # same line for everybody who answers at once.
    survey = models.ForeignKey(
        Survey,
        models.PROTECT,
        related_name="responses",
        db_index=False,
        db_constraint=False,
    )
    version = models.ForeignKey(
        SurveyVersion,
        models.PROTECT,
        related_name="responses",
        db_index=False,
        db_constraint=False,
    )
    invitation = models.OneToOneField(
        Invitation, models.SET_NULL, null=True, related_name="response"
    )
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, related_name="responses", db_index=False
    )
    touchpoint = models.ForeignKey(
        Touchpoint,
        models.PROTECT,
        related_name="responses",
        db_index=False,
        db_constraint=False,
    )
    channel = models.CharField(max_length=20, choices=Channel.choices)
    locale = models.CharField(max_length=10)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.COMPLETE
    )
    is_test = models.BooleanField(default=False)
    # Imported history is counted but opens no ticket unless the import asks for it.
    opens_tickets = models.BooleanField(default=True)
    started_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField()
    # The company's own calendar day of `submitted_at`; what numbers are grouped by.
    day = models.DateField()
    answers = models.JSONField()
    nps = models.SmallIntegerField(null=True)
    csat = models.SmallIntegerField(null=True)
    ces = models.SmallIntegerField(null=True)
    # 7 or 5: scales are never pooled.
    ces_scale = models.SmallIntegerField(null=True)
    comment = models.TextField(blank=True)
    wants_contact = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True)
    sentiment = models.FloatField(null=True)
    sentiment_label = models.CharField(max_length=10, blank=True)
    topics = ArrayField(models.CharField(max_length=40), default=list)
    region = models.CharField(max_length=80, blank=True)
    product_line = models.CharField(max_length=80, blank=True)
    tier = models.CharField(max_length=40, blank=True)
    attributes = models.JSONField(default=dict)
    # What the survey's variables came to.
    variables = models.JSONField(default=dict, db_default={})
    # The ending that was shown.
    ending = models.CharField(max_length=40, blank=True, db_default="")
    triage = models.CharField(
        max_length=10,
        choices=Triage.choices,
        default=Triage.NEW,
        db_default=Triage.NEW.value,
    )
    # Why the answer looks odd; nothing is dropped for it. Keys of `surveys.suspicion`.
    flags = ArrayField(models.CharField(max_length=20), default=list, db_default=[])

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(nps__isnull=True) | Q(nps__range=(0, 10)),
                name="response_nps_scale",
            ),
            models.CheckConstraint(
                condition=Q(csat__isnull=True) | Q(csat__range=(1, 5)),
                name="response_csat_scale",
            ),
            models.CheckConstraint(
                condition=Q(ces__isnull=True, ces_scale__isnull=True)
                | Q(ces_scale=7, ces__range=(1, 7))
                | Q(ces_scale=5, ces__range=(1, 5)),
                name="response_ces_scale",
            ),
        ]
        indexes: ClassVar = [
            # Read by the results page of a survey, newest first.
            models.Index(fields=["survey", "-submitted_at"], name="response_newest"),
            # Read by the tallies: how many answers of a version there are each day. Few
            # values repeated often, so it is a hundredth of the table.
            models.Index(
                fields=["survey", "is_test", "state", "version", "day"],
                name="response_tallied",
            ),
            # Read by whoever counts the answers of few days, over all surveys.
            models.Index(
                fields=["day"],
                condition=Q(state="complete", is_test=False),
                name="response_counted",
            ),
            # Read by the list of answers that somebody put aside.
            models.Index(
                fields=["survey", "triage", "-submitted_at"],
                condition=~Q(triage="new"),
                name="response_triaged",
            ),
            # Read by the list of answers that look odd.
            models.Index(
                fields=["survey", "-submitted_at"],
                condition=~Q(flags=[]),
                name="response_flagged",
            ),
            # Read by the customer's timeline and the second-low-answer rule.
            models.Index(
                fields=["customer", "-submitted_at"],
                condition=Q(customer__isnull=False),
                name="response_of_customer",
            ),
            # Read by enrichment: comments that nobody has looked at yet.
            models.Index(
                fields=["-submitted_at"],
                condition=Q(sentiment_label="") & ~Q(comment=""),
                name="response_unread",
            ),
            # Read by the dashboards' themes and quotes: what was written on which days.
            models.Index(
                fields=["day", "submitted_at"],
                condition=Q(state="complete", is_test=False) & ~Q(comment=""),
                name="response_commented",
            ),
            # Read by the API's list over all surveys and by the reconciliation.
            models.Index(fields=["-submitted_at", "id"], name="response_stream"),
        ]

    def __str__(self) -> str:
        return f"{self.id}"

    @property
    def phone_to_call(self) -> str:
        """Given on the page that thanked; empty where nobody asked for a call."""
        return str(self.answers.get(PHONE_KEY, ""))
