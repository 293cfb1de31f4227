"""The outer loop: removing a cause, instead of saying sorry for it once more."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from journeys.models import Touchpoint
from teams.access import ScopedQuerySet
from teams.models import Team
from tickets.models.recovered import NextScore
from tickets.models.root_cause import RootCause


class InitiativeQuerySet(ScopedQuerySet["Initiative"]):
    SCOPE_FIELDS = {"team": "team"}

    def alive(self) -> Self:
        return self.filter(state__in=Initiative.ALIVE)


class Initiative(models.Model):
    """What a team does about one or more causes, at some touchpoints."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("initiative", "planned")
        RUNNING = "running", pgettext_lazy("initiative", "running")
        DONE = "done", pgettext_lazy("initiative", "done")
        DROPPED = "dropped", pgettext_lazy("initiative", "dropped")

    ALIVE = (State.PLANNED, State.RUNNING)

    title = models.CharField(_("title"), max_length=160)
    team = models.ForeignKey(
        Team, models.PROTECT, related_name="initiatives", verbose_name=_("team")
    )
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="initiatives",
        verbose_name=_("who leads it"),
    )
    causes = models.ManyToManyField(
        RootCause, related_name="initiatives", verbose_name=_("root causes")
    )
    # Empty: everywhere, which leaves nothing to compare its effect with.
    touchpoints = models.ManyToManyField(
        Touchpoint,
        related_name="initiatives",
        blank=True,
        verbose_name=_("touchpoints"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED
    )
    expected_effect = models.TextField(_("expected effect"), blank=True)
    expected_in = models.CharField(
        _("score that should change"),
        max_length=4,
        choices=NextScore.Metric.choices,
        default=NextScore.Metric.NPS,
    )
    # NPS points, or percentage points of a share, against the touchpoints that are not
    # changed.
    expected_points = models.DecimalField(
        _("expected change in points"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
    )
    starts_on = models.DateField(_("starts on"))
    done_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    # When the customers were told; once for all.
    told_at = models.DateTimeField(null=True)

    objects = InitiativeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/initiatives/{self.pk}/"

    @property
    def thread(self) -> str:
        """What ties messages with customers to it."""
        return f"initiative:{self.pk}"


class InitiativeAction(models.Model):
    """One step, with somebody who does it by a day."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="actions")
    title = models.CharField(_("what is to be done"), max_length=200)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="initiative_actions",
        verbose_name=_("by whom"),
    )
    due_on = models.DateField(_("by when"))
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["initiative", "due_on"], name="initiative_action_due"),
        ]

    def __str__(self) -> str:
        return self.title


class InitiativeDecision(models.Model):
    """A line of the decision log: append-only."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="decisions")
    text = models.TextField(_("decision"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:80]
