"""Boards people build: tiles of their own choice, kept for one, a team or everybody."""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events import outbox
from teams.access import can
from teams.models import Team, User
from teams.roles import Ability

COLUMNS = 12
MOST_ROWS = 96
TALLEST = 12


class DashboardQuerySet(models.QuerySet["Dashboard"]):
    def kept(self) -> Self:
        return self.filter(deleted_at__isnull=True)

    def deleted(self) -> Self:
        return self.filter(deleted_at__isnull=False)

    def visible_to(self, user: User) -> Self:
        """One's own, those of one's teams, the company's; the deleted too."""
        if not can(user, Ability.SEE_DASHBOARDS):
            return self.none()
        audience = Dashboard.Audience
        return self.filter(
            Q(owner=user)
            | Q(audience=audience.COMPANY)
            | Q(audience=audience.TEAM, team__in=Team.objects.of(user))
        )


class Dashboard(models.Model):
    """`version` rises with every change, so that nobody overwrites what they did not
    see; `place` is where in its history of states the board stands."""

    class Audience(models.TextChoices):
        PRIVATE = "private", _("Only me")
        TEAM = "team", _("A team")
        COMPANY = "company", _("The company")

    class Rights(models.TextChoices):
        VIEW = "view", _("may look at it")
        EDIT = "edit", _("may change it too")

    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=240, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="dashboards",
        verbose_name=_("owner"),
    )
    audience = models.CharField(
        _("who sees it"),
        max_length=10,
        choices=Audience.choices,
        default=Audience.PRIVATE,
    )
    team = models.ForeignKey(
        Team,
        # A board of a team that is no more is its owner's.
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="dashboards",
        verbose_name=_("team"),
    )
    rights = models.CharField(
        _("they"), max_length=4, choices=Rights.choices, default=Rights.VIEW
    )
    # The selection it opens with, as in an address: period=30d&region=North.
    selection = models.CharField(max_length=2_000, blank=True)
    version = models.PositiveIntegerField(default=1)
    place = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = DashboardQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(audience="team") | Q(team__isnull=True),
                name="board_team_of_audience",
            ),
        ]
        indexes: ClassVar = [
            # Read by the list of boards.
            models.Index(fields=["audience", "name"], name="board_audience"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dashboards:board", args=[self.pk])

    def can_edit(self, user: User) -> bool:
        """The owner; those it is for where they may; a team's lead; for the company's,
        who sets what others see."""
        if self.owner_id == user.pk:
            return True
        if self.audience == self.Audience.TEAM and self.team is not None:
            return self.team.lead_id == user.pk or (
                self.rights == self.Rights.EDIT
                and Team.objects.of(user).contains(self.team)
            )
        if self.audience == self.Audience.COMPANY:
            return self.rights == self.Rights.EDIT or can(user, Ability.EDIT_DASHBOARDS)
        return False

    def record(self, what: str, *, by: User, at: datetime, **payload: object) -> None:
        outbox.record(
            f"dashboard.{what}",
            subject=("dashboard", self.pk),
            at=at,
            actor=by.email,
            payload={"version": self.version, **payload},
        )


class BoardTile(models.Model):
    """One tile: what it shows, and where on the grid of twelve columns it stands."""

    class Kind(models.TextChoices):
        NUMBER = "number", pgettext_lazy("tile", "Number")
        TREND = "trend", _("Trend")
        BARS = "bars", _("Bars")
        DISTRIBUTION = "distribution", _("Distribution")
        HEATMAP = "heatmap", _("Heat-map")
        TABLE = "table", _("Table")
        QUOTES = "quotes", _("Quotes")
        JOURNEY = "journey", _("Map of a journey")
        TEXT = "text", _("Text")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="tiles")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=120, blank=True)
    # What `dashboards.board_settings.TileSettings` reads.
    settings: models.JSONField[Any, Any] = models.JSONField(default=dict)
    x = models.PositiveSmallIntegerField(_("column"))
    y = models.PositiveSmallIntegerField(_("row"))
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))

    class Meta:
        # As it is read: row after row.
        ordering: ClassVar = ["y", "x", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    width__gte=1,
                    height__gte=1,
                    height__lte=TALLEST,
                    y__lte=MOST_ROWS,
                )
                & Q(x__lte=COLUMNS - models.F("width")),
                name="tile_on_the_grid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.x}, {self.y}"


class BoardState(models.Model):
    """The tiles as they were after one change: what undo and redo go back to."""

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="states")
    place = models.PositiveIntegerField()
    tiles: models.JSONField[Any, Any] = models.JSONField()
    what = models.CharField(max_length=40)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dashboard", "place"], name="one_state_per_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} ({self.place})"
