"""Answers that a rule takes and that no ticket takes care of; there should be none."""

from typing import ClassVar

from django.db import models


class Uncovered(models.Model):
    """As the last look found it, with what answers are narrowed by."""

    response_id = models.UUIDField(primary_key=True)
    day = models.DateField()
    survey_id = models.BigIntegerField()
    touchpoint_id = models.BigIntegerField()
    team_id = models.BigIntegerField()
    region = models.CharField(max_length=80)
    product_line = models.CharField(max_length=80)
    tier = models.CharField(max_length=40)
    found_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # Read by the coverage of a period.
            models.Index(fields=["day"], name="uncovered_cohort"),
        ]

    def __str__(self) -> str:
        return f"{self.response_id} of {self.day}"
