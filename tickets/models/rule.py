"""Which answers become tickets, and whose."""

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
    # Answers from before this instant are not judged by the rule.
    effective_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name; the ones we ship are known in every language."""
        return gettext(self.name)
