"""Excel files that a worker writes, because nobody should wait for them in a request."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from surveys.models.survey import Survey

# A worker says so after every thousand rows; who is silent for this long is gone.
STALLED = timedelta(minutes=5)


class ExportQuerySet(models.QuerySet["Export"]):
    def to_write(self, *, at: datetime) -> Self:
        """Those that any worker may take up: nobody has, or who did is gone."""
        waiting = Q(state=Export.State.WAITING)
        left = Q(state=Export.State.RUNNING, worked_at__lt=at - STALLED)
        return self.filter(waiting | left)

    def under_way(self) -> Self:
        return self.filter(state__in=(Export.State.WAITING, Export.State.RUNNING))


class Export(models.Model):
    """One person's file. `filters` are the results page's own, by name; `file_name` is
    the name in the folder, there once the file is `READY`."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        READY = "ready", "ready"
        FAILED = "failed", "failed"

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="exports")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    asked_at = models.DateTimeField()
    filters = models.JSONField(default=dict)
    # Of the headings and of yes and no.
    language = models.CharField(max_length=10)
    # How many there were when it was asked for, and how many are in the file.
    rows = models.PositiveIntegerField()
    done_rows = models.PositiveIntegerField(default=0)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    worked_at = models.DateTimeField(null=True)
    file_name = models.CharField(max_length=40, blank=True)
    # Whose answers are in the file; see `surveys.tallies.view_of`.
    view = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()

    objects = ExportQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            # Read by the sweep.
            models.Index(fields=["expires_at"], name="export_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.asked_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        # Not reversed: the workers that write notices never load the views.
        return f"/surveys/{self.survey_id}/exports/{self.pk}/"

    def is_under_way(self, *, at: datetime) -> bool:
        """Whether somebody may still wait for it."""
        if self.state == self.State.RUNNING:
            return self.worked_at is None or self.worked_at >= at - STALLED
        return self.state == self.State.WAITING

    @property
    def download_name(self) -> str:
        return f"{self.survey.slug}-answers.xlsx"
