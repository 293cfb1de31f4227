"""Alerts: what somebody wants to be told of, and each time it came true."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from teams.access import ScopedQuerySet, can, scope_condition, scopes_of
from teams.models import Team, User
from teams.roles import Ability
from tickets.models import Initiative


class AlertRuleQuerySet(ScopedQuerySet["AlertRule"]):
    SEEN_WITH = Ability.SEE_DASHBOARDS

    def visible_to(self, user: User) -> Self:
        """Whoever sets alerts sees every rule, others their own; no rule holds numbers."""
        if can(user, Ability.EDIT_DASHBOARDS):
            return self.all()
        if not can(user, self.SEEN_WITH):
            return self.none()
        return self.filter(owner=user)


class AlertRule(models.Model):
    """What is watched, where, how far it may go, and who is told.

    Watched in the owner's scope, by `dashboards.alert_kinds`, which says what each kind
    makes of the numbers here.
    """

    class Kind(models.TextChoices):
        THRESHOLD = "threshold", _("A score passes a limit")
        CHANGE = "change", _("A score has clearly changed")
        RUN = "run", _("Many bad answers in a row")
        SILENCE = "silence", _("No answers where there usually are some")
        FORECAST = "forecast", _("A target will be missed")

    class Direction(models.TextChoices):
        BELOW = "below", pgettext_lazy("alert", "falls below")
        ABOVE = "above", pgettext_lazy("alert", "rises above")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    metric = models.CharField(_("score"), max_length=10)
    direction = models.CharField(
        _("direction"),
        max_length=5,
        choices=Direction.choices,
        default=Direction.BELOW,
    )
    # In the metric's unit; of a run: how many answers are bad.
    level = models.FloatField(_("limit"))
    # Where an open alert closes: short of the level, so that it does not flicker.
    clear_level = models.FloatField(_("closes again at"))
    # Company days that are measured together; of a forecast: how far it looks back.
    days = models.PositiveSmallIntegerField(_("days measured together"))
    # Fewer answers say nothing, neither bad nor good; of a run: how many are looked at.
    least = models.PositiveSmallIntegerField(_("answers needed"))
    # The day by which a target shall be reached; of forecasts only.
    until = models.DateField(_("by when"), null=True, blank=True)
    # As in the address of a page: the filters, without a period.
    query = models.TextField(blank=True)
    # A dimension: told apart for each of its values; '' is all together.
    by = models.CharField(_("apart for each"), max_length=20, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="alert_rules"
    )
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("people")
    )
    teams = models.ManyToManyField(
        Team, blank=True, related_name="+", verbose_name=_("teams")
    )
    # Company time; who is told, is told afterwards. Null: at any hour.
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    # After an alert has closed, none opens for so long.
    cooldown_hours = models.PositiveSmallIntegerField(_("pause in hours"), default=24)
    is_on = models.BooleanField(_("on"), default=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # What the last look saw: nothing is looked at twice (see `dashboards.alerts`).
    looked_at = models.DateTimeField(null=True)
    looked_on = models.DateField(null=True)
    looked_to = models.DateTimeField(null=True)
    looked_answers = models.BigIntegerField(null=True)
    # Why the last look failed, in words; '' where it did not.
    failure = models.CharField(max_length=300, blank=True)

    objects = AlertRuleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class AlertQuerySet(ScopedQuerySet["Alert"]):
    SEEN_WITH = Ability.SEE_DASHBOARDS

    def visible_to(self, user: User) -> Self:
        """One's own rules' alerts, and those told of nothing beyond one's scope.

        An alert that is not about one region tells of all: whoever may not see them
        all does not see it.
        """
        if not can(user, self.SEEN_WITH):
            return self.none()
        if not scopes_of(user):
            return self.all()
        narrowed = {scope.dimension for scope in scopes_of(user)}
        fields: Mapping[str, str] = {name: name for name in sorted(narrowed)}
        inside = scope_condition(user, fields)
        for name in fields:
            inside &= Q(**{f"{name}__isnull": False})
        return self.filter(inside | Q(rule__owner=user))

    def open(self, *, at: datetime) -> Self:
        """Not closed, and nobody put it off."""
        return self.filter(closed_at__isnull=True).exclude(snoozed_until__gt=at)

    def snoozed(self, *, at: datetime) -> Self:
        return self.filter(closed_at__isnull=True, snoozed_until__gt=at)

    def past(self) -> Self:
        return self.filter(closed_at__isnull=False)


class Alert(models.Model):
    """One episode: a rule came true for one segment, until it no longer is."""

    rule = models.ForeignKey(AlertRule, models.CASCADE, related_name="alerts")
    # The value of the rule's `by`, as text; '' is "not stated", or the rule has none.
    segment = models.CharField(max_length=200, blank=True)
    # The one value that it is about, by the dimensions of data scopes; null: all.
    region = models.CharField(max_length=80, null=True)  # noqa: DJ001  '' is a region
    product_line = models.CharField(max_length=80, null=True)  # noqa: DJ001
    tier = models.CharField(max_length=40, null=True)  # noqa: DJ001
    team = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # When its people were told; null while quiet hours last.
    told_at = models.DateTimeField(null=True)
    # What was measured (`alert_kinds.Finding`): when it opened, and lately.
    first_finding = models.JSONField()
    last_finding = models.JSONField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    snoozed_until = models.DateTimeField(null=True)
    snoozed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    initiative = models.ForeignKey(
        Initiative, models.SET_NULL, null=True, related_name="alerts"
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule", "segment"],
                condition=Q(closed_at__isnull=True),
                name="one_open_alert",
            ),
        ]
        indexes: ClassVar = [
            # Read by the lists of alerts.
            models.Index(fields=["-opened_at"], name="alert_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.segment}"

    def get_absolute_url(self) -> str:
        return f"/dashboards/alerts/{self.pk}/"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def finding(self) -> dict[str, Any]:
        found: dict[str, Any] = (
            self.last_finding if self.is_open else self.first_finding
        )
        return found
