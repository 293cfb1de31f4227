"""A response row and an outbox row, with the indexes that such rows need."""

from typing import ClassVar

from django.db import models


class Response(models.Model):
    id = models.UUIDField(primary_key=True)
    survey = models.IntegerField()
    score = models.SmallIntegerField()
    answers = models.JSONField()
    comment = models.TextField()
    submitted_at = models.DateTimeField()

    class Meta:
        app_label = "floor"
        indexes: ClassVar = [
            models.Index(fields=["survey", "-submitted_at"], name="floor_newest"),
            models.Index(fields=["-submitted_at"], name="floor_stream"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Outbox(models.Model):
    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=40)
    payload = models.JSONField()
    dispatched_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "floor"
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=models.Q(dispatched_at__isnull=True),
                name="floor_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.name
