"""That answers of earlier days were added, removed or moved."""

from typing import ClassVar

from django.db import models


class PastChange(models.Model):
    """Written by triggers of the answers' table, in the transaction of the change and
    once for each statement of it; `survey_id` 0 stands for all surveys. An answer of
    these days (UTC) leaves none, so that storing one costs nothing.

    See `surveys.day_totals`.
    """

    survey_id = models.BigIntegerField()
    transaction = models.BigIntegerField()
    stated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey_id", "transaction", "stated_at"],
                name="one_past_change_per_statement",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} in {self.transaction}"
