"""Working hours as they were: deadlines counted on them must stay explainable."""

from typing import ClassVar

from django.db import models


class PastHours(models.Model):
    """One version of working hours that was in force until it was changed or deleted."""

    # Not a foreign key: the hours may be gone since.
    hours_key = models.BigIntegerField()
    version = models.PositiveIntegerField()
    until = models.DateTimeField()
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60)
    weekly = models.JSONField(default=dict)
    holidays = models.JSONField(default=list)
    overrides = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hours_key", "version"], name="one_past_per_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
