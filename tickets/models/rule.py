"""Which answers become tickets, and whose."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from teams.models import Team
from tickets.models.sla import SlaPolicy


class Rule(models.Model):
    """Rules are tried by position; the first whose condition holds opens the ticket."""

    class Strategy(models.TextChoices):
        ACCOUNT_OWNER = (
            "account_owner",
            _("account owner, else the least loaded of the team, else its lead"),
        )
        LEAST_LOADED = (
            "least_loaded",
            _("the least loaded of the team, else its lead"),
        )
        ROUND_ROBIN = "round_robin", _("the team’s members in turn, else its lead")
        SKILL = "skill", _("the least loaded with the skill, else of the team")
        PERSON = "person", _("a named person, else the least loaded of the team")

    class Priority(models.TextChoices):
        URGENT = "urgent", pgettext_lazy("priority", "Urgent")
        HIGH = "high", pgettext_lazy("priority", "High")
        NORMAL = "normal", pgettext_lazy("priority", "Normal")
        LOW = "low", pgettext_lazy("priority", "Low")

    name = models.CharField(_("name"), max_length=120, unique=True)
    position = models.PositiveSmallIntegerField(_("position"))
    is_active = models.BooleanField(_("active"), default=True)
    # In the shared language of customers.conditions, over tickets.rule_fields.
    condition = models.JSONField(_("condition"))
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("team"),
        help_text=_("Empty: the team that owns the touchpoint."),
    )
    strategy = models.CharField(
        _("goes to"),
        max_length=20,
        choices=Strategy.choices,
        default=Strategy.ACCOUNT_OWNER,
    )
    priority = models.CharField(
        _("priority"),
        max_length=10,
        choices=Priority.choices,
        blank=True,
        help_text=_("Empty: by the customer's tier."),
    )
    sla_policy = models.ForeignKey(
        SlaPolicy, models.PROTECT, related_name="rules", verbose_name=_("SLA policy")
    )
    # Of the strategies "skill" and "person".
    skill = models.CharField(_("skill"), max_length=40, blank=True, default="")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    problem_type = models.CharField(
        _("problem type"), max_length=60, blank=True, default=""
    )
    tags = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("tags"),
        default=list,
        blank=True,
    )
    watchers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name=_("watchers"),
    )
    tells_lead = models.BooleanField(_("tell the team’s lead"), default=False)
    version = models.PositiveIntegerField(default=1)
    # Answers from before this instant are not judged by the rule.
    effective_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name; the ones we ship are known in every language."""
        return gettext(self.name)


class RuleVersion(models.Model):
    """A rule as it was: what a ticket's `rule_version` refers to. Append-only."""

    rule = models.ForeignKey(Rule, models.SET_NULL, null=True, related_name="versions")
    # Of the rule, also when that is gone.
    rule_key = models.BigIntegerField()
    version = models.PositiveIntegerField()
    # The rule as `tickets.rule_drafts` writes it.
    snapshot = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule_key", "version"], name="one_snapshot_per_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_key} v{self.version}"


class RulesDraft(models.Model):
    """The whole list of rules as somebody would have it; there is at most one."""

    rules = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"draft {self.revision}"


class Rehearsal(models.Model):
    """The draft tried out on past answers, by a worker."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", pgettext_lazy("rehearsal", "running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    rules = models.JSONField()
    revision = models.PositiveIntegerField()
    since = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.WAITING
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"rehearsal {self.pk} {self.state}"
