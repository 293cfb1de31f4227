"""How fast we promise to act."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class SlaPolicy(models.Model):
    """Targets in minutes of working time (round the clock where a team has no hours)."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    first_contact_minutes = models.PositiveIntegerField(
        _("first contact within (minutes)"), default=24 * 60
    )
    resolution_minutes = models.PositiveIntegerField(
        _("resolved within (minutes)"), default=5 * 24 * 60
    )
    # To a message of the customer after the first contact; null: no promise.
    next_response_minutes = models.PositiveIntegerField(
        _("answer within (minutes)"), null=True, blank=True
    )
    # Reopened within so many days, the same clocks go on; later it is a new ticket.
    reopen_days = models.PositiveSmallIntegerField(
        _("days in which a ticket can be reopened"), default=14
    )
    # Silence for so long after the outcome was told counts as unconfirmed.
    silence_days = models.PositiveSmallIntegerField(
        _("days until silence closes a ticket"), default=7
    )
    # So long after its resolution the customer is asked the same survey again; 0: never.
    re_ask_days = models.PositiveSmallIntegerField(
        _("days until the customer is asked again"), default=30
    )
    # A ticket's pauses together take no more working time than this; null: no limit.
    pause_minutes = models.PositiveIntegerField(
        _("paused at most, in all (minutes)"), null=True, blank=True
    )
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name; the ones we ship are known in every language."""
        return gettext(self.name)

    def minutes_for(self, kind: str) -> int:
        """The target of a clock of this kind."""
        if kind == "first_contact":
            return self.first_contact_minutes
        return self.resolution_minutes


class SlaTarget(models.Model):
    """Other targets of a policy for a priority, a tier, or both; blank is any.

    The one that names most wins; tier before priority.
    """

    policy = models.ForeignKey(SlaPolicy, models.CASCADE, related_name="targets")
    priority = models.CharField(_("priority"), max_length=10, blank=True)
    tier = models.CharField(_("tier"), max_length=40, blank=True)
    first_contact_minutes = models.PositiveIntegerField(
        _("first contact within (minutes)")
    )
    next_response_minutes = models.PositiveIntegerField(
        _("answer within (minutes)"), null=True, blank=True
    )
    resolution_minutes = models.PositiveIntegerField(_("resolved within (minutes)"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["policy", "priority", "tier"], name="one_target_per_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.priority or '*'} {self.tier or '*'}"


class EscalationLevel(models.Model):
    """What happens when so much of a promise's working time is used up.

    100 is the deadline itself; 150 half the target later.
    """

    class Notify(models.TextChoices):
        NOBODY = "", _("nobody")
        ASSIGNEE = "assignee", _("the owner")
        LEAD = "lead", _("the owner and the team’s lead")

    class Reassign(models.TextChoices):
        KEEP = "", _("stays with the owner")
        LEAST_LOADED = "least_loaded", _("goes to the least loaded of the team")
        LEAD = "lead", _("goes to the team’s lead")

    policy = models.ForeignKey(SlaPolicy, models.CASCADE, related_name="levels")
    percent = models.PositiveSmallIntegerField(_("at (% of the time)"))
    notify = models.CharField(
        _("tell"),
        max_length=10,
        choices=Notify.choices,
        blank=True,
        default=Notify.ASSIGNEE,
    )
    reassign = models.CharField(
        _("the ticket"), max_length=12, choices=Reassign.choices, blank=True
    )
    raises_priority = models.BooleanField(_("raise the priority"), default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["policy", "percent"], name="one_level_per_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % of {self.policy_id}"
