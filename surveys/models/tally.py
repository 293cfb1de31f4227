"""What answers came to, kept so that nobody counts them twice."""

from typing import ClassVar

from django.db import models

from surveys.models.survey import Survey, SurveyVersion


class Tally(models.Model):
    """One version's answers of a span of days, counted for those who see the same.

    It holds while `total` is the number of all answers of the span; see
    `surveys.tallies`. `view` names whose answers were counted.
    """

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="tallies", db_index=False
    )
    version = models.ForeignKey(SurveyVersion, models.CASCADE, related_name="+")
    view = models.CharField(max_length=64)
    first_day = models.DateField()
    last_day = models.DateField()
    total = models.PositiveIntegerField()
    counts = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey", "view", "version", "first_day", "last_day"],
                name="one_tally_per_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.first_day}–{self.last_day}: {self.total}"
