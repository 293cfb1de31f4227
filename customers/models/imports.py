"""A file of customers on its way in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from teams.access import can, scopes_of
from teams.models import DataScope, User
from teams.roles import Ability


class ImportIsRunning(Exception):
    """The file is being worked on and cannot be started again now."""


class CustomerImportQuerySet(models.QuerySet["CustomerImport"]):
    def visible_to(self, user: User) -> Self:
        """One's own; everybody's for editors who may see every customer."""
        if not can(user, Ability.EDIT_CUSTOMERS):
            return self.filter(created_by=user)
        # A file may hold customers that a narrowed editor may not know of.
        narrowing = {scope.dimension for scope in scopes_of(user)}
        if narrowing - {DataScope.Dimension.TEAM}:
            return self.filter(created_by=user)
        return self.all()

    def stalled(self, *, since: datetime) -> Self:
        """Running, but nobody has worked on them since then."""
        return self.filter(state=CustomerImport.State.RUNNING).filter(
            Q(worked_at__lt=since) | Q(worked_at__isnull=True)
        )


class CustomerImport(models.Model):
    """The uploaded file, the column mapping, and how far the import has come."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    # Decoded on upload; customers' data lives in the one database that is backed up.
    text = models.TextField()
    delimiter = models.CharField(max_length=1, default=",")
    # {"columns": ["external_id", "name", "attribute", "skip", ...]}, one per column.
    mapping = models.JSONField(default=dict)
    is_dry_run = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.UPLOADED
    )
    # Records, without the header and blank lines.
    line_count = models.PositiveIntegerField(default=0)
    lines_done = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    # [{"line": 12, "problems": [{"code": ..., ...}]}], the first thousand lines.
    errors = models.JSONField(default=list)
    error_count = models.PositiveIntegerField(default=0)
    worked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = CustomerImportQuerySet.as_manager()

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("customers:import", args=[self.pk])

    @property
    def unchanged_count(self) -> int:
        """Good lines that said nothing new."""
        return (
            self.lines_done - self.created_count - self.updated_count - self.error_count
        )

    def start(self, *, columns: Sequence[str], dry_run: bool, at: datetime) -> None:
        """From the first line. Raises ImportIsRunning while somebody works on it."""
        startable = CustomerImport.objects.exclude(state=self.State.RUNNING)
        started = startable.filter(pk=self.pk).update(
            mapping={"columns": list(columns)},
            is_dry_run=dry_run,
            state=self.State.RUNNING,
            lines_done=0,
            created_count=0,
            updated_count=0,
            errors=[],
            error_count=0,
            worked_at=at,
            finished_at=None,
        )
        if not started:
            raise ImportIsRunning(_("This file is being imported already."))
