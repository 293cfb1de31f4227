"""Key drivers that a worker calculated, or is about to."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from surveys.models import Survey


class DriverRun(models.Model):
    """One person's question with all that it was asked of, and what came of it.

    Whose answers were read depends on who asked, so it is nobody else's. Whoever
    deletes a row that is under way cancels it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    asked_at = models.DateTimeField()
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    # nps, csat or ces.
    outcome = models.CharField(max_length=10)
    # Keys of `driver_data.Attribute`.
    attributes = models.JSONField(default=list)
    since = models.DateField()
    until = models.DateField()
    # What else narrows the answers: `selection.Filters` by name.
    filters = models.JSONField(default=dict)
    # The same for the same question of the same person; see `driver_runs.digest_of`.
    digest = models.CharField(max_length=64)
    # Of the method: an older one's numbers are not this one's.
    version = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.WAITING
    )
    # Bootstrap samples; the first is there once the answers are read.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    worked_at = models.DateTimeField(null=True)
    # When the newest of the answers came that were read; none was before the run.
    newest_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=80, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # Read by the page: the person's newest run of a question.
            models.Index(
                fields=["asked_by", "digest", "-asked_at"], name="driver_run_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.survey_id} {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None
