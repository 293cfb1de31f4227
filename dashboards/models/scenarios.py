"""Assumptions under which the value of experience is reckoned, under a name."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from teams.models import User


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those that others share."""
        return self.filter(Q(owner=user) | Q(is_shared=True))


class Scenario(models.Model):
    """`assumptions` are those of `dashboards.assumptions`, by their names."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="scenarios"
    )
    name = models.CharField(_("name"), max_length=80)
    is_shared = models.BooleanField(_("everybody may see it"), default=False)
    assumptions = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "name"], name="one_scenario_per_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name
