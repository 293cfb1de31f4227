"""Counters beside the answers: pages shown, quotas filled."""

from typing import ClassVar

from django.db import models

from surveys.models.survey import Survey, SurveyVersion


class Shown(models.Model):
    """How often a version's first page was shown on one day of the company's."""

    version = models.ForeignKey(SurveyVersion, models.CASCADE, related_name="shown")
    day = models.DateField()
    channel = models.CharField(max_length=20)
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "day", "channel"], name="shown_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.day}: {self.count}"


class QuotaCount(models.Model):
    """How many complete, counted answers have met a quota's condition."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="quota_counts")
    quota = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey", "quota"], name="one_count_per_quota"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.quota}: {self.count}"
