"""Departments and queues, and who sits in them."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from teams.models.user import User
from teams.models.working_hours import WorkingHours
from teams.roles import Role

__all__ = ["Membership", "Role", "Team"]


class TeamQuerySet(models.QuerySet["Team"]):
    def serving(self) -> Self:
        """Those that are not retired."""
        return self.filter(retired_at__isnull=True)

    def of(self, user: User) -> Self:
        """Where the person sits, and those they lead."""
        seats = Membership.objects.filter(user=user)
        return self.serving().filter(Q(pk__in=seats.values("team")) | Q(lead=user))


class Team(models.Model):
    """A department or queue. Its lead answers for what nobody else picks up."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="led_teams",
        verbose_name=_("lead"),
    )
    working_hours = models.ForeignKey(
        WorkingHours,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="teams",
        verbose_name=_("working hours"),
        help_text=_("Without working hours the clock runs day and night."),
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="teams"
    )

    # From then on it takes no new work; what it did stays.
    retired_at = models.DateTimeField(null=True)

    objects = TeamQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's seat in a team, and the role they have in it."""

    ROLES = ((Role.AGENT, Role.AGENT.label), (Role.TEAM_LEAD, Role.TEAM_LEAD.label))

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=20, choices=ROLES, default=Role.AGENT)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "user"], name="one_seat_per_team"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"
